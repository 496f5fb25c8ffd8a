package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * What lblc and lblcr share: the least loaded server of all, and when a server has too many connections to be kept for
 * the sake of its cache.
 */
final class Locality {
    private final ServerList servers;
    private final DestinationTable live;
    private final WeightedLeastConnection leastLoaded;

    Locality(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        live = setup.live();
        leastLoaded = new WeightedLeastConnection(setup);
    }

    void retire() {
        leastLoaded.retire();
    }

    int leastLoaded(final SchedulingRequest request) {
        return leastLoaded.select(request);
    }

    /** Whether it has more active connections than its weight while another has fewer than half of its own. */
    boolean isOverfull(final CachedServer server) {
        if (live.activeConnections(server.id()) <= server.weight(live)) {
            return false;
        }
        for (int position = 0; position < servers.size(); position++) {
            if (2 * live.activeConnections(servers.id(position)) < servers.weight(position)) {
                return true;
            }
        }
        return false;
    }
}
