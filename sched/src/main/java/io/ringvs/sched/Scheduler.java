package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * Chooses the real server of a new connection.
 *
 * <p><b>Threading:</b> built by the control thread, then {@link #select} by any number of workers at once. What a
 * choice changes (a cursor, a cache) is inside the scheduler and safe for that.
 */
public abstract class Scheduler {
    /** The answer when no real server can take the connection. */
    public static final int NO_DESTINATION = DestinationTable.NONE;

    /** @return a destination id, or {@link #NO_DESTINATION} */
    public abstract int select(SchedulingRequest request);
}
