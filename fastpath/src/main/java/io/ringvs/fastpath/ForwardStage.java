package io.ringvs.fastpath;

import java.util.concurrent.ThreadLocalRandom;

import io.ringvs.forward.DirectForwarder;
import io.ringvs.forward.FullNatForwarder;
import io.ringvs.forward.NatForwarder;
import io.ringvs.forward.TunnelForwarder;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Translation;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Encapsulation;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Rewrites each packet by the forwarding method of its connection, and queues it where it leaves.
 *
 * <p><b>Threading:</b> one worker.
 */
final class ForwardStage {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte NO_PORT = Verdict.DROP_NO_PORT.code();
    private static final byte METHOD = Verdict.DROP_METHOD.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final byte LOCAL = Verdict.HOST_LOCAL.code();
    private static final byte HOST_BYPASS = Verdict.HOST_BYPASS.code();
    private static final int DIRECT = ForwardingMethod.DIRECT.value();
    private static final int TUNNEL = ForwardingMethod.TUNNEL.value();
    private static final int NAT = ForwardingMethod.NAT.value();
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();
    private static final int LOCAL_NODE = ForwardingMethod.LOCAL.value();

    /** Bytes of a packet that every IPv6 link takes: RFC 8200 section 5. */
    private static final int MIN_MTU_IPV6 = 1280;

    private final long umemPointer;
    private final EgressPorts ports;
    private final Reassembly reassembly;
    private final Ipv4Fragmenter ipv4;
    private final Ipv6Fragmenter ipv6;
    private final FullNatForwarder fullNat = new FullNatForwarder();
    private final LocalAddressTable localAddresses;
    private final WorkerCounters counters;
    private final TunnelForwarder tunnels = new TunnelForwarder(ThreadLocalRandom.current().nextInt());

    ForwardStage(
        final long umemPointer, final EgressPorts ports, final FrameStack frames, final Reassembly reassembly,
        final LocalAddressTable localAddresses, final WorkerCounters counters) {
        this.reassembly = reassembly;
        this.localAddresses = localAddresses;
        this.counters = counters;
        this.umemPointer = umemPointer;
        this.ports = ports;
        ipv4 = new Ipv4Fragmenter(umemPointer, frames, counters);
        ipv6 = new Ipv6Fragmenter(umemPointer, frames, counters);
    }

    /**
     * Forwards the packets of a batch that are still undecided.
     *
     * @return number of packets queued
     */
    int forward(final PacketBatch batch, final Snapshot snapshot) {
        final int count = batch.count;
        int queued = 0;
        for (int i = 0; i < count; i++) {
            if (batch.verdicts[i] == UNDECIDED) {
                final Destination destination = snapshot.destination(batch.destinations[i]);
                final byte verdict = destination == null
                    ? bypass(batch.addresses[i], batch.headers[i], snapshot)
                    : forward(
                        batch.addresses[i], batch.headers[i], batch.methods[i], batch.translations[i], destination);
                batch.verdicts[i] = verdict;
                queued += verdict == FORWARD ? 1 : 0;
            }
        }
        return queued;
    }

    /**
     * Forwards one packet.
     *
     * @param method      a {@link ForwardingMethod} value
     * @param translation a {@link Translation}, of methods that translate
     * @return the code of FORWARD once the frame is queued, otherwise of the verdict it ends or waits with
     */
    byte forward(
        final long address, final long headers, final int method, final long translation,
        final Destination destination) {
        if (destination == null) {
            return GONE;
        }
        final Adjacency adjacency = destination.adjacency;
        final EgressQueue queue = ports.find(adjacency.interfaceIndex);
        if (queue == null && adjacency.state == Adjacency.State.RESOLVED) {
            return NO_PORT;
        }
        if (method == DIRECT) {
            final byte verdict = DirectForwarder.forward(umemPointer + address, headers, adjacency);
            return verdict == FORWARD ? queue(queue, address + ParsedHeaders.networkOffset(headers),
                ParsedHeaders.networkLength(headers), adjacency) : verdict;
        }
        if (method == NAT) {
            return nat(queue, address, headers, Translation.port(translation), destination);
        }
        if (method == TUNNEL) {
            return tunnel(queue, address, headers, destination);
        }
        if (method == FULLNAT) {
            return fullNat(queue, address, headers, translation, destination);
        }
        return method == LOCAL_NODE ? LOCAL : METHOD;
    }

    /**
     * Forwards a packet of a connection without a real server to where it is addressed. Whoever has become this host
     * since the connection was opened is no such place. A way that is not ready is left to the host to go.
     */
    private byte bypass(final long address, final long headers, final Snapshot snapshot) {
        final long frame = umemPointer + address;
        final Adjacency way = way(frame, headers, snapshot);
        if (way != null && way.state == Adjacency.State.LOCAL) {
            return METHOD;
        }
        final EgressQueue queue =
            way == null || way.state != Adjacency.State.RESOLVED ? null : ports.find(way.interfaceIndex);
        if (queue == null) {
            return HOST_BYPASS;
        }
        final int mtu = ParsedHeaders.isReassembled(headers) ? undivided(frame, headers, way.mtu) : way.mtu;
        final byte verdict = DirectForwarder.forward(frame, headers, way, mtu);
        return verdict == FORWARD ? answer(queue, address, headers, way) : verdict;
    }

