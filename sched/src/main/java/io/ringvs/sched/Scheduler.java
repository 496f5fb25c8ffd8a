package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * Chooses the real server of a new connection.
 *
 * <p>A scheduler belongs to one state of one service's rules. When the rules of the service change, a
 * {@link SchedulerBuilder} makes its successor, which takes over cursor and caches as Linux's scheduler keeps them.
 *
 * <p><b>Threading:</b> built by the control thread, then {@link #select} by any number of workers at once. What a
 * choice changes (a cursor, a cache) is inside the scheduler and safe for that.
 */
public abstract class Scheduler {
    /** The answer when no real server can take the connection. */
    public static final int NO_DESTINATION = DestinationTable.NONE;

    /** How often {@link #maintain} is due, in seconds. */
    public static final int MAINTENANCE_SECONDS = 60;

    /** @return a destination id, or {@link #NO_DESTINATION} */
    public abstract int select(SchedulingRequest request);

    /**
     * Ages caches; the control thread calls it every {@link #MAINTENANCE_SECONDS}. Most schedulers have nothing to do.
     *
     * @param nowTicks time in ticks of 4 ms, as in {@link SchedulingRequest#nowTicks}
     */
    public void maintain(final int nowTicks) {
    }

    /** A successor is about to be made: from now on it, not this scheduler, is told of changed counters. */
    void retire() {
    }
}
