package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import io.ringvs.service.IpAddress;

class NumericAddressTest {
    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {
        "10.0.0.1, 10.0.0.1", "1, 0.0.0.1", "10.1, 10.0.0.1", "10.1.258, 10.1.1.2", "010.0.0.1, 8.0.0.1",
        "0x7f.1, 127.0.0.1", "4294967295, 255.255.255.255", "4294967296, null", "256.1.1.1, null", "1.2.3.256, null",
        "1.2.65536, null", "1.16777216, null", "08.1.1.1, null", "0x, null", "1.2.3.4.5, null", "1..2, null",
        "'', null", "' 1.2.3.4', null", "'1.2.3.4 x', 1.2.3.4", "1.2.3.4x, null", "-1, null", "1., null",
        "00000000000000000000000001, 0.0.0.1", "0, 0.0.0.0", "99999999999999999999, null"})
    void shouldReadAsInetAtonDoes(final String text, final String expected) {
        assertEquals(expected, text(NumericAddress.aton(text)));
    }

    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {
        "::, ::", "::1, ::1", "1::, 1::", "2001:DB8::1, 2001:db8::1", "1:2:3:4:5:6:7:8, 1:2:3:4:5:6:7:8",
        "::ffff:1.2.3.4, ::ffff:1.2.3.4", "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304", "1:2:3:4:5:6:7, null",
        "1:2:3:4:5:6:7:8:9, null", "1::2::3, null", ":::, null", ":1::, null", "1:, null", ":1, null", "12345::, null",
        "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0", "::1:2:3:4:5:6:7:8, null", "g::, null", "'', null", "1.2.3.4, null",
        "::01.2.3.4, null", "::1.2.3.4:5, null", "fe80::1%eth0, null"})
    void shouldReadAsInetPtonDoes(final String text, final String expected) {
        assertEquals(expected, text(NumericAddress.pton6(text)));
    }

    private static String text(final IpAddress address) {
        return address == null ? null : address.toString();
    }
}
