package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.QuotedPacket;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Finds the connection that an ICMP error to a virtual address belongs to, so that it is forwarded to the real server whose
 * packet it is about. What belongs to no connection stays with the host.
 *
 * <p>The error counts as a packet of the connection, but neither changes its state nor prolongs its life.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_icmp and ip_vs_in_icmp_v6 of Linux 6.1 {@code ip_vs_core.c}.
 */
final class RelatedStage implements AutoCloseable {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte ICMP = Verdict.HOST_ICMP.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final byte BAD_CHECKSUM = Verdict.DROP_BAD_CHECKSUM.code();

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final PacketBatch batch;
    private final TrafficCounter traffic;
    /** Key of the connection looked for. */
    private final long flow = UnsafeApi.allocateMemory(FlowLayout.LENGTH);

    RelatedStage(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final PacketBatch batch, final TrafficCounter traffic) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.batch = batch;
        this.traffic = traffic;
    }

    /** Makes those ICMP messages of the batch undecided that are to be forwarded. */
    void relate(final Snapshot snapshot) {
        for (int i = 0; i < batch.count; i++) {
            if (batch.verdicts[i] == ICMP) {
                batch.verdicts[i] = relate(i, snapshot);
            }
        }
    }

    private byte relate(final int i, final Snapshot snapshot) {
        final long frame = umemPointer + batch.addresses[i];
        final long headers = batch.headers[i];
        final int slot = QuotedPacket.readFlow(frame, headers, flow) == QuotedPacket.NONE ? FlowLayout.NOT_FOUND
            : table.find(flow);
        if (slot == FlowLayout.NOT_FOUND) {
            return ICMP;
        }
        if (!ParsedHeaders.isIpv6(headers) && !isChecksumCorrect(frame, headers)) {
            return BAD_CHECKSUM;
        }
        final Destination destination = snapshot.destination(table.destination(slot));
        if (destination == null) {
            return GONE;
        }
        batch.destinations[i] = destination.id;
        batch.methods[i] = (byte)table.forwardingMethod(slot);
        connections.relatedPacket(slot);
        traffic.countIn(destination, ParsedHeaders.networkLength(headers));
        return UNDECIDED;
    }

    /** Of ICMP, whose checksum covers the message alone; Linux verifies that of ICMPv6 nowhere on this way. */
    private static boolean isChecksumCorrect(final long frame, final long headers) {
        final int offset = ParsedHeaders.transportOffset(headers);
        return InternetChecksum.finish(
            InternetChecksum.add(0, frame + offset, ParsedHeaders.frameLength(headers) - offset)) == 0;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(flow);
    }
}
