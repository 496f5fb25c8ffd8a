package io.ringvs.sched;

import java.util.concurrent.atomic.AtomicBoolean;

import io.ringvs.service.CounterChanges;
import io.ringvs.service.DestinationTable;

/**
 * Chooses the usable server with the least cost for its weight, the first in the list among equals.
 *
 * <p>Costs are compared as fractions, cost over weight, without dividing: a is better than b when
 * cost(a) * weight(b) &lt; cost(b) * weight(a). That is a total order of the eligible servers, so Linux's scan of the
 * list and a tournament tree find the same server:
 *
 * <ul>
 *   <li>a short list is scanned;
 *   <li>for a long one a {@link CostTree} is kept. The destination table marks servers whose counters change, and a
 *       choice first sets the leaves of those: its cost grows with what happened since the last choice, not with the
 *       list.
 * </ul>
 *
 * <p><b>Threading:</b> one worker at a time has the tree; another that comes meanwhile waits for about a microsecond at
 * most, and then scans. Exact with one worker. With several, counters move while a choice is made, and two workers may
 * choose one server before either has counted its connection, as two processors do in Linux: a choice may miss at most
 * the connections that other workers are at that moment binding or unbinding, one each.
 */
abstract class LeastCost extends Scheduler {
    /** The cost of a server that is not to be chosen. */
    static final long NOT_ELIGIBLE = Long.MAX_VALUE;

    /** Servers up to which a scan is as fast as the tree. */
    static final int SCANNED_SERVERS = 16;
    /** Tries for the tree, some 10 ns each, before a scan. */
    private static final int TRIES = 100;

    private final ServerList servers;
    private final DestinationTable live;
    /** Null for a short list. */
    private final CostTree tree;
    private final CounterChanges changes;
    private final AtomicBoolean treeTaken = new AtomicBoolean();
    private volatile boolean retired;

    LeastCost(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        live = setup.live();
        final boolean scanned = servers.size() <= SCANNED_SERVERS;
        tree = scanned ? null : new CostTree(servers.size());
        changes = scanned ? null : new CounterChanges(servers.size());
        for (int position = 0; position < servers.size() && !scanned; position++) {
            live.watch(servers.id(position), changes, position);
            setLeaf(position);
        }
    }

    /**
     * What one more connection costs at a usable server.
     *
     * @param active its active connections
     * @param total  all its connections
     * @param weight its weight, more than 0
     * @return the cost, at most 32 bits, or {@link #NOT_ELIGIBLE}
     */
    abstract long cost(int active, int total, int weight);

    /** What the cost is divided by when servers are compared. */
    int divisor(final int weight) {
        return weight;
    }

    @Override
    public final int select(final SchedulingRequest request) {
        final int best = tree != null && !retired && takeTree() ? bestOfTree() : scan();
        return best == ServerList.HEAD ? NO_DESTINATION : servers.id(best);
    }

    @Override
    final void retire() {
        retired = true;
        for (int position = 0; position < servers.size() && tree != null; position++) {
            live.unwatch(servers.id(position), changes);
        }
    }

    private boolean takeTree() {
        for (int tried = 0; tried < TRIES; tried++) {
            // acquire: pairs with the release in bestOfTree(), whose worker's writes to the tree are then seen
            if (!treeTaken.getOpaque() && treeTaken.compareAndSet(false, true)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    private int bestOfTree() {
        int changed = changes.take();
        while (changed >= 0) {
            setLeaf(changed);
            changed = changes.take();
        }
        final int best = tree.best();
        // release: pairs with the CAS in takeTree()
        treeTaken.setRelease(false);
        return best;
    }

    private void setLeaf(final int position) {
        final int weight = servers.weight(position);
        tree.set(position, costAt(position), divisor(weight));
    }

    private int scan() {
        int best = ServerList.HEAD;
        long bestCost = NOT_ELIGIBLE;
        for (int position = 0; position < servers.size(); position++) {
            final long cost = costAt(position);
            if (cost != NOT_ELIGIBLE && (best == ServerList.HEAD
                || bestCost * divisor(servers.weight(position)) > cost * divisor(servers.weight(best)))) {
                best = position;
                bestCost = cost;
            }
        }
        return best;
    }

    private long costAt(final int position) {
        if (!servers.isUsable(position)) {
            return NOT_ELIGIBLE;
        }
        final int id = servers.id(position);
        return cost(live.activeConnections(id), live.totalConnections(id), servers.weight(position));
    }
}
