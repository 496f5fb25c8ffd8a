package io.ringvs.sched;

/**
 * ovf: the heaviest server takes connections until it has more active ones than its weight, then the next heaviest.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_ovf.c.
 */
final class WeightedOverflow extends LeastCost {
    WeightedOverflow(final SchedulerSetup setup) {
        super(setup);
    }

    @Override
    long cost(final int active, final int total, final int weight) {
        return active > weight ? NOT_ELIGIBLE : -(long) weight;
    }

    @Override
    int divisor(final int weight) {
        return 1;
    }
}
