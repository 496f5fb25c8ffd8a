package io.ringvs.conntab;

import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.service.LocalAddressTable;
import org.agrona.UnsafeApi;

/**
 * Finds connections and templates by their flows: those of a batch together, which hides most of what memory takes, or
 * one by itself.
 *
 * <p><b>Threading:</b> any worker.
 */
public final class ConnectionLookup {
    private final ConnectionTable connections;
    private final FlowTable flows;
    private final ReplyIndex replies;
    private final LocalAddressTable localAddresses;
    private final AtomicInteger withoutClientPort;

    ConnectionLookup(final ConnectionTable connections) {
        this.connections = connections;
        this.flows = connections.flows();
        this.replies = connections.replies();
        this.localAddresses = connections.localAddresses();
        this.withoutClientPort = connections.withoutClientPort();
    }

    /**
     * Looks up all flows of a batch; each entry then has its slot, or what {@link FlowLayout#isPortless} is true of, or
     * {@link FlowLayout#NOT_FOUND}.
     */
    public void find(final FlowBatch batch) {
        flows.lookup(batch);
        if (withoutClientPort.getOpaque() != 0) {
            for (int index = 0; index < batch.size(); index++) {
                if (batch.slot(index) == FlowLayout.NOT_FOUND) {
                    batch.slot(index, findWithoutClientPort(batch.entry(index)));
                }
            }
        }
    }

    /**
     * Looks up all flows of a batch; those of no connection also as answers of real servers. Each entry then has its
     * slot, or what {@link FlowLayout#isReply} is true of, or {@link FlowLayout#NOT_FOUND}.
     *
     * <p>Linux looks for an answer first. That is the same: a packet could be both only if its destination were a
     * virtual address and also a client's, and no client that packets come from has an address of the director.
     */
    public void findBothWays(final FlowBatch batch) {
        find(batch);
        if (!replies.isEmpty()) {
            replies.lookup(batch);
        }
        if (localAddresses.areInUse()) {
            touchLocalEnds(batch);
        }
    }

    /** Brings the cold lines of what was found into the cache together: FULLNAT reads one for each packet. */
    private void touchLocalEnds(final FlowBatch batch) {
        long sum = 0;
        for (int index = 0; index < batch.size(); index++) {
            final int found = batch.slot(index);
            final int slot = FlowLayout.isReply(found) ? FlowLayout.slotOfReply(found) : found;
            if (slot >= 0 && (ConnectionLayout.flags(connections.control(slot)) & ConnectionFlags.EXTENDED) != 0) {
                sum += connections.localEnd(slot);
            }
        }
        batch.touched(sum);
    }

    /** Brings into the cache where the flows of a batch that were not found would be inserted; a hint, at any time. */
    public void touchPlaces(final FlowBatch batch) {
        flows.touchPlaces(batch);
    }

    /**
     * Looks up one flow, hit or miss, as {@link #find(FlowBatch)} does.
     *
     * @param flow address of a key as in {@link FlowLayout}
     */
    public int find(final long flow) {
        final int slot = findExactly(flow);
        return slot == FlowLayout.NOT_FOUND && withoutClientPort.getOpaque() != 0 ? findWithoutClientPort(flow) : slot;
    }

    /** The slot of the flow's connection, or {@link FlowLayout#NOT_FOUND}. */
    public int findExactly(final long flow) {
        return flows.find(flow, flows.hashOf(flow));
    }

    /** Looks up one flow as that of a packet to a service and, if it is none, as that of an answer. */
    public int findBothWays(final long flow) {
        final int slot = findExactly(flow);
        return slot == FlowLayout.NOT_FOUND && !replies.isEmpty() ? replies.find(flow) : slot;
    }

    /** Looks for a connection of the flow whose client port is not yet known. */
    private int findWithoutClientPort(final long flow) {
        final long ports = UnsafeApi.getLong(flow + FlowLayout.PORTS);
        UnsafeApi.putLong(flow + FlowLayout.PORTS, ports & ~0xffffL | (long) FlowLayout.NO_CLIENT_PORT_KIND << 40);
        final int slot = flows.find(flow, flows.hashOf(flow));
        UnsafeApi.putLong(flow + FlowLayout.PORTS, ports);
        return slot == FlowLayout.NOT_FOUND ? slot : FlowLayout.ofPortless(slot);
    }
}
