package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.snapshot.Snapshot;

/**
 * Ends the connections of real servers that were removed, where expire_nodest_conn asks for it: walks through the
 * table, a piece in each duty cycle. The first worker does it for all.
 *
 * <p>Twice, because a template cannot end before the last of its connections, which may stand behind it.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_expire_nodest_conn_flush of Linux 6.1 {@code ip_vs_conn.c}.
 */
final class RemovedServers {
    /** Slots visited in a duty cycle; they lie side by side, so this takes a few microseconds. */
    static final int PIECE = 1024;

    private static final int ROUNDS = 2;
    private static final int FIRST_WORKER = 0;

    private final WorkerConnections connections;
    private final int slots;
    private int position;
    private int roundsLeft;
    /** Of the snapshot seen last. */
    private long removals;

    RemovedServers(final ConnectionTable table, final int worker) {
        connections = table.worker(worker);
        slots = worker == FIRST_WORKER ? table.slots() : 0;
    }

    /** Starts a walk if a server is gone since the last call. */
    void snapshot(final Snapshot snapshot) {
        if (snapshot.settings.expireNodestConn() && snapshot.removals != removals) {
            position = 0;
            roundsLeft = slots == 0 ? 0 : ROUNDS;
        }
        removals = snapshot.removals;
    }

    /** Visits the next piece; returns whether there was one. */
    boolean visitSome() {
        if (roundsLeft == 0) {
            return false;
        }
        position = connections.killUnavailable(position, PIECE);
        if (position == 0) {
            roundsLeft--;
        }
        return true;
    }
}
