package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Finds in a segment of an FTP control connection what it says about a data connection.
 *
 * <pre>
 *   PASV, EPSV, EPSV 1, EPSV 2                               the client asks the server to listen
 *   PORT a,b,c,d,p,q     EPRT |1|address|port|               the client listens; | may be another character
 *   227 text (a,b,c,d,p,q)     229 text (|||port|)           the server listens
 * </pre>
 *
 * <p>A message is looked for in one segment only, commands and replies at its beginning, PASV and EPSV anywhere in it.
 * Numbers must be in range, which is where this is stricter than Linux.
 *
 * <p><b>Threading:</b> one worker's: what was found stays in the object.
 *
 * <p><b>Errors:</b> none thrown; reads nothing outside of the segment.
 *
 * <p><b>Source:</b> RFC 959 section 4.1.2, RFC 2428; ip_vs_ftp_get_addrport, ip_vs_ftp_in of Linux 6.1 {@code
 * ip_vs_ftp.c}.
 */
public final class FtpMessage {
    /** The client asks for nothing that listens. */
    public static final int NO_REQUEST = 0;
    /** PASV. */
    public static final int PASSIVE = 1;
    /** EPSV. */
    public static final int EXTENDED_PASSIVE = 2;

    private static final byte[] PASV = {'p', 'a', 's', 'v', '\r', '\n'};
    private static final byte[] EPSV = {'e', 'p', 's', 'v'};
    private static final byte[] PORT = {'p', 'o', 'r', 't'};
    private static final byte[] EPRT = {'e', 'p', 'r', 't'};
    private static final byte[] ENTERING_PASSIVE = {'2', '2', '7', ' '};
    private static final byte[] ENTERING_EXTENDED = {'2', '2', '9', ' '};

    private static final int NONE = -1;
    private static final int NUMBERS = 6;
    private static final int MAX_BYTE = 255;
    private static final int MAX_PORT = 65535;
    private static final int MAX_BYTE_DIGITS = 3;
    private static final int MAX_PORT_DIGITS = 5;
    /** Printable ASCII, which a delimiter must be: RFC 2428 section 2. */
    private static final int FIRST_DELIMITER = 33;
    private static final int LAST_DELIMITER = 126;

    private final AddressText address = new AddressText();
    private long text;
    private int length;
    private int start;
    private int end;
    private int port;
    private long word0;
    private long word1;
    private boolean extended;

    /** Where the address and port begin, in bytes from the start of the segment's data. */
    public int start() {
        return start;
    }

    /** Where they end. */
    public int end() {
        return end;
    }

    /** In host order, not 0. */
    public int port() {
        return port;
    }

    /** Whether it came between delimiters (RFC 2428), not as six numbers. */
    public boolean isExtended() {
        return extended;
    }

    /** First wire word of the client's address. */
    public long addressWord0() {
        return word0;
    }

    public long addressWord1() {
        return word1;
    }

    /** Takes the data of a segment, from {@code pointer} on. */
    public FtpMessage of(final long pointer, final int bytes) {
        text = pointer;
        length = bytes;
        return this;
    }

    /** What the client asks the server to do. */
    public int request(final boolean ipv6) {
        for (int i = 0; i + PASV.length <= length; i++) {
            if (!ipv6 && isAt(i, PASV)) {
                return PASSIVE;
            }
            if (isAt(i, EPSV) && (at(i + EPSV.length) == ' ' || at(i + EPSV.length) == '\r')) {
                return at(i + EPSV.length) == '\r' || isOfFamily(i + EPSV.length + 1, ipv6)
                    ? EXTENDED_PASSIVE : NO_REQUEST;
            }
        }
        return NO_REQUEST;
    }

    private boolean isOfFamily(final int i, final boolean ipv6) {
        return i + 2 <= length && at(i) == (ipv6 ? '2' : '1') && at(i + 1) == '\r';
    }

    /** Whether the client tells where it listens; then address and port are set. */
    public boolean readClientAddress(final boolean ipv6) {
        return !ipv6 && readNumbers(PORT, ' ') || readExtended(EPRT, ' ', ipv6, false);
    }

    /**
     * Whether the server tells where it listens; then the port is set.
     *
     * @param request {@link #PASSIVE} or {@link #EXTENDED_PASSIVE}
     */
    public boolean readServerAddress(final int request, final boolean ipv6) {
        return request == PASSIVE && !ipv6 && readNumbers(ENTERING_PASSIVE, '(')
            || request == EXTENDED_PASSIVE && readExtended(ENTERING_EXTENDED, '(', ipv6, true);
    }

