package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.QuotedPacket;
import io.ringvs.packet.Verdict;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Treats a batch of frames that the host sends and that come from local real servers: those of translated connections
 * get the virtual address as source, those of others step the connection's state, and what is of no connection goes out
 * as it is. So do ICMP errors of the host about such connections.
 *
 * <p>The host has routed them: they have their MAC addresses and tags, and lose no hop.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_out_hook of Linux 6.1 {@code ip_vs_core.c}, in the hook LOCAL_OUT.
 */
final class LocalAnswers implements AutoCloseable {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte ICMP = Verdict.HOST_ICMP.code();
    private static final byte FIRST_HOST = Verdict.HOST_NOT_IP.code();
    private static final byte LAST_HOST = Verdict.HOST_LOCAL.code();
    private static final byte GROUP = Verdict.HOST_GROUP.code();

    private final long umemPointer;
    private final ConnectionTable table;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final Replies replies;
    private final ReversedFlow reversed;
    /** Key of the connection that an ICMP error is about. */
    private final long quoted = UnsafeApi.allocateMemory(FlowLayout.LENGTH);

    LocalAnswers(
        final long umemPointer, final ConnectionTable table, final FlowBatch flows, final PacketBatch batch,
        final Replies replies) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.flows = flows;
        this.batch = batch;
        this.replies = replies;
        reversed = new ReversedFlow(table);
    }

    /**
     * Decides about every packet of the batch, which has been parsed and looked up.
     *
     * @param now in ticks
     */
    void answer(final Snapshot snapshot, final int now) {
        for (int i = 0; i < batch.count; i++) {
            final byte verdict = batch.verdicts[i];
            if (verdict == UNDECIDED) {
                batch.verdicts[i] = answer(i, snapshot, now);
            } else if (verdict == ICMP) {
                batch.verdicts[i] = error(i, snapshot);
            } else if (verdict >= FIRST_HOST && verdict <= LAST_HOST && verdict != GROUP) {
                batch.verdicts[i] = replies.pass(i);
            }
        }
    }

    private byte answer(final int i, final Snapshot snapshot, final int now) {
        final int slot = find(flows.slot(i), flows.entry(i));
        return slot == FlowLayout.NOT_FOUND ? replies.pass(i) : replies.takeLocal(i, slot, snapshot, now);
    }

    private byte error(final int i, final Snapshot snapshot) {
        final int ports = QuotedPacket.readFlow(umemPointer + batch.addresses[i], batch.headers[i], quoted);
        final int slot = ports == QuotedPacket.NONE
            ? FlowLayout.NOT_FOUND : find(table.lookup().findBothWays(quoted), quoted);
        return slot == FlowLayout.NOT_FOUND ? replies.pass(i) : replies.takeLocalError(i, slot, ports, snapshot);
    }

    /**
     * The connection that a flow answers.
     *
     * @param found what the lookup found
     */
    private int find(final int found, final long flow) {
        if (FlowLayout.isReply(found)) {
            return FlowLayout.slotOfReply(found);
        }
        final int slot = reversed.find(flow);
        // a translated connection is answered from its server's address only
        return slot == FlowLayout.NOT_FOUND || Translations.isTranslated(table.forwardingMethod(slot))
            ? FlowLayout.NOT_FOUND : slot;
    }

    @Override
    public void close() {
        reversed.close();
        UnsafeApi.freeMemory(quoted);
    }
}
