package io.ringvs.forward;

import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Adjacency;

/**
 * Direct routing: the packet goes to the real server's MAC address and stays as it is, but for one hop less to live.
 *
 * <p>Its frame gets the VLAN tags of the real server's network, in place of those that it came with: see
 * {@link LinkHeader}.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 *
 * <p><b>Source:</b> ip_vs_dr_xmit of Linux 6.1 {@code ip_vs_xmit.c}.
 */
public final class DirectForwarder {
    private static final byte FORWARD = Verdict.FORWARD.code();

    private DirectForwarder() {
    }

    /**
     * Rewrites a frame for its real server.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     * @return the code of FORWARD once the frame is ready to be sent, otherwise of the verdict it ends or waits with
     */
    public static byte forward(final long frame, final long headers, final Adjacency adjacency) {
        return forward(frame, headers, adjacency, adjacency.mtu);
    }

    /** The same with another idea of the largest packet that need not be divided, in bytes. */
    public static byte forward(final long frame, final long headers, final Adjacency adjacency, final int mtu) {
        final byte verdict = RouteStep.take(frame, headers, adjacency, mtu);
        if (verdict == FORWARD) {
            LinkHeader.replace(frame + ParsedHeaders.networkOffset(headers), adjacency);
        }
        return verdict;
    }
}
