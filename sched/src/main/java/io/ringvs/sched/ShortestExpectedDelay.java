package io.ringvs.sched;

/**
 * sed: the server that would have the fewest active connections for its weight with the new one counted.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_sed.c.
 */
final class ShortestExpectedDelay extends LeastCost {
    ShortestExpectedDelay(final SchedulerSetup setup) {
        super(setup);
    }

    @Override
    long cost(final int active, final int total, final int weight) {
        return (long) active + 1;
    }
}
