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
 * <p>One loop in the order of arrival, since a packet may open, reopen or end the connection that a later one of the
 * same batch belongs to. The lines it reads were brought into the cache by the lookup.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_hook of Linux 6.1 {@code ip_vs_core.c}.
 */
final class ConnectionStage {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final int BYPASS = ForwardingMethod.BYPASS.value();
    private static final int NAT = ForwardingMethod.NAT.value();
    /** A bit of direct routing and of tunnels; where it is not set, packets may be translated. */
    private static final int UNTRANSLATED = ForwardingMethod.TUNNEL.value();
    private static final byte TABLE_FULL = Verdict.DROP_TABLE_FULL.code();

    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final ConnectionOpener opener;
    private final Replies replies;
    private final ServerPackets serverPackets;
    private final FtpHelper ftp;
    private final TrafficCounter traffic;
    private final Translations translations;

    ConnectionStage(
        final ConnectionTable table, final WorkerConnections connections, final FlowBatch flows,
        final PacketBatch batch, final ConnectionOpener opener, final Replies replies,
        final ServerPackets serverPackets, final FtpHelper ftp, final TrafficCounter traffic,
        final Translations translations) {
        this.serverPackets = serverPackets;
        this.table = table;
        this.connections = connections;
        this.flows = flows;
        this.batch = batch;
        this.opener = opener;
        this.replies = replies;
        this.ftp = ftp;
        this.traffic = traffic;
        this.translations = translations;
    }

    /**
     * Finds a real server for every undecided packet, or a verdict.
     *
     * <p>What nearly every packet does is written out in the loop: the compiler leaves out of a loop what it has
     * compiled into much code by itself.
     *
     * @param now in ticks
     */
    void connect(final Snapshot snapshot, final int now) {
        opener.begin(snapshot, now);
        translations.begin(snapshot.settings);
        final byte[] verdicts = batch.verdicts;
        final long[] headers = batch.headers;
        final int[] destinations = batch.destinations;
        final byte[] methods = batch.methods;
        final int count = batch.count;
        for (int i = 0; i < count; i++) {
            if (verdicts[i] != UNDECIDED) {
                continue;
            }
            int slot = flows.slot(i);
            if (slot < 0 || opener.mustReview(headers[i])) {
                slot = review(i, slot, snapshot, now);
                if (slot < 0) {
                    continue;
                }
            }
            final int destination = table.destination(slot);
            if (snapshot.destination(destination) == null && table.forwardingMethod(slot) != BYPASS) {
                opener.destinationGone(i, slot);
                continue;
            }
            destinations[i] = destination;
            final int method = connections.packet(slot, ProtocolEvent.of(headers[i]), now);
            methods[i] = (byte)method;
            if ((method & UNTRANSLATED) == 0) {
                batch.translations[i] = translations.of(i, slot, method);
                if (WorkerConnections.isHelped(method)) {
                    methods[i] = (byte)NAT;
                    verdicts[i] = ftp.fromClient(i, slot, now);
                }
            }
        }
        traffic.countIn(batch, snapshot);
    }

    /** Decides about a packet that may not simply use the connection found; returns the slot of one that it may use. */
    private int review(final int i, final int found, final Snapshot snapshot, final int now) {
        if (FlowLayout.isReply(found)) {
            batch.verdicts[i] = replies.take(i, FlowLayout.slotOfReply(found), snapshot, now);
            return ConnectionOpener.NO_SLOT;
        }
        if (found == FlowLayout.NOT_FOUND) {
            final byte verdict = serverPackets.take(i, snapshot, now);
            if (verdict != ServerPackets.OTHER) {
                batch.verdicts[i] = verdict;
                return ConnectionOpener.NO_SLOT;
            }
        }
        return FlowLayout.isPortless(found)
            ? fillClientPort(i, FlowLayout.slotOfPortless(found), now) : opener.review(i, found);
    }

    /** Lets the packet have a connection without client port, unless another port has it already. */
    private int fillClientPort(final int i, final int found, final int now) {
        final int slot = connections.expected().fillClientPort(found, flows.entry(i), now);
        if (slot == WorkerConnections.TABLE_FULL) {
            batch.verdicts[i] = TABLE_FULL;
            return ConnectionOpener.NO_SLOT;
        }
        return opener.review(i, slot);
    }
}
