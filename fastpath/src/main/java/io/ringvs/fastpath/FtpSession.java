package io.ringvs.fastpath;

import io.ringvs.packet.FtpMessage;
import io.ringvs.packet.TcpNumbers;

/**
 * What is kept of an FTP control connection, in one word, so that workers of both directions change it at once and as a
 * whole.
 *
 * <pre>
 *   bits  0..1   what the client has asked for and the server not answered yet: {@link FtpMessage#PASSIVE} or
 *                {@link FtpMessage#EXTENDED_PASSIVE}, otherwise 0
 *         2      a reply was rewritten
 *         3..9   by how many bytes the last such reply became longer, signed
 *        10..31  by how many those before it, together, signed
 *        32..63  sequence number of the last one, as the server sent it
 * </pre>
 *
 * <p>To the client all bytes that the server sends behind a reply have higher numbers by the sum of both, up to the
 * reply's first byte by the second alone. These are {@code delta}, {@code previous_delta} and {@code init_seq} of
 * Linux's {@code struct ip_vs_seq}. A reply that is sent again, since it was lost, has the number of the last one and
 * is rewritten in the same way.
 *
 * <p><b>Threading:</b> static functions of their arguments.
 *
 * <p><b>Source:</b> nf_ct_seq_adjust, nf_ct_sack_adjust and nf_ct_seqadj_set of Linux 6.1 {@code
 * nf_conntrack_seqadj.c}, which adjusts for ip_vs_ftp (its own vs_fix_seq of {@code ip_vs_app.c} is never reached, as
 * the helper reports no growth).
 */
final class FtpSession {
    private static final int REQUEST_MASK = 0x3;
    private static final long REWRITTEN = 1L << 2;
    private static final int GROWTH_SHIFT = 3;
    private static final int GROWTH_BITS = 7;
    private static final int PREVIOUS_SHIFT = 10;
    private static final int PREVIOUS_BITS = 22;
    private static final int SEQUENCE_SHIFT = 32;

    private FtpSession() {
    }

    static int request(final long word) {
        return (int)word & REQUEST_MASK;
    }

    static long withRequest(final long word, final int request) {
        return word & ~REQUEST_MASK | request;
    }

    /** Whether the segment that begins at {@code sequence} is the reply that was rewritten last. */
    static boolean isRewritten(final long word, final int sequence) {
        return (word & REWRITTEN) != 0 && sequence == sequence(word);
    }

    /** Whether a segment that begins at {@code sequence} may be a reply that is yet to be rewritten. */
    static boolean isNew(final long word, final int sequence) {
        return (word & REWRITTEN) == 0 || TcpNumbers.isAfter(sequence, sequence(word));
    }

    /** Whether {@link #rewritten} can note one more reply: not after some hundred thousand that all grew. */
    static boolean hasRoom(final long word, final int growth) {
        final int sum = previous(word) + growth(word);
        return sum == signed(sum, PREVIOUS_BITS) && growth == signed(growth, GROWTH_BITS);
    }

    /** The word once the reply at {@code sequence} has become longer by {@code growth} bytes. */
    static long rewritten(final long word, final int sequence, final int growth) {
        return REWRITTEN | bits(growth, GROWTH_BITS, GROWTH_SHIFT)
            | bits(previous(word) + growth(word), PREVIOUS_BITS, PREVIOUS_SHIFT) | (long)sequence << SEQUENCE_SHIFT;
    }

    /** Whether sequence numbers differ between client and server. */
    static boolean isShifted(final long word) {
        return growth(word) != 0 || previous(word) != 0;
    }

    /** A sequence number of the server's, as the client is to see it. */
    static int toClient(final long word, final int sequence) {
        final int shifted = sequence + previous(word);
        return TcpNumbers.isAfter(sequence, sequence(word)) ? shifted + growth(word) : shifted;
    }

    /** A number by which the client acknowledges, as the server is to see it. */
    static int toServer(final long word, final int number) {
        final int before = number - previous(word);
        return TcpNumbers.isAfter(before, sequence(word)) ? before - growth(word) : before;
    }

    private static int sequence(final long word) {
        return (int)(word >>> SEQUENCE_SHIFT);
    }

    private static int growth(final long word) {
        return signed((int)word >>> GROWTH_SHIFT, GROWTH_BITS);
    }

    private static int previous(final long word) {
        return (int)word >> PREVIOUS_SHIFT;
    }

    private static int signed(final int value, final int bits) {
        return value << Integer.SIZE - bits >> Integer.SIZE - bits;
    }

    private static long bits(final int value, final int bits, final int shift) {
        return (value & (1L << bits) - 1) << shift;
    }
}
