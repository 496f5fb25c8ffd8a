package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;

import org.junit.jupiter.api.Test;

class ShellWordsTest {
    @Test
    void shouldSplitAsAShellDoes() {
        assertEquals(List.of("ipvsadm", "-A", "-t", "10.0.0.1:80"), ShellWords.split("ipvsadm  -A\t-t 10.0.0.1:80 "));
        assertEquals(List.of("a b", "c\"d", "", "e f"), ShellWords.split("'a b' \"c\\\"d\" '' e\\ f"));
        assertEquals(List.of("a\\b"), ShellWords.split("\"a\\b\""));
    }

    @Test
    void shouldRefuseAnOpenQuote() {
        assertThrows(IllegalArgumentException.class, () -> ShellWords.split("ipvsadm 'x"));
    }
}
