package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * Chooses the usable server with the least cost for its weight, the first in the list among equals.
 *
 * <p>Costs are compared as fractions, cost over weight, without dividing: a is better than b when
 * cost(a) * weight(b) &lt; cost(b) * weight(a).
 *
 * <p>With several workers, counters move while a choice is made, and two workers may choose one server before either has
 * counted its connection, as two processors do in Linux.
 */
abstract class LeastCost extends Scheduler {
    /** The cost of a server that is not to be chosen. */
    static final long NOT_ELIGIBLE = Long.MAX_VALUE;

    private final ServerList servers;
    private final DestinationTable live;

    LeastCost(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        live = setup.live();
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
        int best = ServerList.HEAD;
        long bestCost = 0;
        for (int position = 0; position < servers.size(); position++) {
            if (!servers.isUsable(position)) {
                continue;
            }
            final int id = servers.id(position);
            final int weight = servers.weight(position);
            final long cost = cost(live.activeConnections(id), live.totalConnections(id), weight);
            if (cost != NOT_ELIGIBLE && (best == ServerList.HEAD
                || bestCost * divisor(weight) > cost * divisor(servers.weight(best)))) {
                best = position;
                bestCost = cost;
            }
        }
        return best == ServerList.HEAD ? NO_DESTINATION : servers.id(best);
    }
}
