package io.ringvs.sched;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

import io.ringvs.sched.ServerChange.Kind;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;

/**
 * Carries one service through a sequence of rule changes and yields the scheduler for what results.
 *
 * <p>A scheduler of Linux hears of each change by itself, and some remember more than the final list (rr moves its
 * pointer, wrr starts its turns again). So a batch of changes that is published as one snapshot is told to the builder
 * one by one, in order:
 *
 * <pre>
 *   new service:      new SchedulerBuilder(live, "wrr")          ... added(a) added(b) ... build(config)
 *   changed service:  new SchedulerBuilder(live, "wrr", servers, scheduler) ... removed(id) ... build(config)
 * </pre>
 *
 * A service that no change touches keeps its scheduler and needs no builder.
 *
 * <p><b>Threading:</b> control thread. The cursor of the old scheduler is read in {@link #build}; choices that workers
 * make on the old snapshot after that are not in it.
 *
 * <p><b>Errors:</b> rules are validated before; a server that is not in the list, or a scheduler that does not exist,
 * is an IllegalArgumentException.
 */
public final class SchedulerBuilder {
    private final DestinationTable live;
    /** Oldest first, the list's order reversed, so that adding is cheap. */
    private final List<RealServer> oldestFirst = new ArrayList<>();
    private final List<ServerChange> changes = new ArrayList<>();
    private String name;
    private final Scheduler replaced;
    private Scheduler previous;
    private RealServer[] former = {};

    /** Begins with a service that has no real servers yet. */
    public SchedulerBuilder(final DestinationTable live, final String schedulerName) {
        this(live, schedulerName, List.of(), null);
    }

    /**
     * Begins with a service as it is.
     *
     * @param servers  its real servers in list order, newest first
     * @param previous its scheduler
     */
    public SchedulerBuilder(
        final DestinationTable live, final String schedulerName, final List<RealServer> servers,
        final Scheduler previous) {
        this.live = live;
        this.name = Schedulers.require(schedulerName);
        this.replaced = previous;
        oldestFirst.addAll(servers);
        Collections.reverse(oldestFirst);
        this.previous = previous;
        this.former = servers.toArray(new RealServer[0]);
    }

    /** The service was edited: another scheduler starts afresh on the servers as they are, the same one goes on. */
    public void schedulerChanged(final String schedulerName) {
        if (!name.equals(schedulerName)) {
            name = Schedulers.require(schedulerName);
            previous = null;
            former = newestFirst();
            changes.clear();
        }
    }

    /** A real server was added, at the head of the list. */
    public void destinationAdded(final RealServer server) {
        oldestFirst.add(server);
        changes.add(new ServerChange(Kind.ADDED, server, Scheduler.NO_DESTINATION));
    }

    /** A real server was edited; {@code server} has the same id. */
    public void destinationUpdated(final RealServer server) {
        oldestFirst.set(indexOf(server.id()), server);
        changes.add(new ServerChange(Kind.UPDATED, server, Scheduler.NO_DESTINATION));
    }

    /** A real server was removed. */
    public void destinationRemoved(final int id) {
        final int index = indexOf(id);
        final int predecessorId =
            index + 1 < oldestFirst.size() ? oldestFirst.get(index + 1).id() : Scheduler.NO_DESTINATION;
        changes.add(new ServerChange(Kind.REMOVED, oldestFirst.remove(index), predecessorId));
    }

    /** The real servers as they now are, in list order: newest first. */
    public RealServer[] newestFirst() {
        final RealServer[] servers = oldestFirst.toArray(new RealServer[0]);
        Collections.reverse(Arrays.asList(servers));
        return servers;
    }

    /** The scheduler for the service as it now is. */
    public Scheduler build(final ServiceConfig service) {
        if (replaced != null) {
            replaced.retire();
        }
        return Schedulers.create(name, new SchedulerSetup(
            service, newestFirst(), previous, former, List.copyOf(changes), live, Schedulers.RANDOM));
    }

    private int indexOf(final int id) {
        for (int index = oldestFirst.size() - 1; index >= 0; index--) {
            if (oldestFirst.get(index).id() == id) {
                return index;
            }
        }
        throw new IllegalArgumentException("the service has no real server with id " + id);
    }
}
