package io.ringvs.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({"9100, /127.0.0.1:9100", "0.0.0.0:9100, /0.0.0.0:9100", "192.0.2.1:80, /192.0.2.1:80",
        "[::1]:65535, '/[0:0:0:0:0:0:0:1]:65535'"})
    void shouldRead(final String text, final String address) {
        assertEquals(address, ListenAddress.parse("--metrics", text).toString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ":", "localhost:80", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "::1:80", "[::1]80",
        "[]:80", "127.0.0.1:+80", "1.2.3:80", ":80"})
    void shouldRefuse(final String text) {
        final String sentence =
            assertThrows(StartException.class, () -> ListenAddress.parse("--metrics", text)).getMessage();
        assertTrue(sentence.startsWith("--metrics takes PORT, ADDRESS:PORT"), sentence);
    }

    @Test
    void shouldLeaveOutWhatIsNotGiven() {
        assertNull(ListenAddress.parse("--metrics", null));
    }
}
