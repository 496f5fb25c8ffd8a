package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CounterColumnTest {
    @ParameterizedTest
    @CsvSource(ignoreLeadingAndTrailingWhitespace = false, value = {
        "0,        0,        0", "99999999, 99999999, 99999999", "100000000,  100000K, 100000000",
        "999999999,  999999K, 999999999", "1000000000,    1000M, 1000000000", "99999999999,   99999M, 99999999999",
        "100000000000,     100G, 100000000000", "99999999999999,   99999G, 99999999999999",
        "100000000000000,     100T, 100000000000000", "18446744073709551615,18446744T, 18446744073709551615"})
    void shouldScaleAsIpvsadmDoes(final String value, final String scaled, final String exact) {
        final StringBuilder out = new StringBuilder();
        CounterColumn.append(out, Long.parseUnsignedLong(value), false);
        assertEquals(scaled, out.toString());

        out.setLength(0);
        CounterColumn.append(out, Long.parseUnsignedLong(value), true);
        assertEquals(exact, out.toString());
    }
}
