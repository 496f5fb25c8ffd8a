package io.ringvs.sched;

/**
 * wlc: the server with the fewest connections for its weight; an active connection counts as 256 inactive ones.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_wlc.c.
 */
final class WeightedLeastConnection extends LeastCost {
    WeightedLeastConnection(final SchedulerSetup setup) {
        super(setup);
    }

    @Override
    long cost(final int active, final int total, final int weight) {
        return Overhead.of(active, total);
    }
}
