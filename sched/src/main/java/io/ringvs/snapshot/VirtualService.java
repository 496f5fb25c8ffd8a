package io.ringvs.snapshot;

import java.util.List;

import io.ringvs.sched.Scheduler;
import io.ringvs.service.AddressMask;
import io.ringvs.service.LocalAddress;
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
    /** Where connections to FULLNAT destinations come from; in the order in which they were added. */
    public final LocalAddress[] localAddresses;
    /** Grows from service to service in the order in which they were added. */
    final long sequence;
    /** In list order, newest first. */
    private final RealServer[] realServers;

    /** A service without local addresses, the only one or one whose place among the rules is of no interest. */
    public VirtualService(
        final ServiceConfig config, final Scheduler scheduler, final int statisticsRow,
        final RealServer[] realServers) {
        this(config, scheduler, statisticsRow, realServers, List.of(), 0);
    }

    public VirtualService(
        final ServiceConfig config, final Scheduler scheduler, final int statisticsRow,
        final RealServer[] realServers, final List<LocalAddress> localAddresses, final long sequence) {
        this.sequence = sequence;
        this.config = config;
        this.scheduler = scheduler;
        this.statisticsRow = statisticsRow;
        this.clientMask = AddressMask.ofNetmask(config.key().family(), config.netmask());
        this.realServers = realServers.clone();
        this.localAddresses = localAddresses.toArray(new LocalAddress[0]);
    }

    public int realServerCount() {
        return realServers.length;
    }

    /** The real server at {@code position} of the list, the newest at 0. */
    public RealServer realServer(final int position) {
        return realServers[position];
    }
}