    /** Six numbers behind {@code bracket}, or behind the first text without digits. */
    private boolean readNumbers(final byte[] begin, final char bracket) {
        int i = isAt(0, begin) ? afterBracket(begin.length, bracket, true) : NONE;
        if (i == NONE) {
            return false;
        }
        start = i;
        long numbers = 0;
        for (int count = 0; count < NUMBERS; count++) {
            if (count != 0 && (i == length || at(i++) != ',')) {
                return false;
            }
            final int number = readNumber(i, MAX_BYTE_DIGITS, MAX_BYTE);
            if (number == NONE) {
                return false;
            }
            numbers = numbers << Byte.SIZE | number;
            i = afterDigits(i);
        }
        end = i;
        port = (int)numbers & MAX_PORT;
        word0 = Integer.reverseBytes((int)(numbers >>> Short.SIZE)) & 0xffff_ffffL;
        word1 = 0;
        extended = false;
        // a message that goes on in another segment may have more digits there
        return i != length && port != 0;
    }

    /** Family, address and port between delimiters; the first two may be missing together. */
    private boolean readExtended(
        final byte[] begin, final char bracket, final boolean ipv6, final boolean mayLackAddress) {
        final int i = isAt(0, begin) ? afterBracket(begin.length, bracket, false) : NONE;
        if (i == NONE || at(i) < FIRST_DELIMITER || at(i) > LAST_DELIMITER) {
            return false;
        }
        start = i;
        final int delimiter = at(i);
        final int behind = isAt(i + 1, delimiter)
            ? mayLackAddress && isAt(i + 2, delimiter) ? i + 3 : NONE : afterAddress(i + 1, delimiter, ipv6);
        if (behind == NONE) {
            return false;
        }
        port = readNumber(behind, MAX_PORT_DIGITS, MAX_PORT);
        end = afterDigits(behind) + 1;
        extended = true;
        return port > 0 && isAt(end - 1, delimiter);
    }

    /** Reads family and address; returns where the port begins. */
    private int afterAddress(final int i, final int delimiter, final boolean ipv6) {
        if (!isAt(i, ipv6 ? '2' : '1') || !isAt(i + 1, delimiter)) {
            return NONE;
        }
        final int first = i + 2;
        int behind = first;
        while (behind < length && at(behind) != delimiter && behind - first <= AddressText.MAX_LENGTH) {
            behind++;
        }
        if (!isAt(behind, delimiter) || !address.read(text + first, behind - first, ipv6)) {
            return NONE;
        }
        word0 = address.word0();
        word1 = address.word1();
        return behind + 1;
    }

    /** The first character that is none of the brackets; where {@code orDigit}, a digit before them will do. */
    private int afterBracket(final int from, final char bracket, final boolean orDigit) {
        int i = from;
        while (i < length && at(i) != bracket && !(orDigit && isDigit(at(i)))) {
            i++;
        }
        while (i < length && at(i) == bracket) {
            i++;
        }
        return i < length ? i : NONE;
    }

    /** The number at {@code from}, or {@link #NONE}. */
    private int readNumber(final int from, final int maxDigits, final int max) {
        final int behind = afterDigits(from);
        if (behind == from || behind - from > maxDigits) {
            return NONE;
        }
        int number = 0;
        for (int i = from; i < behind; i++) {
            number = number * 10 + at(i) - '0';
        }
        return number <= max ? number : NONE;
    }

    private int afterDigits(final int from) {
        int i = from;
        while (i < length && isDigit(at(i))) {
            i++;
        }
        return i;
    }

    private boolean isAt(final int i, final int character) {
        return i < length && at(i) == character;
    }

    private boolean isAt(final int from, final byte[] word) {
        if (length - from < word.length) {
            return false;
        }
        for (int i = 0; i < word.length; i++) {
            if (lower(at(from + i)) != word[i]) {
                return false;
            }
        }
        return true;
    }

    private int at(final int i) {
        return UnsafeApi.getByte(text + i) & 0xff;
    }

    private static boolean isDigit(final int c) {
        return c >= '0' && c <= '9';
    }

    private static int lower(final int c) {
        return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
    }
}
