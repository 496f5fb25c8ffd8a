package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * Writes the Generic UDP Encapsulation header of a tunnel, which follows the UDP header.
 *
 * <pre>
 *   0  version 2 bits, control 1 bit, length of options 5 bits: all 0     1  protocol number of the packet
 *   2  flags u16: 0
 * </pre>
 *
 * <p><b>Source</b>: draft-ietf-intarea-gue section 3.1; ipvs_gue_encap of Linux 6.1 {@code ip_vs_xmit.c}.
 */
public final class GueHeader {
    public static final int LENGTH = 4;

    private GueHeader() {
    }

    /** @param protocol of the packet inside */
    public static void write(final long header, final int protocol) {
        UnsafeApi.putInt(header, protocol << 8);
    }
}
