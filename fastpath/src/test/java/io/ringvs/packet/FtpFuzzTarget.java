package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** Any bytes are a segment of an FTP control connection: what is found lies inside, nothing behind the end is read. */
public final class FtpFuzzTarget {
    /** Longest address that the helper can note, and the longest reply that it writes in its place. */
    private static final int MAX_ADDRESS = 64;
    private static final int MAX_REPLY = 24;
    private static final GuardedPage PAGE = new GuardedPage();
    private static final FtpMessage MESSAGE = new FtpMessage();
    private static final FtpReply REPLY = new FtpReply();

    private FtpFuzzTarget() {
    }

    /** Every command and reply that is understood. */
    public static List<byte[]> seeds() {
        return Stream.of("PORT 192,0,2,1,4,1\r\n", "EPRT |1|192.0.2.1|1025|\r\n", "EPRT |2|2001:db8::192.0.2.1|1|\r",
            "227 Passive (192,0,2,1,4,1)", "227 =192,0,2,1,4,1\r\n", "229 Extended (|||1025|)", "229 (|2|::1|1|)",
            "EPSV 1\r\n", "EPSV 2\r\n", "TYPE I\r\nPASV\r\n").map(text -> text.getBytes(StandardCharsets.ISO_8859_1))
            .toList();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        if (data.length > PAGE.capacity()) {
            return;
        }
        MESSAGE.of(PAGE.put(data), data.length);
        for (final boolean ipv6 : new boolean[] {false, true}) {
            MESSAGE.request(ipv6);
            check(MESSAGE.readClientAddress(ipv6), data);
            check(MESSAGE.readServerAddress(FtpMessage.PASSIVE, ipv6), data);
            check(MESSAGE.readServerAddress(FtpMessage.EXTENDED_PASSIVE, ipv6), data);
        }
    }

    private static void check(final boolean read, final byte[] data) {
        if (read) {
            assertTrue(0 < MESSAGE.start() && MESSAGE.start() < MESSAGE.end() && MESSAGE.end() <= data.length);
            assertTrue(MESSAGE.port() > 0 && MESSAGE.port() <= 65535);
            assertTrue(MESSAGE.end() - MESSAGE.start() <= MAX_ADDRESS, "more than the helper can note");
            assertTrue(REPLY.of(MESSAGE, -1) <= MAX_REPLY);
        }
    }
}
