package io.ringvs.sched;

/**
 * nq: an idle server if there is one, the first in the list; else the shortest expected delay, as sed.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_nq.c.
 */
final class NeverQueue extends LeastCost {
    NeverQueue(final SchedulerSetup setup) {
        super(setup);
    }

    @Override
    long cost(final int active, final int total, final int weight) {
        return active == 0 ? 0 : (long) active + 1;
    }
}
