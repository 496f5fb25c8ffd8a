package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.Random;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class SipCallIdTest {
    private static final String FIRST_LINE = "OPTIONS sip:10.0.0.100 SIP/2.0\r\n";

    /** The value found, or null; what lies behind the message would continue it. */
    private static String callId(final String message) {
        final byte[] bytes = (message + "xxxxxxxx").getBytes(StandardCharsets.ISO_8859_1);
        final long memory = UnsafeApi.allocateMemory(bytes.length);
        try {
            for (int i = 0; i < bytes.length; i++) {
                UnsafeApi.putByte(memory + i, bytes[i]);
            }
            final long found = SipCallId.find(memory, message.length());
            return found == SipCallId.NONE ? null
                : message.substring(SipCallId.offset(found), SipCallId.offset(found) + SipCallId.length(found));
        } finally {
            UnsafeApi.freeMemory(memory);
        }
    }

    private static String header(final String line) {
        return callId(FIRST_LINE + "Via: SIP/2.0/UDP 198.51.100.7\r\n" + line);
    }

    @Test
    void shouldFindValueOfHeader() {
        assertEquals("a84b4c76e66710@pc33.example.com", header("Call-ID: a84b4c76e66710@pc33.example.com\r\n"));
        assertEquals("1", header("CALL-id:1\n"));
        assertEquals("x!\"%()*+-./:<>?[\\]_`{}~'9", header("call-id \t:\t x!\"%()*+-./:<>?[\\]_`{}~'9\r"));
        assertEquals("abc", header("i: abc\r\n"));
        assertEquals("abc", header("I:abc\r\n"));
        assertEquals("abc", header("Call-ID:\r\n abc\r\n"), "continued");
        assertEquals("a".repeat(255), header("i:" + "a".repeat(255) + "\r\n"));
    }

    @Test
    void shouldFindNothingGivenNoUsefulHeader() {
        assertNull(callId(""));
        assertNull(callId("Call-ID: first-line@is.not.a.header\r\n"));
        assertNull(header("Call-ID: cut"));
        assertNull(header("Call-ID: a@\r\n"));
        assertNull(header("Call-ID: a b\r\n"), "not a line end");
        assertNull(header("Call-ID\r\n"));
        assertNull(header("Call-ID: \r\n"));
        assertNull(header("info: abc\r\n"));
        assertNull(header(" Call-ID: continued\r\n"));
        assertNull(header("i:" + "a".repeat(256) + "\r\n"));
        assertNull(header("Call-I"));
        assertNull(header("i"));
        assertNull(header("Call-ID"));
    }

    @Test
    void shouldStayInsideGivenAnyBytes() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("SipCallIdTest: repeat with -Dseed=" + seed);
        final Random random = new Random(seed);
        final String alphabet = "\r\n\r\n :\tCall-IDcallid@abi\u00ff";
        int found = 0;
        for (int round = 0; round < 100_000; round++) {
            final StringBuilder message = new StringBuilder(random.nextInt(4) == 0 ? "x\r\nCall-ID:" : "x\r\ni");
            for (int i = random.nextInt(30); i > 0; i--) {
                message.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            final String value = callId(message.toString());
            if (value != null) {
                found++;
                assertTrue(value.matches("[A-Za-z:-]+(@[A-Za-z:-]+)?"), value);
                assertTrue(message.indexOf(value + "\r") >= 0 || message.indexOf(value + "\n") >= 0, value);
            }
        }
        assertTrue(found > 1000, "only " + found + " messages had a Call-ID");
    }
}
