package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * lblcr: a destination address has a set of servers, of which the least loaded is taken; the set grows when that one
 * has too many connections, and shrinks by the most loaded when it has not changed for a day.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_lblcr.c.
 */
final class LocalityBasedReplication extends Scheduler {
    private final DestinationTable live;
    private final Locality locality;
    private final AddressCache<ServerSet> cache;

    LocalityBasedReplication(final SchedulerSetup setup) {
        live = setup.live();
        locality = new Locality(setup);
        cache = setup.previous() instanceof LocalityBasedReplication previous
            ? previous.cache : new AddressCache<>();
    }

    @Override
    public int select(final SchedulingRequest request) {
        final AddressCache.Entry<ServerSet> entry = cache.find(request);
        if (entry != null) {
            return selectFrom(entry, request);
        }
        final int id = locality.leastLoaded(request);
        if (id != NO_DESTINATION) {
            cache.add(request, ServerSet.of(CachedServer.of(id, live), request.nowTicks));
        }
        return id;
    }

    private int selectFrom(final AddressCache.Entry<ServerSet> entry, final SchedulingRequest request) {
        final ServerSet set = entry.value();
        final CachedServer member = set.leastLoaded(live);
        if (set.size() > 1 && request.nowTicks - set.lastChange() > AddressCache.EXPIRATION_TICKS) {
            entry.replace(set, set.withoutMostLoaded(live, request.nowTicks));
        }
        if (member != null && !locality.isOverfull(member)) {
            return member.id();
        }
        final int id = locality.leastLoaded(request);
        if (id != NO_DESTINATION) {
            final ServerSet current = entry.value();
            entry.replace(current, current.with(CachedServer.of(id, live), request.nowTicks));
        }
        return id;
    }

    @Override
    public void maintain(final int nowTicks) {
        cache.maintain(nowTicks);
    }

    @Override
    void retire() {
        locality.retire();
    }

    AddressCache<ServerSet> cache() {
        return cache;
    }
}
