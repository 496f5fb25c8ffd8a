package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.forward.IcmpTranslation;
import io.ringvs.forward.LinkHeader;
import io.ringvs.forward.NatForwarder;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Sends answers of real servers on to the clients: those of translated connections as coming from the virtual address, others
 * as they are.
 *
 * <p>To the host such a packet is one to be routed, and the translation happens on the way. So one that may not be routed
 * on (no hop left, or too big and not to be divided) is left to the host untranslated, which tells the real server. One
 * whose way the snapshot does not have is left to the host translated, which routes it and learns the neighbour.
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
    private static final byte HOST = Verdict.HOST_REPLY.code();
    private static final int NAT = ForwardingMethod.NAT.value();

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final EgressPorts ports;
    private final ForwardStage forwarding;
    private final FtpHelper ftp;
    private final TrafficCounter traffic;

    Replies(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final FlowBatch flows, final PacketBatch batch, final EgressPorts ports, final ForwardStage forwarding,
        final FtpHelper ftp, final TrafficCounter traffic) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.flows = flows;
        this.batch = batch;
        this.ports = ports;
        this.forwarding = forwarding;
        this.ftp = ftp;
        this.traffic = traffic;
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
        final Adjacency way = way(i, snapshot);
        if (!isRoutable(frame, headers, way)) {
            return HOST;
        }
        if (table.isHelped(slot)) {
            final byte verdict = ftp.fromServer(i, slot, now);
            headers = batch.headers[i];
            if (verdict != UNDECIDED || !isRoutable(frame, headers, way)) {
                return verdict != UNDECIDED ? verdict : GREW;
            }
        }
        if (table.forwardingMethod(slot) == NAT) {
            NatForwarder.fromServer(
                frame, headers, table.virtualWord0(slot), table.virtualWord1(slot), table.virtualPort(slot));
        }
        final Destination destination = snapshot.destination(table.destination(slot));
        if (destination != null) {
            traffic.countOut(destination, ParsedHeaders.networkLength(headers));
        }
        connections.reply(slot, ProtocolEvent.of(headers), now);
        return send(address, headers, way);
    }

    /** Treats packet {@code i} likewise, which begins and ends its connection: one of a one-packet service. */
    byte takeOnly(final int i, final Destination server, final Snapshot snapshot) {
        final long headers = batch.headers[i];
        final ServiceKey service = server.service.config.key();
        NatForwarder.fromServer(umemPointer + batch.addresses[i], headers, service.address().word0(),
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

    /** The way to where packet {@code i} is addressed, or null. */
    private Adjacency way(final int i, final Snapshot snapshot) {
        final long flow = flows.entry(i);
        return snapshot.clients.find(
            ParsedHeaders.isIpv6(batch.headers[i]), UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS),
            UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES));
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
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        final Adjacency way = ipv6
            ? snapshot.clients.find(true, UnsafeApi.getLong(packet + Ipv6Header.DESTINATION),
                UnsafeApi.getLong(packet + Ipv6Header.DESTINATION + Long.BYTES))
            : snapshot.clients.find(false, Ipv4Header.destinationWord(packet), 0);
        if (!isRoutable(frame, headers, way)) {
            return HOST;
        }
        IcmpTranslation.toClient(
            frame, headers, ports, table.virtualWord0(slot), table.virtualWord1(slot), table.virtualPort(slot));
        final Destination destination = snapshot.destination(table.destination(slot));
        if (destination != null) {
            traffic.countOut(destination, ParsedHeaders.networkLength(headers));
        }
        return send(address, headers, way);
    }

    private boolean isRoutable(final long frame, final long headers, final Adjacency way) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        if ((ipv6 ? Ipv6Header.hopLimit(packet) : Ipv4Header.timeToLive(packet)) <= 1) {
            return false;
        }
        return way == null || way.mtu == 0 || forwarding.sizeOnWay(frame, headers) <= way.mtu
            || !ipv6 && !Ipv4Header.mustNotFragment(packet);
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
