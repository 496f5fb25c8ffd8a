package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.forward.IcmpTranslation;
import io.ringvs.forward.LinkHeader;
import io.ringvs.forward.NatForwarder;
import io.ringvs.forward.SegmentSize;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Sends answers of real servers on to the clients: those of translated connections as coming from the virtual address,
 * others as they are.
 *
 * <p>To the host such a packet is one to be routed, and the translation happens on the way. So one that may not be
 * routed on (no hop left, or too big and not to be divided) is left to the host untranslated, which tells the real
 * server. One whose way the snapshot does not have is left to the host translated, which routes it and learns the
 * neighbour. With FULLNAT the answer is addressed to the director, and the first kind is refused by the director
 * itself.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_out_hook and handle_response of Linux 6.1 {@code ip_vs_core.c}; ip_forward of
 * {@code net/ipv4/ip_forward.c}, ip6_forward of {@code net/ipv6/ip6_output.c}.
 */
final class Replies {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte GREW = Verdict.DROP_FTP_REPLY.code();
    private static final byte FRAGMENT = Verdict.DROP_FRAGMENT.code();
    private static final byte HOST = Verdict.HOST_REPLY.code();
    private static final byte TTL_EXPIRED = Verdict.DROP_TTL_EXPIRED.code();
    private static final byte TOO_BIG = Verdict.DROP_TOO_BIG.code();
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final EgressPorts ports;
    private final ForwardStage forwarding;
    private final FtpHelper ftp;
    private final TrafficCounter traffic;
    private final Translations translations;

    Replies(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final FlowBatch flows, final PacketBatch batch, final EgressPorts ports, final ForwardStage forwarding,
        final FtpHelper ftp, final TrafficCounter traffic, final Translations translations) {
        this.flows = flows;
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.batch = batch;
        this.ports = ports;
        this.forwarding = forwarding;
        this.ftp = ftp;
        this.traffic = traffic;
        this.translations = translations;
    }

    /**
     * Treats packet {@code i}, an answer to the client of a connection.
     *
     * @param now in ticks
     * @return the code of FORWARD once it is queued, otherwise of the verdict it ends with
     */
    byte take(final int i, final int slot, final Snapshot snapshot, final int now) {
        long headers = batch.headers[i];
        final long address = batch.addresses[i];
        final long frame = umemPointer + address;
        final Adjacency way = way(headers, slot, snapshot);
        final int method = table.forwardingMethod(slot);
        if (!isRoutable(frame, headers, way)) {
            return method == FULLNAT ? refuse(i, way) : HOST;
        }
        if (table.isHelped(slot)) {
            final byte verdict = ftp.fromServer(i, slot, now);
            headers = batch.headers[i];
            if (verdict != UNDECIDED || !isRoutable(frame, headers, way)) {
                return verdict != UNDECIDED ? verdict : GREW;
            }
        }
        translate(i, slot, snapshot, now);
        return send(address, headers, way);
    }

    /** Gives an answer the addresses of its connection's client side, and lets it step and count for the connection. */
    private void translate(final int i, final int slot, final Snapshot snapshot, final int now) {
        final long headers = batch.headers[i];
        final long frame = umemPointer + batch.addresses[i];
        final int method = table.forwardingMethod(slot);
        if (Translations.isTranslated(method)) {
            NatForwarder.source(
                frame, headers, table.virtualWord0(slot), table.virtualWord1(slot), table.virtualPort(slot));
        }
        if (method == FULLNAT) {
            toClient(frame, headers, slot);
        }
        count(slot, headers, snapshot);
        connections.reply(slot, ProtocolEvent.of(headers), now);
    }

    private void count(final int slot, final long headers, final Snapshot snapshot) {
        final Destination destination = snapshot.destination(table.destination(slot));
        if (destination != null) {
            traffic.countOut(destination, ParsedHeaders.networkLength(headers));
        }
    }

    /** Treats packet {@code i} likewise, an answer of a local real server, which the host has routed. */
    byte takeLocal(final int i, final int slot, final Snapshot snapshot, final int now) {
        if (table.isHelped(slot)) {
            final byte verdict = ftp.fromServer(i, slot, now);
            if (verdict != UNDECIDED) {
                return verdict;
            }
            if (!fits(umemPointer + batch.addresses[i], batch.headers[i], way(batch.headers[i], slot, snapshot))) {
                return GREW;
            }
        }
        translate(i, slot, snapshot, now);
        return sendAsMade(i);
    }

    /** Treats packet {@code i} likewise, an ICMP error of the host about a packet to a local real server. */
    byte takeLocalError(final int i, final int slot, final int ports, final Snapshot snapshot) {
        final long headers = batch.headers[i];
        if (Translations.isTranslated(table.forwardingMethod(slot))) {
            IcmpTranslation.toClient(umemPointer + batch.addresses[i], headers, ports, table.virtualWord0(slot),
                table.virtualWord1(slot), table.virtualPort(slot));
        }
        count(slot, headers, snapshot);
        return sendAsMade(i);
    }

    private byte sendAsMade(final int i) {
        return forwarding.sendAsMade(ports.find(batch.interfaceIndex), batch.addresses[i], batch.headers[i]);
    }

