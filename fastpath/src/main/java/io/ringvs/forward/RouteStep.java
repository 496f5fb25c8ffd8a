package io.ringvs.forward;

import io.ringvs.packet.IpOptions;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Adjacency;

/**
 * The step that every forwarding method takes first: is there a way, may the packet travel one hop further, does it
 * fit?
 *
 * <p>A packet that waits for a neighbour has not changed and can take the step again. One that is forwarded, or too
 * big, has one hop less to live. An IPv4 packet that is too big, but may be divided, is forwarded: whoever sends it
 * divides it.
 *
 * <p>Options of an IPv4 packet that goes, or is quoted in an error, are filled in here: the host gets its packets
 * without.
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

    private static final long MILLISECONDS_PER_DAY = 86_400_000;

    private RouteStep() {
    }

    /**
     * Takes the step.
     *
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     * @param mtu     bytes of the largest packet that need not be divided, encapsulation already subtracted
     * @return the code of FORWARD, or of the verdict that the packet ends or waits with
     */
    public static byte take(final long frame, final long headers, final Adjacency adjacency, final int mtu) {
        final Adjacency.State state = adjacency.state;
        if (state != Adjacency.State.RESOLVED && state != Adjacency.State.UNRESOLVED) {
            return state == Adjacency.State.LOCAL ? LOCAL : NO_ROUTE;
        }
        final long header = frame + ParsedHeaders.networkOffset(headers);
        final int length = ParsedHeaders.networkLength(headers);
        return ParsedHeaders.isIpv6(headers) ? ipv6(header, length, mtu, state) : ipv4(header, length, mtu, state);
    }

    private static byte ipv4(final long header, final int length, final int mtu, final Adjacency.State state) {
        if (Ipv4Header.timeToLive(header) <= 1) {
            fillInOptions(header);
            return TTL_EXPIRED;
        }
        final boolean tooBig = length > mtu && Ipv4Header.mustNotFragment(header);
        if (!tooBig && state == Adjacency.State.UNRESOLVED) {
            return PARKED;
        }
        fillInOptions(header);
        Ipv4Header.decrementTimeToLive(header);
        return tooBig ? TOO_BIG : FORWARD;
    }

    private static void fillInOptions(final long header) {
        if (Ipv4Header.versionAndLength(header) != Ipv4Header.VERSION_4_NO_OPTIONS) {
            IpOptions.fillIn(header, (int)(System.currentTimeMillis() % MILLISECONDS_PER_DAY));
        }
    }

    private static byte ipv6(final long header, final int length, final int mtu, final Adjacency.State state) {
        if (Ipv6Header.hopLimit(header) <= 1) {
            return TTL_EXPIRED;
        }
        if (length <= mtu && state == Adjacency.State.UNRESOLVED) {
            return PARKED;
        }
        Ipv6Header.decrementHopLimit(header);
        return length > mtu ? TOO_BIG : FORWARD;
    }
}
