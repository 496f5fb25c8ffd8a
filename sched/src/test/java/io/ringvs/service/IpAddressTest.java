package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1",
        "0.0.0.0, 0.0.0.0",
        "2001:DB8:0:0:0:0:0:1, 2001:db8::1",
        "::, ::",
        "::1, ::1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "fe80:0:0:0:0:0:0:0, fe80::",
        "::ffff:192.0.2.1, ::ffff:192.0.2.1",
        "::192.0.2.1, ::192.0.2.1",
        "::2:1, ::0.2.0.1",
        "::1:2:3, ::1:2:3",
        "64:ff9b::192.0.2.33, 64:ff9b::c000:221"})
    void shouldPrintAsTheCLibraryDoes(final String text, final String printed) {
        assertEquals(printed, IpAddress.parse(text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.04", "1.2.3.-4", "1.2.3.4 ", "localhost",
        "1.2.3.400", "[::1]", "fe80::1%lo", "1:2", ":::", "2001:db8::1::2", "12345::"})
    void shouldRefuseWhatIsNoAddressWithoutAskingANameServer(final String text) {
        final String message =
            assertThrows(IllegalArgumentException.class, () -> IpAddress.parse(text)).getMessage();
        assertEquals("'" + text + "' is not a numeric IPv4 or IPv6 address", message);
    }

    @Test
    void shouldGiveWireWordsAsNativeLoadsOfTheField() {
        final IpAddress ipv4 = IpAddress.parse("1.2.3.4");
        assertEquals(0x04030201L, ipv4.word0());
        assertEquals(0, ipv4.word1());
        final IpAddress ipv6 = IpAddress.parse("102:304:506:708:90a:b0c:d0e:f10");
        assertEquals(0x0807060504030201L, ipv6.word0());
        assertEquals(0x100f0e0d0c0b0a09L, ipv6.word1());
        assertEquals(0x05060708, ipv6.bigEndianWord(1));
        assertEquals(0, ipv4.bigEndianWord(1));
        assertArrayEquals(new byte[] {1, 2, 3, 4}, ipv4.bytes());
    }

    @Test
    void shouldTellFamiliesApart() {
        assertNotEquals(
            IpAddress.ofWords(Family.IPV4, 1, 0), IpAddress.ofWords(Family.IPV6, 1, 0));
        assertEquals(IpAddress.parse("10.0.0.1"), IpAddress.of(new byte[] {10, 0, 0, 1}));
        assertThrows(IllegalArgumentException.class, () -> IpAddress.of(new byte[5]));
    }
}
