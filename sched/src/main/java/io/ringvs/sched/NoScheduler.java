package io.ringvs.sched;

/** The scheduler "none": every new connection finds no destination. */
final class NoScheduler extends Scheduler {
    NoScheduler(final SchedulerSetup setup) {
    }

    @Override
    public int select(final SchedulingRequest request) {
        return NO_DESTINATION;
    }
}
