package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

import io.ringvs.service.IpAddress;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each text lies right before an unmapped page, so that reading beyond its end would not go unnoticed. */
class FtpMessageTest {
    private static final int ROUNDS = 300_000;

    private final GuardedPage page = new GuardedPage();
    private final FtpMessage message = new FtpMessage();

    @AfterEach
    void unmap() {
        page.unmap();
    }

    private FtpMessage message(final String text) {
        return message(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    private FtpMessage message(final byte[] bytes) {
        return message.of(page.put(bytes), bytes.length);
    }

    @Test
    void shouldFindRequestsAnywhere() {
        assertEquals(FtpMessage.PASSIVE, message("PASV\r\n").request(false));
        assertEquals(FtpMessage.PASSIVE, message("TYPE I\r\npasv\r\n").request(false));
        assertEquals(FtpMessage.EXTENDED_PASSIVE, message("EPSV\r\n").request(false));
        assertEquals(FtpMessage.EXTENDED_PASSIVE, message("EPSV\r\n").request(true));
        assertEquals(FtpMessage.EXTENDED_PASSIVE, message("Epsv 1\r\n").request(false));
        assertEquals(FtpMessage.EXTENDED_PASSIVE, message("EPSV 2\r").request(true));
        for (final String other : List.of("PASV", "PASV\r", "PAS", "", "EPSV ALL\r\n", "EPSV 2\r\n", "EPSV 1", "EPSV x",
            "LIST\r\n")) {
            assertEquals(FtpMessage.NO_REQUEST, message(other).request(false), other);
        }
        assertEquals(FtpMessage.NO_REQUEST, message("PASV\r\n").request(true));
        assertEquals(FtpMessage.NO_REQUEST, message("EPSV 1\r\n").request(true));
    }

    @Test
    void shouldReadWhereClientListens() {
        assertTrue(message("PORT 192,0,2,1,4,1\r\n").readClientAddress(false));
        assertAddress("192.0.2.1", 1025);
        assertTrue(message("port  255,255,255,255,255,255\r").readClientAddress(false));
        assertAddress("255.255.255.255", 65535);
        assertTrue(message("EPRT |1|192.0.2.1|65535|\r\n").readClientAddress(false));
        assertAddress("192.0.2.1", 65535);
        assertTrue(message("EPRT ~2~2001:db8::1~1~\r\n").readClientAddress(true));
        assertAddress("2001:db8::1", 1);
    }

    private void assertAddress(final String address, final int port) {
        final IpAddress expected = IpAddress.parse(address);
        assertEquals(expected.word0(), message.addressWord0());
        assertEquals(expected.word1(), message.addressWord1());
        assertEquals(port, message.port());
    }

    @Test
    void shouldReadNoBrokenClientAddress() {
        for (final String text : List.of("", "PORT", "PORT ", "PORT 1,2,3,4,5\r\n", "PORT 1,2,3,4,5,6",
            "PORT 1,2,3,4,0,0\r\n", "PORT 1,2,3,4,5,256\r\n", "PORT 1,2,,4,5,6\r\n", "PORT 1111,2,3,4,5,6\r\n",
            "XPORT 1,2,3,4,5,6\r\n",
            "EPRT |1|1.2.3.4|0|\r", "EPRT |1|1.2.3.4|65536|\r", "EPRT |1|1.2.3.4|5", "EPRT |1|1.2.3|5|",
            "EPRT |2|::1|5|",
            "EPRT |||5|", "EPRT |1|1.2.3.4.5|5|", "EPRT |1|1.2.3.4", "EPRT |", "EPRT |1", "EPRT |1|",
            "EPRT \t1\t1.2.3.4\t5\t",
            "EPRT |1|" + "1".repeat(100) + "|5|")) {
            assertFalse(message(text).readClientAddress(false), text);
        }
        assertFalse(message("PORT 1,2,3,4,5,6\r\n").readClientAddress(true));
    }

    @Test
    void shouldReadAddressesOfIpv6AsTheyAreWritten() {
        for (final String text : List.of("::", "::1", "1::", "1:2:3:4:5:6:7:8", "1::8", "::ffff:192.0.2.1", "fe80::1:2",
            "1:2:3:4:5:6:192.0.2.1", "ABCD:ef01::", "1:2:3::5:6:7:8")) {
            assertTrue(message("EPRT |2|" + text + "|7|").readClientAddress(true), text);
            assertAddress(text, 7);
        }
        for (final String text : List.of("", ":", ":::", "1", "1:2", "1:2:3:4:5:6:7:8:9", "1::2::3", "12345::",
            "g::", ":1", "1:", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::256.1.1.1", "1.2.3.4", "1:2:3:4:5:6:7::8:9",
            "::1%eth0")) {
            assertFalse(message("EPRT |2|" + text + "|7|").readClientAddress(true), text);
        }
    }

    @Test
    void shouldReadWhereServerListens() {
        final String passive = "227 Entering Passive Mode (192,0,2,1,4,1).\r\n";
        assertTrue(message(passive).readServerAddress(FtpMessage.PASSIVE, false));
        assertEquals(1025, message.port());
        assertEquals("192,0,2,1,4,1", passive.substring(message.start(), message.end()));
        assertFalse(message.isExtended());
        final String bare = "227 =192,0,2,1,4,1\r\n";
        assertTrue(message(bare).readServerAddress(FtpMessage.PASSIVE, false));
        assertEquals("192,0,2,1,4,1", bare.substring(message.start(), message.end()));
        final String extended = "229 Extended Passive (|||1025|)\r\n";
        assertTrue(message(extended).readServerAddress(FtpMessage.EXTENDED_PASSIVE, true));
        assertEquals("|||1025|", extended.substring(message.start(), message.end()));
        assertTrue(message.isExtended());
        final String full = "229 Extended Passive (|1|192.0.2.1|1025|)\r\n";
        assertTrue(message(full).readServerAddress(FtpMessage.EXTENDED_PASSIVE, false));
        assertEquals("|1|192.0.2.1|1025|", full.substring(message.start(), message.end()));

        assertFalse(message(passive).readServerAddress(FtpMessage.EXTENDED_PASSIVE, false));
        assertFalse(message(extended).readServerAddress(FtpMessage.PASSIVE, false));
        assertFalse(message("229 (||1025|)").readServerAddress(FtpMessage.EXTENDED_PASSIVE, false));
        assertFalse(message("227 (192,0,2,1,4,1").readServerAddress(FtpMessage.PASSIVE, false), "cut off");
        assertFalse(message("200 (192,0,2,1,4,1)").readServerAddress(FtpMessage.PASSIVE, false));
    }

    @Test
    void shouldStayWithinSegmentGivenAnyText() {
        final long seed = System.nanoTime();
        System.out.println("FtpMessageTest seed " + seed);
        final Random random = new Random(seed);
        final String[] samples = {"PORT 192,0,2,1,4,1\r\n", "EPRT |1|192.0.2.1|1025|\r\n",
            "EPRT |2|2001:db8::192.0.2.1|1|\r", "227 Passive (192,0,2,1,4,1)", "229 Extended (|||1025|)",
            "229 (|2|::1|1|)", "EPSV 1\r\n", "PASV\r\n"};
        int read = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final String sample = samples[random.nextInt(samples.length)];
            final byte[] text = sample.substring(0, sample.length() - random.nextInt(4))
                .getBytes(StandardCharsets.ISO_8859_1);
            for (int damage = random.nextInt(3); damage > 0; damage--) {
                text[random.nextInt(text.length)] =
                    (byte)(random.nextBoolean() ? random.nextInt() : "0|,:.(19 \r".charAt(random.nextInt(10)));
            }
            message(text);
            final boolean ipv6 = random.nextBoolean();
            message.request(ipv6);
            read += check(message.readClientAddress(ipv6), text);
            read += check(message.readServerAddress(FtpMessage.PASSIVE, ipv6), text);
            read += check(message.readServerAddress(FtpMessage.EXTENDED_PASSIVE, ipv6), text);
        }
        assertTrue(read > ROUNDS / 20, "hardly any was read: " + read);
    }

    private int check(final boolean read, final byte[] text) {
        if (read) {
            assertTrue(0 < message.start() && message.start() < message.end() && message.end() <= text.length);
            assertTrue(message.port() > 0 && message.port() <= 65535);
            assertTrue(message.end() - message.start() <= 64, "more than the helper can note");
        }
        return read ? 1 : 0;
    }
}
