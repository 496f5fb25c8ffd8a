package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.snapshot.Snapshot;

/**
 * Gives each packet of a batch its connection's real server: steps the connection that the lookup found, or has the
 * {@link ConnectionOpener} decide.
 *
 * <p>One loop in the order of arrival, since a packet may open, reopen or end the connection that a later one of the same
 * batch belongs to. The lines it reads were brought into the cache by the lookup.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_hook of Linux 6.1 {@code ip_vs_core.c}.
 */
final class ConnectionStage {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final int BYPASS = ForwardingMethod.BYPASS.value();
    private static final int NAT = ForwardingMethod.NAT.value();

    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final ConnectionOpener opener;
    private final Replies replies;
    private final TrafficCounter traffic;

    ConnectionStage(
        final ConnectionTable table, final WorkerConnections connections, final FlowBatch flows,
        final PacketBatch batch, final ConnectionOpener opener, final Replies replies,
        final TrafficCounter traffic) {
        this.table = table;
        this.connections = connections;
        this.flows = flows;
        this.batch = batch;
        this.opener = opener;
        this.replies = replies;
        this.traffic = traffic;
    }

    /**
     * Finds a real server for every undecided packet, or a verdict.
     *
     * @param now in ticks
     */
    void connect(final Snapshot snapshot, final int now) {
        opener.begin(snapshot, now);
        final int count = batch.count;
        for (int i = 0; i < count; i++) {
            if (batch.verdicts[i] == UNDECIDED) {
                connect(i, snapshot, now);
            }
        }
        traffic.countIn(batch, snapshot);
    }

    private void connect(final int i, final Snapshot snapshot, final int now) {
        final long headers = batch.headers[i];
        int slot = flows.slot(i);
        if (slot < 0 || opener.mustReview(headers)) {
            if (FlowLayout.isReply(slot)) {
                batch.verdicts[i] = replies.take(i, FlowLayout.slotOfReply(slot), snapshot, now);
                return;
            }
            slot = opener.review(i, slot);
            if (slot < 0) {
                return;
            }
        }
        final int destination = table.destination(slot);
        if (snapshot.destination(destination) == null && table.forwardingMethod(slot) != BYPASS) {
            opener.destinationGone(i, slot);
            return;
        }
        batch.destinations[i] = destination;
        final int method = connections.packet(slot, ProtocolEvent.of(headers), now);
        batch.methods[i] = (byte)method;
        if (method == NAT) {
            batch.ports[i] = table.destinationPort(slot);
        }
    }
}
