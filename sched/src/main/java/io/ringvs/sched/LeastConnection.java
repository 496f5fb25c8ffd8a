package io.ringvs.sched;

/**
 * lc: the server with the fewest connections, whatever its weight; an active connection counts as 256 inactive ones.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_lc.c.
 */
final class LeastConnection extends LeastCost {
    LeastConnection(final SchedulerSetup setup) {
        super(setup);
    }

    @Override
    long cost(final int active, final int total, final int weight) {
        return Integer.toUnsignedLong(Overhead.of(active, total));
    }

    @Override
    int divisor(final int weight) {
        return 1;
    }
}
