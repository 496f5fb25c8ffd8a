package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.forward.IcmpTranslation;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.QuotedPacket;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Finds the connection that an ICMP error to a virtual address belongs to, so that it is forwarded to the real server whose
 * packet it is about; and of one from a real server whose packets are translated, so that the client understands it. What
 * belongs to no connection stays with the host.
 *
 * <p>The error counts as a packet of the connection, but neither changes its state nor prolongs its life.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p>Linux verifies the checksum of ICMPv6 errors from clients nowhere, and so does this.
 *
 * <p><b>Source:</b> ip_vs_in_icmp, ip_vs_in_icmp_v6, ip_vs_out_icmp and ip_vs_out_icmp_v6 of Linux 6.1 {@code ip_vs_core.c}.
 */
final class RelatedStage implements AutoCloseable {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte ICMP = Verdict.HOST_ICMP.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final byte BAD_CHECKSUM = Verdict.DROP_BAD_CHECKSUM.code();

    private static final int BYPASS = ForwardingMethod.BYPASS.value();
    private static final int DIRECT = ForwardingMethod.DIRECT.value();
    private static final int NAT = ForwardingMethod.NAT.value();

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final PacketBatch batch;
    private final Replies replies;
    private final TunnelErrors tunnelErrors;
    private final TrafficCounter traffic;
    /** Key of the connection looked for. */
    private final long flow = UnsafeApi.allocateMemory(FlowLayout.LENGTH);

    RelatedStage(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final PacketBatch batch, final Replies replies, final TunnelErrors tunnelErrors, final TrafficCounter traffic) {
        this.tunnelErrors = tunnelErrors;
        this.replies = replies;
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.batch = batch;
        this.traffic = traffic;
    }

    /** Makes those ICMP messages of the batch undecided that are to be forwarded. */
    void relate(final Snapshot snapshot, final long nowNs) {
        for (int i = 0; i < batch.count; i++) {
            if (batch.verdicts[i] == ICMP) {
                final byte verdict = tunnelErrors.take(i, flow, snapshot, nowNs);
                batch.verdicts[i] = verdict == TunnelErrors.OTHER ? relate(i, snapshot) : verdict;
            }
        }
    }

    private byte relate(final int i, final Snapshot snapshot) {
        final long frame = umemPointer + batch.addresses[i];
        final long headers = batch.headers[i];
        final int ports = QuotedPacket.readFlow(frame, headers, flow);
        final int slot = ports == QuotedPacket.NONE ? FlowLayout.NOT_FOUND : table.findBothWays(flow);
        if (slot == FlowLayout.NOT_FOUND) {
            return ICMP;
        }
        final boolean fromServer = FlowLayout.isReply(slot);
        if ((fromServer || !ParsedHeaders.isIpv6(headers)) && !IcmpTranslation.isChecksumCorrect(frame, headers)) {
            return BAD_CHECKSUM;
        }
        return fromServer ? replies.takeError(i, FlowLayout.slotOfReply(slot), ports, snapshot)
            : toServer(i, slot, ports, snapshot);
    }

    private byte toServer(final int i, final int slot, final int ports, final Snapshot snapshot) {
        final long headers = batch.headers[i];
        final int id = table.destination(slot);
        final Destination destination = snapshot.destination(id);
        int method = table.forwardingMethod(slot);
        if (destination == null && method != BYPASS) {
            return GONE;
        }
        batch.destinations[i] = id;
        if (method == NAT) {
            IcmpTranslation.toServer(umemPointer + batch.addresses[i], headers, ports, destination.addressWord0,
                destination.addressWord1, table.destinationPort(slot));
            // translated, it needs no more than the server's MAC address
            method = DIRECT;
        }
        batch.methods[i] = (byte)method;
        connections.relatedPacket(slot);
        if (destination != null) {
            traffic.countIn(destination, ParsedHeaders.networkLength(headers));
        }
        return UNDECIDED;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(flow);
    }
}
