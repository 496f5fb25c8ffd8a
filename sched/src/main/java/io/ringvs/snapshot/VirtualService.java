package io.ringvs.snapshot;

import io.ringvs.sched.Scheduler;
import io.ringvs.service.AddressMask;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;

/**
 * A virtual service as workers see it. Fields are plain and final: they are read per new connection.
 *
 * <p><b>Threading:</b> immutable; the scheduler's own state is its own business.
 */
public final class VirtualService {
    public final ServiceConfig config;
    public final Scheduler scheduler;
    /** Row in {@link io.ringvs.service.Statistics}. */
    public final int statisticsRow;
    /** What clients of one persistence template have in common. */
    public final AddressMask clientMask;
    /** In list order, newest first. */
    private final RealServer[] realServers;

    public VirtualService(
        final ServiceConfig config, final Scheduler scheduler, final int statisticsRow,
        final RealServer[] realServers) {
        this.config = config;
        this.scheduler = scheduler;
        this.statisticsRow = statisticsRow;
        this.clientMask = AddressMask.ofNetmask(config.key().family(), config.netmask());
        this.realServers = realServers.clone();
    }

    public int realServerCount() {
        return realServers.length;
    }

    /** The real server at {@code position} of the list, the newest at 0. */
    public RealServer realServer(final int position) {
        return realServers[position];
    }
}
