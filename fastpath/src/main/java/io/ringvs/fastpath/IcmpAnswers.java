package io.ringvs.fastpath;

import java.util.concurrent.ThreadLocalRandom;

import io.ringvs.forward.IcmpErrors;
import io.ringvs.packet.EthernetHeader;
import io.ringvs.packet.IcmpHeader;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.snapshot.Destination;

import org.agrona.UnsafeApi;

/**
 * Tells a client by ICMP why its packet ended, where Linux would, and queues the answer on the interface that the
 * packet came in by.
 *
 * <p>No answer goes to later fragments, to ICMP, or to a group address; nor beyond the {@link IcmpLimiter}'s limits,
 * which do not hold for answers that tell an MTU.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_leave of Linux 6.1 {@code ip_vs_core.c}, decrement_ttl, ensure_mtu_is_adequate and
 * __ip_vs_get_out_rt of {@code ip_vs_xmit.c}; icmp_send of {@code net/ipv4/icmp.c}.
 */
final class IcmpAnswers {
    private static final byte TTL_EXPIRED = Verdict.DROP_TTL_EXPIRED.code();
    private static final byte TOO_BIG = Verdict.DROP_TOO_BIG.code();
    private static final byte NO_DESTINATION = Verdict.DROP_NO_DESTINATION.code();
    private static final byte NO_ROUTE = Verdict.DROP_NO_ROUTE.code();
    private static final byte NO_NEIGHBOUR = Verdict.DROP_PARKING_EXPIRED.code();
    private static final byte UNEXPECTED = Verdict.DROP_UNEXPECTED_ANSWER.code();
    private static final long ANSWERED = 1L << TTL_EXPIRED | 1L << TOO_BIG | 1L << NO_DESTINATION | 1L << NO_ROUTE
        | 1L << NO_NEIGHBOUR | 1L << UNEXPECTED;
    private static final int NONE = 0;

    private final long umemPointer;
    private final EgressPorts ports;
    private final IcmpLimiter limiter;
    private final WorkerCounters counters;
    private IpvsSettings settings = IpvsSettings.DEFAULTS;
    private long nowNs;
    private int identification = ThreadLocalRandom.current().nextInt();

    IcmpAnswers(
        final long umemPointer, final EgressPorts ports, final IcmpLimiter limiter, final WorkerCounters counters) {
        this.umemPointer = umemPointer;
        this.ports = ports;
        this.limiter = limiter;
        this.counters = counters;
    }

    /** Begins a duty cycle's part. */
    void begin(final IpvsSettings currentSettings, final long currentNs) {
        settings = currentSettings;
        nowNs = currentNs;
    }

    /** Whether packets that end with a verdict are answered. */
    static boolean isAnswered(final byte verdict) {
        return (ANSWERED >>> verdict & 1) != 0;
    }

    /**
     * Answers a packet, if it may be, and keeps its frame for that.
     *
     * @param verdict        one that {@link #isAnswered}
     * @param interfaceIndex that it came in by
     * @param mtu            in bytes, of a packet that is too big
     * @param destination    of a packet from a real server, that one
     * @return bytes of the answer at layer 3; 0 if there is none, and the frame is the caller's as before
     */
    int answer(
        final byte verdict, final long address, final long headers, final int interfaceIndex, final int mtu,
        final Destination destination) {
        final EgressQueue queue = ports.find(interfaceIndex);
        final long frame = umemPointer + address;
        if (queue == null || !isAnswerable(frame, headers)
            || verdict == UNEXPECTED && destination.adjacency.source == null
            || verdict != TOO_BIG && !isAdmitted(frame, headers)) {
            return 0;
        }
        if (verdict == NO_NEIGHBOUR || verdict == UNEXPECTED) {
            takeHop(frame, headers);
        }
        identification++;
        final int error = error(verdict, ParsedHeaders.isIpv6(headers));
        // a packet that only passes is refused by this host, and not by the one it is for
        final int length = verdict == UNEXPECTED
            ? IcmpErrors.write(frame, headers, error, NONE, identification, destination.adjacency.source.word0(),
                destination.adjacency.source.word1())
            : IcmpErrors.write(frame, headers, error, verdict == TOO_BIG ? mtu : NONE, identification);
        queue.addOwn(address - IcmpErrors.shift(headers), length);
        counters.countIcmpError();
        return length - ParsedHeaders.networkOffset(headers);
    }

    /**
     * Makes an error about an IPv4 packet that lies anywhere in a frame, if limits allow.
     *
     * @param packet pointer to the packet
     * @param length bytes of it that are there
     * @param error  type and code
     * @param rest   of the ICMP header, in host order
     * @return bytes of the error at layer 3, which begins {@link IcmpErrors#SHIFT_IPV4} before the packet; or 0
     */
    int write(final long packet, final int length, final int error, final int rest) {
        if (error != IcmpHeader.FRAGMENTATION_NEEDED
            && !limiter.admits(Ipv4Header.sourceWord(packet), 0, settings, nowNs)) {
            return 0;
        }
        identification++;
        return IcmpErrors.ipv4(packet, length, error, rest, identification, Ipv4Header.destinationWord(packet));
    }

    private static boolean isAnswerable(final long frame, final long headers) {
        final int protocol = ParsedHeaders.protocol(headers);
        return (headers & ParsedHeaders.LATER_FRAGMENT) == 0 && protocol != IpProtocol.ICMP
            && protocol != IpProtocol.ICMPV6 && !EthernetHeader.isFromGroup(frame);
    }

    private boolean isAdmitted(final long frame, final long headers) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        return ParsedHeaders.isIpv6(headers)
            ? limiter.admits(UnsafeApi.getLong(packet + Ipv6Header.SOURCE),
                UnsafeApi.getLong(packet + Ipv6Header.SOURCE + Long.BYTES), settings, nowNs)
            : limiter.admits(Ipv4Header.sourceWord(packet), 0, settings, nowNs);
    }

    /** The packet had taken its hop before its neighbour was asked for, or IPVS saw it, and is quoted so. */
    private static void takeHop(final long frame, final long headers) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        if (ParsedHeaders.isIpv6(headers)) {
            Ipv6Header.decrementHopLimit(packet);
        } else {
            Ipv4Header.decrementTimeToLive(packet);
        }
    }

    private static int error(final byte verdict, final boolean ipv6) {
        if (verdict == TTL_EXPIRED) {
            return ipv6 ? IcmpHeader.V6_TIME_EXCEEDED : IcmpHeader.TIME_EXCEEDED;
        }
        if (verdict == TOO_BIG) {
            return ipv6 ? IcmpHeader.V6_PACKET_TOO_BIG : IcmpHeader.FRAGMENTATION_NEEDED;
        }
        if (verdict == NO_DESTINATION || verdict == UNEXPECTED) {
            return ipv6 ? IcmpHeader.V6_PORT_UNREACHABLE : IcmpHeader.PORT_UNREACHABLE;
        }
        return ipv6 ? IcmpHeader.V6_ADDRESS_UNREACHABLE : IcmpHeader.HOST_UNREACHABLE;
    }
}
