package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.snapshot.Snapshot;

/**
 * Ends the connections of real servers that were removed, where expire_nodest_conn asks for it: walks through the worker's
 * share of the table, a piece in each duty cycle.
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

    private final WorkerConnections connections;
    private final int first;
    private final int end;
    private int position;
    private int roundsLeft;
    private Snapshot current = Snapshot.EMPTY;

    /** @param workers how many share the table */
    RemovedServers(final ConnectionTable table, final int number, final int workers) {
        connections = table.worker(number);
        first = (int)((long)table.slots() * number / workers);
        end = (int)((long)table.slots() * (number + 1) / workers);
    }

    /** Starts a walk if a server is gone since the last call. */
    void snapshot(final Snapshot snapshot) {
        if (snapshot.settings.expireNodestConn() && snapshot.lacksDestinationOf(current)) {
            position = first;
            roundsLeft = ROUNDS;
        }
        current = snapshot;
    }

    /** Visits the next piece; returns whether there was one. */
    boolean visitSome() {
        if (roundsLeft == 0) {
            return false;
        }
        connections.killUnavailable(position, Math.min(PIECE, end - position));
        position += PIECE;
        if (position >= end) {
            position = first;
            roundsLeft--;
        }
        return true;
    }
}
