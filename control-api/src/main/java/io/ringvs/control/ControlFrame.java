package io.ringvs.control;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the thin client and the daemon say to each other on the control socket. Lengths are in network order; strings
 * are bytes with a 0 at the end.
 *
 * <pre>
 *   0  type u8   1  length of the body u32   5  body
 *
 *   client  A  version u8 (1), name of the program, then the words after it
 *           I  a piece of standard input; an empty one is its end
 *           N  the answers to names asked for, in that order, empty for unknown
 *   daemon  O  standard output           E  standard error
 *           I  send standard input       X  exit status u8: the last frame
 *           N  names wanted: 'A' and an address, or 'H' and a host name (IPv4)
 * </pre>
 */
final class ControlFrame {
    static final byte ARGUMENTS = 'A';
    static final byte INPUT = 'I';
    static final byte NAMES = 'N';
    static final byte OUTPUT = 'O';
    static final byte ERROR = 'E';
    static final byte EXIT = 'X';

    static final int HEADER_LENGTH = 5;
    static final int LENGTH_OFFSET = 1;
    static final byte VERSION = 1;
    /**
     * Longest body either side accepts: room for the longest command line that Linux lets a program have by default.
     */
    static final int MAX_BODY = 2 << 20;

    private ControlFrame() {
    }

    static ByteBuffer of(final byte type, final byte[] body) {
        final ByteBuffer frame = ByteBuffer.allocate(HEADER_LENGTH + body.length);
        return frame.put(type).putInt(body.length).put(body).flip();
    }

    static ByteBuffer ofText(final byte type, final String text) {
        return of(type, text.getBytes(StandardCharsets.ISO_8859_1));
    }

    static ByteBuffer ofStrings(final byte type, final List<String> strings) {
        final StringBuilder body = new StringBuilder();
        strings.forEach(string -> body.append(string).append('\0'));
        return ofText(type, body.toString());
    }

    /** The strings of a body from {@code offset} on, or null if the last one has no end. */
    static List<String> strings(final byte[] body, final int offset) {
        final List<String> strings = new ArrayList<>();
        int start = offset;
        for (int i = offset; i < body.length; i++) {
            if (body[i] == 0) {
                strings.add(new String(body, start, i - start, StandardCharsets.ISO_8859_1));
                start = i + 1;
            }
        }
        return start == body.length ? strings : null;
    }
}
