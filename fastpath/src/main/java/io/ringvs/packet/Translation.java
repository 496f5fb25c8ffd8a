package io.ringvs.packet;

/**
 * What becomes of the addresses and ports of a packet to a real server, in one 64-bit word.
 *
 * <pre>
 *   bits  0..15   port at the real server, network order as natively loaded
 *        16..47   local end: what stands for the client, a {@link io.ringvs.service.LocalAddress} word; 0 with NAT
 *        48..49   how the server is told the client's address: 0 not, else TOA or a form of UOA
 * </pre>
 *
 * <p>The real server's address is that of the packet's destination.
 *
 * <p><b>Threading:</b> static functions of their arguments.
 */
public final class Translation {
    /** The server is not told. */
    public static final int SILENT = 0;
    /** A TCP option. */
    public static final int TOA = 1;
    /** An IPv4 option of a UDP packet. */
    public static final int UOA_OPTION = 2;
    /** A header of its own between IP and UDP. */
    public static final int UOA_PROTOCOL = 3;

    private static final int LOCAL_END_SHIFT = 16;
    private static final int FORM_SHIFT = 48;

    private Translation() {
    }

    /** With NAT: only the destination changes. */
    public static long toPort(final short port) {
        return port & 0xffffL;
    }

    /** With FULLNAT: both ends change. */
    public static long of(final short port, final int localEnd, final int form) {
        return port & 0xffffL | (localEnd & 0xffff_ffffL) << LOCAL_END_SHIFT | (long)form << FORM_SHIFT;
    }

    /** The same without the server being told the client's address. */
    public static long silent(final long word) {
        return word & (1L << FORM_SHIFT) - 1;
    }

    public static short port(final long word) {
        return (short)word;
    }

    public static int localEnd(final long word) {
        return (int)(word >>> LOCAL_END_SHIFT);
    }

    public static int form(final long word) {
        return (int)(word >>> FORM_SHIFT);
    }
}
