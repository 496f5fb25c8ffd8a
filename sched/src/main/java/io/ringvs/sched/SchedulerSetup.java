package io.ringvs.sched;

import java.util.List;
import java.util.function.IntUnaryOperator;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;

/**
 * What a scheduler is made from: the service as it is now, and how it came to be so.
 *
 * @param service  the service; a scheduler heeds its family and flags
 * @param servers  its real servers in list order, newest first
 * @param previous the scheduler of the same name that served it before, or null when this one starts afresh
 * @param former   the real servers that {@code previous} had, or that this scheduler starts afresh on
 * @param changes  what led from {@code former} to {@code servers}, in order
 * @param live     the servers' connection counts and overload flags
 * @param random   gives a uniform number from 0 to its argument exclusive, to any thread
 */
record SchedulerSetup(
    ServiceConfig service, RealServer[] servers, Scheduler previous, RealServer[] former, List<ServerChange> changes,
    DestinationTable live, IntUnaryOperator random) {
}
