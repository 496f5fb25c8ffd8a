package io.ringvs.sched;

/**
 * fo: the heaviest usable server takes everything until it is overloaded or quiesced.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_fo.c.
 */
final class WeightedFailover extends LeastCost {
    WeightedFailover(final SchedulerSetup setup) {
        super(setup);
    }

    @Override
    long cost(final int active, final int total, final int weight) {
        return -(long) weight;
    }

    @Override
    int divisor(final int weight) {
        return 1;
    }
}
