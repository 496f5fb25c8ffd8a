package io.ringvs.conntab;

import java.util.concurrent.atomic.AtomicInteger;

import org.agrona.UnsafeApi;

/** One table for all samples of a fork; every sample has a flow of its own in it, and slots that others had before. */
final class SharedTable {
    static final FlowTable TABLE = new FlowTable(1 << 18, new FlowHash(42), TableMemory.ofProcess());
    private static final FlowInserter INSERTER = new FlowInserter(TABLE);
    private static final AtomicInteger NEXT = new AtomicInteger();

    private SharedTable() {
    }

    /** A flow that no other sample has; free it by {@link #freeFlow}. */
    static long newFlow() {
        final long flow = UnsafeApi.allocateMemory(FlowLayout.LENGTH);
        UnsafeApi.setMemory(flow, FlowLayout.LENGTH, (byte) 0);
        UnsafeApi.putInt(flow, NEXT.incrementAndGet());
        UnsafeApi.putLong(flow + FlowLayout.PORTS, FlowLayout.portsWord((short) 1, (short) 2, 6, FlowLayout.IPV4));
        return flow;
    }

    static void freeFlow(final long flow) {
        UnsafeApi.freeMemory(flow);
    }

    /** Inserts once at a home of a rank, with the flow's number as destination; what publish() says. */
    static int insert(final long flow, final long hash, final int rank, final int[] claimed) {
        final int slot = INSERTER.claim(flow, TABLE.hashAt(rank, hash), (short) 0);
        claimed[0] = slot;
        if (slot < 0) {
            return slot;
        }
        UnsafeApi.putInt(TABLE.line(slot) + ConnectionLayout.DESTINATION, UnsafeApi.getInt(flow));
        return INSERTER.publish(slot, hash, rank, ConnectionLayout.control(ConnectionLayout.LIVE,
            ConnectionLayout.version(UnsafeApi.getInt(TABLE.line(slot) + ConnectionLayout.CONTROL)), 0, 0));
    }

    /** Takes a connection out, as whoever ends it does. */
    static void remove(final int slot, final long hash, final int rank) {
        final long control = TABLE.line(slot) + ConnectionLayout.CONTROL;
        final int live = UnsafeApi.getIntVolatile(null, control);
        UnsafeApi.compareAndSetInt(
            null, control, live, ConnectionLayout.withLife(live, ConnectionLayout.REMOVED));
        final int home = TABLE.home(TABLE.hashAt(rank, hash));
        TABLE.unlink(home, TABLE.distanceOf(home, slot));
        if (rank > 0) {
            TABLE.laterHomes().leave(home);
        }
    }

    static boolean isLive(final int slot) {
        return ConnectionLayout.life(UnsafeApi.getIntVolatile(null, TABLE.line(slot) + ConnectionLayout.CONTROL))
            == ConnectionLayout.LIVE;
    }

    static int destination(final int slot) {
        return UnsafeApi.getIntOpaque(null, TABLE.line(slot) + ConnectionLayout.DESTINATION);
    }
}