    /** The host's way to where a packet is addressed, or null. */
    private static Adjacency way(final long frame, final long headers, final Snapshot snapshot) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        return ParsedHeaders.isIpv6(headers)
            ? snapshot.clients.find(true, UnsafeApi.getLong(packet + Ipv6Header.DESTINATION),
                UnsafeApi.getLong(packet + Ipv6Header.DESTINATION + Long.BYTES))
            : snapshot.clients.find(false, Ipv4Header.destinationWord(packet), 0);
    }

    private byte nat(
        final EgressQueue queue, final long address, final long headers, final short port,
        final Destination destination) {
        if (isIcmp(headers)) {
            return METHOD;
        }
        final byte verdict = NatForwarder.toServer(umemPointer + address, headers, destination, port);
        return verdict == FORWARD ? queue(queue, address + ParsedHeaders.networkOffset(headers),
            ParsedHeaders.networkLength(headers), destination.adjacency) : verdict;
    }

    private byte fullNat(
        final EgressQueue queue, final long address, final long headers, final long translation,
        final Destination destination) {
        final LocalAddress local = localAddresses.of(Translation.localEnd(translation));
        if (isIcmp(headers) || local == null || Translation.localEnd(translation) == LocalAddress.NONE) {
            return METHOD;
        }
        final byte verdict = fullNat.toServer(
            umemPointer + address, headers, destination, local, translation, destination.adjacency.mtu);
        if (verdict != FORWARD) {
            return verdict;
        }
        if (fullNat.isOptionLeftOut()) {
            counters.countOptionLeftOut();
        }
        return queue(queue, address + ParsedHeaders.networkOffset(headers) - fullNat.added(),
            ParsedHeaders.networkLength(headers) + fullNat.added(), destination.adjacency);
    }

    private byte tunnel(
        final EgressQueue queue, final long address, final long headers, final Destination destination) {
        final Encapsulation encapsulation = destination.encapsulation;
        final byte verdict =
            tunnels.forward(umemPointer + address, headers, destination.adjacency, encapsulation);
        if (verdict != FORWARD) {
            return verdict;
        }
        return queue(queue, address + ParsedHeaders.networkOffset(headers) - encapsulation.length,
            encapsulation.length + ParsedHeaders.networkLength(headers), destination.adjacency);
    }

    /**
     * Queues a packet on one of the host's ways: a real server's answer to the client, or one that bypasses all
     * servers.
     *
     * @return the code of FORWARD, or of the verdict it ends with
     */
    byte answer(final EgressQueue queue, final long address, final long headers, final Adjacency way) {
        return ParsedHeaders.isReassembled(headers)
            ? sendReassembled(
                queue, umemPointer + address, ParsedHeaders.networkOffset(headers), way.linkLength, way.mtu)
            : queue(queue, address + ParsedHeaders.networkOffset(headers), ParsedHeaders.networkLength(headers), way);
    }

    /**
     * Queues a frame that the host has made ready for the wire, with its link layer header.
     *
     * @return the code of FORWARD, or of the verdict it ends with
     */
    byte sendAsMade(final EgressQueue queue, final long address, final long headers) {
        final long frame = umemPointer + address;
        if (ParsedHeaders.isReassembled(headers)) {
            final int linkLength = ParsedHeaders.networkOffset(headers);
            return sendReassembled(queue, frame, linkLength, linkLength, reassembly.largestFragment(frame));
        }
        queue.add(address, ParsedHeaders.frameLength(headers));
        return FORWARD;
    }

    /**
     * Queues a packet behind its link layer header, in parts if it is larger than the MTU.
     *
     * @param packet UMEM address of the (outer) IP header
     * @param length bytes from there on
     */
    private byte queue(final EgressQueue queue, final long packet, final int length, final Adjacency way) {
        final int linkLength = way.linkLength;
        final long address = packet - linkLength;
        if (length > way.mtu) {
            return Ipv6Header.version(umemPointer + packet) == Family.IPV6.ipVersion()
                ? ipv6.send(queue, address, linkLength, way.mtu) : ipv4.send(queue, address, linkLength, way.mtu);
        }
        queue.add(address, linkLength + length);
        return FORWARD;
    }

    /**
     * Forwards the packets of a batch that were put together from fragments and are still undecided.
     *
     * <p>They leave in fragments again, none larger than the largest they came in, as Linux sends them.
     */
    void forwardReassembled(final PacketBatch batch, final Snapshot snapshot) {
        for (int i = 0; i < batch.count; i++) {
            if (batch.verdicts[i] == UNDECIDED && ParsedHeaders.isReassembled(batch.headers[i])) {
                final Destination destination = snapshot.destination(batch.destinations[i]);
                batch.verdicts[i] = destination == null
                    ? bypass(batch.addresses[i], batch.headers[i], snapshot)
                    : forwardReassembled(
                        batch.addresses[i], batch.headers[i], batch.methods[i], batch.translations[i], destination);
            }
        }
    }

    /** Forwards one such packet, and frees its place once it is queued; parameters and result as above. */
    byte forwardReassembled(
        final long address, final long headers, final int method, final long translation,
        final Destination destination) {
        if (destination == null) {
            return GONE;
        }
        final Adjacency adjacency = destination.adjacency;
        final EgressQueue queue = ports.find(adjacency.interfaceIndex);
        if (queue == null && adjacency.state == Adjacency.State.RESOLVED) {
            return NO_PORT;
        }
        if (method != DIRECT && method != TUNNEL && !Translations.isTranslated(method)
            || Translations.isTranslated(method) && isIcmp(headers)) {
            return method == LOCAL_NODE ? LOCAL : METHOD;
        }
        final byte verdict = rewriteReassembled(umemPointer + address, headers, method, translation, destination);
        if (verdict != FORWARD) {
            return verdict;
        }
        final int outer = method == TUNNEL ? destination.encapsulation.length : 0;
        return sendReassembled(
            queue, umemPointer + address, ParsedHeaders.networkOffset(headers) - outer, adjacency.linkLength,
            adjacency.mtu);
    }

    private byte rewriteReassembled(
        final long frame, final long headers, final int method, final long translation, final Destination destination) {
        final int mtu = undivided(frame, headers, mtu(method, destination));
        if (method == NAT) {
            return NatForwarder.toServer(frame, headers, destination, Translation.port(translation), mtu);
        }
        if (method == FULLNAT) {
            final LocalAddress local = localAddresses.of(Translation.localEnd(translation));
            // without an option: the fragments that it leaves in are as large as those it came in
            return local == null || Translation.localEnd(translation) == LocalAddress.NONE ? METHOD : fullNat.toServer(
                frame, headers, destination, local, Translation.silent(translation), mtu);
        }
        return method == DIRECT ? DirectForwarder.forward(frame, headers, destination.adjacency, mtu)
            : tunnels.forward(frame, headers, destination.adjacency, destination.encapsulation, mtu);
    }

    /**
     * What stands for the MTU of a packet that was put together: of IPv6, what must fit is the largest of its
     * fragments.
     */
    private int undivided(final long frame, final long headers, final int mtu) {
        if (!ParsedHeaders.isIpv6(headers)) {
            return mtu;
        }
        return reassembly.largestFragment(frame) > mtu ? 0 : Integer.MAX_VALUE;
    }

    /**
     * Queues the parts of a packet that was put together, and frees its place.
     *
     * @param offset bytes from the start of its frame to the (outer) IP header; negative where that begins before it
     */
    private byte sendReassembled(
        final EgressQueue queue, final long frame, final int offset, final int linkLength, final int mtu) {
        final int largest = reassembly.largestFragment(frame);
        final int limit = Math.min(mtu, largest);
        final long address = frame - umemPointer + offset - linkLength;
        final byte verdict = Ipv6Header.version(frame + offset) == Family.IPV6.ipVersion()
            ? ipv6.sendCopies(queue, address, linkLength, limit, Math.min(mtu, Math.max(largest, MIN_MTU_IPV6)))
            : ipv4.sendCopies(queue, address, linkLength, limit);
        if (verdict == FORWARD) {
            reassembly.release(frame);
        }
        return verdict;
    }

    /** Bytes that must fit on a packet's way: of IPv6, those of the largest fragment that it came in. */
    int sizeOnWay(final long frame, final long headers) {
        return ParsedHeaders.isReassembled(headers) && ParsedHeaders.isIpv6(headers)
            ? reassembly.largestFragment(frame) : ParsedHeaders.networkLength(headers);
    }

    private static boolean isIcmp(final long headers) {
        final int protocol = ParsedHeaders.protocol(headers);
        return protocol == IpProtocol.ICMP || protocol == IpProtocol.ICMPV6;
    }

    /** Bytes of the largest packet that goes whole the way of packet {@code i}; 0 if there is no way. */
    int mtu(final PacketBatch batch, final int i, final Snapshot snapshot) {
        final Destination destination = snapshot.destination(batch.destinations[i]);
        if (destination != null) {
            return mtu(batch.methods[i], destination);
        }
        if (batch.methods[i] == FULLNAT) {
            return (int)batch.translations[i]; // an answer of a real server, see Replies
        }
        final Adjacency way = way(umemPointer + batch.addresses[i], batch.headers[i], snapshot);
        return way == null ? 0 : way.mtu;
    }

    /** Bytes of the largest packet that reaches a destination whole; 0 if there is no destination. */
    static int mtu(final int method, final Destination destination) {
        if (destination == null) {
            return 0;
        }
        return method == TUNNEL ? destination.encapsulation.mtu() : destination.adjacency.mtu;
    }
}
