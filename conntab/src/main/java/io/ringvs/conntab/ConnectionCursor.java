package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.version;
import static io.ringvs.conntab.ConnectionLayout.withLife;

import org.agrona.UnsafeApi;

/**
 * Walks over all connections and templates while workers go on: for listings, checkpoints and synchronisation.
 *
 * <p>A connection that lives through the whole walk is met exactly once, since connections never move; one that comes
 * or goes meanwhile may be met or not. What is met is a copy taken whole: the line is copied, and the copy discarded if
 * the slot changed hands meanwhile (life or version of its control word differ). State, timeout and packet count may be
 * a moment apart. Memory: one line.
 *
 * <p><b>Threading:</b> one thread, any; it holds nothing that would delay a grace period. (The version has five bits: a
 * reader suspended between two loads while its slot passed through exactly 32, or 64 and so on, connections would take
 * a mixed copy. Each of them takes a grace period.)
 */
public final class ConnectionCursor implements AutoCloseable {
    private final ConnectionTable connections;
    private final FlowTable flows;
    private final long copy;
    private final ConnectionView view;
    private int position;

    ConnectionCursor(final ConnectionTable connections) {
        this.connections = connections;
        this.flows = connections.flows();
        this.copy = UnsafeApi.allocateMemory(ConnectionLayout.LENGTH + ColdLayout.LENGTH + EngineRecords.LENGTH);
        this.view = new ConnectionView(connections, copy, copy + ConnectionLayout.LENGTH);
    }

    /** Where the walk stands; {@link #resume} with it goes on from there. */
    public int position() {
        return position;
    }

    /** Goes on at a place that {@link #position} told; 0 starts over. */
    public void resume(final int place) {
        position = place;
    }

    /**
     * Goes to the next connection.
     *
     * @return it, valid until the next call; or null at the end
     */
    public ConnectionView next() {
        while (position < flows.slots()) {
            final int slot = position++;
            if (life(UnsafeApi.getInt(flows.line(slot) + CONTROL)) == LIVE && copy(slot)) {
                return view.at(slot);
            }
        }
        return null;
    }

    private boolean copy(final int slot) {
        final long line = flows.line(slot);
        // acquire pairs with the inserter's CAS to LIVE: the key below it is the one of this version
        final int before = UnsafeApi.getIntAcquire(null, line + CONTROL);
        if (life(before) != LIVE) {
            return false;
        }
        UnsafeApi.copyMemory(line, copy, ConnectionLayout.LENGTH);
        if ((ConnectionLayout.flags(before) & ConnectionFlags.EXTENDED) != 0) {
            UnsafeApi.copyMemory(connections.coldLine(slot), copy + ConnectionLayout.LENGTH, ColdLayout.LENGTH);
            if (view.hasEngineData()) {
                UnsafeApi.copyMemory(connections.templates().engineRecords().address(view.engineRecord()),
                    copy + ConnectionLayout.LENGTH + ColdLayout.LENGTH, EngineRecords.LENGTH);
            }
        }
        // pairs with the claiming CAS of a next connection: had the copy seen any of its stores, then this load
        // sees its version too
        UnsafeApi.loadFence();
        final int after = UnsafeApi.getIntOpaque(null, line + CONTROL);
        UnsafeApi.putInt(copy + CONTROL, withLife(after, LIVE));
        return version(after) == version(before) && life(after) == LIVE;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(copy);
    }
}