    /** Sends packet {@code i} on as the host made it: it comes from a local real server, and answers no connection. */
    byte pass(final int i) {
        if (batch.verdicts[i] == UNDECIDED) {
            return sendAsMade(i);
        }
        if (ParsedHeaders.isReassembled(batch.headers[i])) {
            return FRAGMENT;
        }
        // not every verdict comes with headers
        ports.find(batch.interfaceIndex).add(batch.addresses[i], batch.lengths[i]);
        return FORWARD;
    }

    /** Treats packet {@code i} likewise, which begins and ends its connection: one of a one-packet service. */
    byte takeOnly(final int i, final Destination server, final Snapshot snapshot) {
        final long headers = batch.headers[i];
        final ServiceKey service = server.service.config.key();
        NatForwarder.source(umemPointer + batch.addresses[i], headers, service.address().word0(),
            service.address().word1(), Short.reverseBytes((short)service.port()));
        traffic.countOut(server, ParsedHeaders.networkLength(headers));
        return send(batch.addresses[i], headers, way(i, snapshot));
    }

    /** Whether packet {@code i} is one that the host would route on, to others. */
    boolean passes(final int i, final Snapshot snapshot) {
        final Adjacency way = way(i, snapshot);
        return (way == null || way.state != Adjacency.State.LOCAL)
            && isRoutable(umemPointer + batch.addresses[i], batch.headers[i], way);
    }

    /**
     * Treats packet {@code i}, an ICMP error from a real server, or from a router on the way to it, to the client of a
     * connection.
     *
     * @param ports bytes from the start of its frame to the ports that it quotes
     * @return as before
     */
    byte takeError(final int i, final int slot, final int ports, final Snapshot snapshot) {
        final long headers = batch.headers[i];
        final long address = batch.addresses[i];
        final long frame = umemPointer + address;
        final Adjacency way = way(headers, slot, snapshot);
        final boolean fullNat = table.forwardingMethod(slot) == FULLNAT;
        if (!isRoutable(frame, headers, way)) {
            return fullNat ? refuse(i, way) : HOST;
        }
        IcmpTranslation.toClient(
            frame, headers, ports, table.virtualWord0(slot), table.virtualWord1(slot), table.virtualPort(slot));
        if (fullNat) {
            IcmpTranslation.toServer(
                frame, headers, ports, table.clientWord0(slot), table.clientWord1(slot), table.clientPort(slot));
        }
        count(slot, headers, snapshot);
        return send(address, headers, way);
    }

    /** The way to where packet {@code i} is addressed, or null. */
    private Adjacency way(final int i, final Snapshot snapshot) {
        final long flow = flows.entry(i);
        return snapshot.clients.find(
            ParsedHeaders.isIpv6(batch.headers[i]), UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS),
            UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES));
    }

    /** The way to the client of a connection, or null. */
    private Adjacency way(final long headers, final int slot, final Snapshot snapshot) {
        return snapshot.clients.find(
            ParsedHeaders.isIpv6(headers), table.clientWord0(slot), table.clientWord1(slot));
    }

    /** The other half of the translation; and of the server's SYN what is needed to tell it the client's address. */
    private void toClient(final long frame, final long headers, final int slot) {
        NatForwarder.destination(
            frame, headers, table.clientWord0(slot), table.clientWord1(slot), table.clientPort(slot));
        if (translations.isToldAfter(headers)) {
            table.firstAnswer(slot, TcpHeader.sequence(frame + ParsedHeaders.transportOffset(headers)) + 1);
            SegmentSize.leaveRoomForOption(frame, headers);
        }
    }

    /**
     * Ends an answer to a local end that may not be routed on. Left to the host it would be one to the host itself, so
     * the real server is told by the director. The batch gets what {@link ForwardStage#mtu} then asks for.
     */
    private byte refuse(final int i, final Adjacency way) {
        batch.destinations[i] = DestinationTable.NONE;
        batch.methods[i] = (byte)FULLNAT;
        batch.translations[i] = way == null ? 0 : way.mtu;
        final long packet = umemPointer + batch.addresses[i] + ParsedHeaders.networkOffset(batch.headers[i]);
        return isLastHop(packet, ParsedHeaders.isIpv6(batch.headers[i])) ? TTL_EXPIRED : TOO_BIG;
    }

    private static boolean isLastHop(final long packet, final boolean ipv6) {
        return (ipv6 ? Ipv6Header.hopLimit(packet) : Ipv4Header.timeToLive(packet)) <= 1;
    }

    private boolean isRoutable(final long frame, final long headers, final Adjacency way) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        return !isLastHop(packet, ipv6)
            && (fits(frame, headers, way) || !ipv6 && !Ipv4Header.mustNotFragment(packet));
    }

    private boolean fits(final long frame, final long headers, final Adjacency way) {
        return way == null || way.mtu == 0 || forwarding.sizeOnWay(frame, headers) <= way.mtu;
    }

    private byte send(final long address, final long headers, final Adjacency way) {
        final EgressQueue queue = way == null || way.state != Adjacency.State.RESOLVED
            ? null : ports.find(way.interfaceIndex);
        if (queue == null) {
            return HOST;
        }
        final long frame = umemPointer + address;
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        if (ParsedHeaders.isIpv6(headers)) {
            Ipv6Header.decrementHopLimit(packet);
        } else {
            Ipv4Header.decrementTimeToLive(packet);
        }
        LinkHeader.replace(packet, way);
        return forwarding.answer(queue, address, headers, way);
    }
}
