package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Finds the value of the Call-ID header in a SIP message: what tells one call from another.
 *
 * <p>The header is looked for at the beginnings of lines, the first line and continuation lines left out: {@code
 * Call-ID} in any case, or {@code i} before anything but a letter; then a colon, with white space around it. The value
 * is a word, or two with an at sign between them.
 *
 * <p><b>Threading:</b> static functions of their arguments.
 *
 * <p><b>Errors:</b> none thrown; reads nothing outside of the message.
 *
 * <p><b>Source:</b> RFC 3261 sections 20.8 and 25.1; ct_sip_get_header of Linux 6.1 {@code nf_conntrack_sip.c},
 * get_callid of {@code ip_vs_pe_sip.c}.
 */
public final class SipCallId {
    /** The message has none, or one that is of no use. */
    public static final long NONE = -1;
    /** Bytes of the longest value that is of use. */
    public static final int MAX_LENGTH = 255;

    private static final int LENGTH_SHIFT = 32;
    private static final byte[] NAME = {'c', 'a', 'l', 'l', '-', 'i', 'd'};
    private static final String PUNCTUATION = "!\"%()*+-./:<>?[\\]_`{}~'";
    /** By ASCII code: may be part of a word. */
    private static final boolean[] WORD = new boolean[128];

    static {
        for (char c = 0; c < WORD.length; c++) {
            WORD[c] = isLetter(c) || c >= '0' && c <= '9' || PUNCTUATION.indexOf(c) >= 0;
        }
    }

    private SipCallId() {
    }

    /** Where the value begins, in bytes from the start of the message. */
    public static int offset(final long found) {
        return (int)found;
    }

    /** Bytes of the value. */
    public static int length(final long found) {
        return (int)(found >>> LENGTH_SHIFT);
    }

    /**
     * @param message pointer to the first byte of the UDP payload
     * @param length  of the payload, in bytes
     * @return what {@link #offset} and {@link #length} take, or {@link #NONE}
     */
    public static long find(final long message, final int length) {
        int from = 0;
        while (from < length) {
            final int value = header(message, from, length);
            if (value < 0) {
                return NONE;
            }
            final int valueLength = valueLength(message, value, length);
            if (valueLength != 0) {
                final boolean ends = value + valueLength < length && isLineEnd(at(message, value + valueLength));
                return ends && valueLength <= MAX_LENGTH ? (long)valueLength << LENGTH_SHIFT | value : NONE;
            }
            // Linux adds the offset to where it began, not to the start: a second header may be jumped over
            from += value;
        }
        return NONE;
    }

    /** Where the next Call-ID header's value begins, or -1. */
    private static int header(final long message, final int from, final int length) {
        int i = from;
        while (i < length) {
            if (!isLineEnd(at(message, i))) {
                i++;
                continue;
            }
            final int line = afterLineEnd(message, i, length);
            if (line >= length) {
                return -1;
            }
            final int name = nameLength(message, line, length);
            if (name != 0) {
                return afterColon(message, line + name, length);
            }
            i = line + 1;
        }
        return -1;
    }

    /** Length of the header's name if it stands at {@code line}, else 0. */
    private static int nameLength(final long message, final int line, final int length) {
        if (length - line >= NAME.length && isName(message, line)) {
            return NAME.length;
        }
        final boolean compact =
            length - line >= 2 && lower(at(message, line)) == 'i' && !isLetter(at(message, line + 1));
        return compact ? 1 : 0;
    }

    private static boolean isName(final long message, final int line) {
        for (int i = 0; i < NAME.length; i++) {
            if (lower(at(message, line + i)) != NAME[i]) {
                return false;
            }
        }
        return true;
    }

    private static int afterColon(final long message, final int afterName, final int length) {
        final int colon = skipSpace(message, afterName, length);
        if (colon < 0 || colon >= length || at(message, colon) != ':' || colon + 1 >= length) {
            return -1;
        }
        final int value = skipSpace(message, colon + 1, length);
        return value < length ? value : -1;
    }

    /** Skips white space and at most one line end before more of it; -1 if the header ends there. */
    private static int skipSpace(final long message, final int from, final int length) {
        final int i = skipBlanks(message, from, length);
        if (i >= length || !isLineEnd(at(message, i))) {
            return i;
        }
        final int line = afterLineEnd(message, i, length);
        return line < length && isBlank(at(message, line)) ? skipBlanks(message, line, length) : -1;
    }

    private static int skipBlanks(final long message, final int from, final int length) {
        int i = from;
        while (i < length && isBlank(at(message, i))) {
            i++;
        }
        return i;
    }

    private static int afterLineEnd(final long message, final int lineEnd, final int length) {
        final int next = lineEnd + 1;
        return next < length && at(message, lineEnd) == '\r' && at(message, next) == '\n' ? next + 1 : next;
    }

    private static int valueLength(final long message, final int value, final int length) {
        final int word = wordLength(message, value, length);
        final int end = value + word;
        if (word == 0 || end == length || at(message, end) != '@') {
            return word;
        }
        final int domain = wordLength(message, end + 1, length);
        return domain == 0 ? 0 : word + 1 + domain;
    }

    private static int wordLength(final long message, final int from, final int length) {
        int i = from;
        while (i < length && at(message, i) < WORD.length && WORD[at(message, i)]) {
            i++;
        }
        return i - from;
    }

    private static int at(final long message, final int index) {
        return UnsafeApi.getByte(message + index) & 0xff;
    }

    private static int lower(final int c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }

    private static boolean isLetter(final int c) {
        return lower(c) >= 'a' && lower(c) <= 'z';
    }

    private static boolean isLineEnd(final int c) {
        return c == '\r' || c == '\n';
    }

    private static boolean isBlank(final int c) {
        return c == ' ' || c == '\t';
    }
}
