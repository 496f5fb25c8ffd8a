package io.ringvs.forward;

import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Adjacency;

/**
 * The step that every forwarding method takes first: is there a way, may the packet travel one hop further, does it fit?
 *
 * <p>Only when the answer is {@link Verdict#FORWARD} has the packet changed (its time to live is one less); so a packet that
 * waits for a neighbour can take the step again.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 *
 * <p><b>Source:</b> __ip_vs_get_out_rt of Linux 6.1 {@code ip_vs_xmit.c}.
 */
public final class RouteStep {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte PARKED = Verdict.PARKED.code();
    private static final byte LOCAL = Verdict.HOST_LOCAL.code();
    private static final byte NO_ROUTE = Verdict.DROP_NO_ROUTE.code();
    private static final byte TTL_EXPIRED = Verdict.DROP_TTL_EXPIRED.code();
    private static final byte TOO_BIG = Verdict.DROP_TOO_BIG.code();

    private RouteStep() {
    }

    /**
     * Takes the step.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     * @param mtu     bytes of the largest packet that fits, encapsulation already subtracted
     * @return the code of FORWARD, or of the verdict that the packet ends or waits with
     */
    public static byte take(final long frame, final long headers, final Adjacency adjacency, final int mtu) {
        if (adjacency.state != Adjacency.State.RESOLVED) {
            return notResolved(adjacency);
        }
        final long header = frame + ParsedHeaders.networkOffset(headers);
        if (ParsedHeaders.isIpv6(headers)) {
            return ipv6(header, ParsedHeaders.networkLength(headers), mtu);
        }
        if (Ipv4Header.timeToLive(header) <= 1) {
            return TTL_EXPIRED;
        }
        if (ParsedHeaders.networkLength(headers) > mtu) {
            return TOO_BIG;
        }
        Ipv4Header.decrementTimeToLive(header);
        return FORWARD;
    }

    private static byte ipv6(final long header, final int length, final int mtu) {
        if (Ipv6Header.hopLimit(header) <= 1) {
            return TTL_EXPIRED;
        }
        if (length > mtu) {
            return TOO_BIG;
        }
        Ipv6Header.decrementHopLimit(header);
        return FORWARD;
    }

    private static byte notResolved(final Adjacency adjacency) {
        return switch (adjacency.state) {
            case UNRESOLVED -> PARKED;
            case LOCAL -> LOCAL;
            default -> NO_ROUTE;
        };
    }
}
