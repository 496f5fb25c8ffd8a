package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Any bytes are a SIP message: the Call-ID found lies inside, and nothing behind the end is read. */
public final class SipFuzzTarget {
    private static final GuardedPage PAGE = new GuardedPage();
    private static final int MAX_CALL_ID = 255;

    private SipFuzzTarget() {
    }

    /** Messages with all spellings of the header. */
    public static List<byte[]> seeds() {
        final String start = "INVITE sip:a@b SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7\r\n";
        return Stream.of(
            "Call-ID: a84b4c76e66710@pc33.example.com\r\n\r\n", "call-id \t:\t x!\"%()*+-./:<>?[\\]_`{}~'9\r",
            "i:abc\n", "Call-ID:\r\n abc\r\n").map(text -> (start + text).getBytes(StandardCharsets.ISO_8859_1))
            .toList();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        if (data.length > PAGE.capacity()) {
            return;
        }
        final long found = SipCallId.find(PAGE.put(data), data.length);
        if (found != SipCallId.NONE) {
            assertTrue(SipCallId.offset(found) > 0 && SipCallId.length(found) > 0
                && SipCallId.length(found) <= MAX_CALL_ID
                && SipCallId.offset(found) + SipCallId.length(found) <= data.length);
        }
    }
}
