package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.forward.IcmpErrors;
import io.ringvs.forward.IcmpTranslation;
import io.ringvs.forward.LinkHeader;
import io.ringvs.packet.EthernetHeader;
import io.ringvs.packet.IcmpHeader;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.QuotedTunnel;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Encapsulation;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Tells clients what ICMP errors say of the tunnel packets that carried theirs: the error comes to the director, the
 * sender of the tunnel packet, and quotes it; a new one goes to the client, from the virtual address, and quotes the
 * client's packet. An MTU told this way is remembered, and what is larger is answered by the director itself from then
 * on.
 *
 * <p>Linux counts both errors as packets to the client, and so does this.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_icmp of Linux 6.1 {@code ip_vs_core.c}.
 */
final class TunnelErrors {
    /** The error is about something else. */
    static final byte OTHER = Verdict.HOST_ICMP.code();

    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte HOST = Verdict.HOST_REPLY.code();
    private static final byte BAD_CHECKSUM = Verdict.DROP_BAD_CHECKSUM.code();
    private static final byte NOT_TOLD = Verdict.DROP_TUNNEL_ERROR.code();
    private static final int MTU = 0xffff;

    private final long umemPointer;
    private final ConnectionTable table;
    private final PacketBatch batch;
    private final EgressPorts ports;
    private final IcmpAnswers answers;
    private final TrafficCounter traffic;

    TunnelErrors(
        final long umemPointer, final ConnectionTable table, final PacketBatch batch, final EgressPorts ports,
        final IcmpAnswers answers, final TrafficCounter traffic) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.batch = batch;
        this.ports = ports;
        this.answers = answers;
        this.traffic = traffic;
    }

    /**
     * Treats packet {@code i}, an ICMP message.
     *
     * @param flow room for a connection's key
     * @return the code of FORWARD once the client's error is queued, or of the verdict it ends with; or {@link #OTHER}
     */
    byte take(final int i, final long flow, final Snapshot snapshot, final long nowNs) {
        final long headers = batch.headers[i];
        final long frame = umemPointer + batch.addresses[i];
        final int inner = QuotedTunnel.inner(frame, headers);
        if (inner == QuotedTunnel.NONE) {
            return OTHER;
        }
        QuotedTunnel.readFlow(frame, inner, flow);
        final int slot = table.lookup().findExactly(flow);
        final Destination destination =
            slot == FlowLayout.NOT_FOUND ? null : snapshot.destination(table.destination(slot));
        if (destination == null || !isOf(destination, frame, headers)) {
            return OTHER;
        }
        if (!IcmpTranslation.isChecksumCorrect(frame, headers)) {
            return BAD_CHECKSUM;
        }
        final long icmp = frame + ParsedHeaders.transportOffset(headers);
        final int error = IcmpHeader.error(icmp);
        int rest = IcmpHeader.rest(icmp);
        if (error == IcmpHeader.FRAGMENTATION_NEEDED) {
            rest = destination.encapsulation.learnMtu(rest & MTU, nowNs);
            if (!Ipv4Header.mustNotFragment(frame + inner)) {
                return NOT_TOLD;
            }
        }
        return tell(i, inner, error, rest, destination, snapshot);
    }

    /** Whether the quoted packet went through the tunnel to a real server. */
    private static boolean isOf(final Destination destination, final long frame, final long headers) {
        final Encapsulation tunnel = destination.encapsulation;
        final long outer = frame + QuotedTunnel.outer(headers);
        final int protocol = Ipv4Header.protocol(outer);
        return destination.realServer.config().method() == ForwardingMethod.TUNNEL
            && !tunnel.outerIpv6 && tunnel.protocol == protocol
            && Ipv4Header.destinationWord(outer) == tunnel.destinationWord0
            && Ipv4Header.destinationWord(frame + ParsedHeaders.networkOffset(headers)) == tunnel.sourceWord0
            && (protocol != IpProtocol.UDP || QuotedTunnel.udpPort(frame, headers) == tunnel.port);
    }

    private byte tell(
        final int i, final int inner, final int error, final int rest, final Destination destination,
        final Snapshot snapshot) {
        final long frame = umemPointer + batch.addresses[i];
        final long packet = frame + inner;
        final int quoted = ParsedHeaders.frameLength(batch.headers[i]) - inner;
        final long macWord = UnsafeApi.getLong(frame);
        final int macTail = UnsafeApi.getInt(frame + Long.BYTES);
        traffic.countOut(destination, quoted);
        final int length = answers.write(packet, quoted, error, rest);
        if (length == 0) {
            return NOT_TOLD;
        }
        traffic.countOut(destination, length);
        final Adjacency way = snapshot.clients.find(false, Ipv4Header.sourceWord(packet), 0);
        final EgressQueue queue = way == null || way.state != Adjacency.State.RESOLVED
            ? null : ports.find(way.interfaceIndex);
        final int before = IcmpErrors.SHIFT_IPV4 + EthernetHeader.LENGTH;
        final long address = batch.addresses[i] + inner - before;
        if (queue == null) {
            EthernetHeader.write(packet - before, macWord, macTail, EthernetHeader.TYPE_IPV4);
            batch.addresses[i] = address;
            batch.lengths[i] = EthernetHeader.LENGTH + length;
            return HOST;
        }
        LinkHeader.write(packet - IcmpErrors.SHIFT_IPV4, way, EthernetHeader.TYPE_IPV4);
        queue.add(address + EthernetHeader.LENGTH - way.linkLength, way.linkLength + length);
        return FORWARD;
    }
}
