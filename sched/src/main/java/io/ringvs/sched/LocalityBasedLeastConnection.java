package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * lblc: a destination address keeps its server until that has too many connections; a new one gets the least loaded.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_lblc.c.
 */
final class LocalityBasedLeastConnection extends Scheduler {
    private final DestinationTable live;
    private final Locality locality;
    private final AddressCache<CachedServer> cache;

    LocalityBasedLeastConnection(final SchedulerSetup setup) {
        live = setup.live();
        locality = new Locality(setup);
        cache = setup.previous() instanceof LocalityBasedLeastConnection previous
            ? previous.cache : new AddressCache<>();
    }

    @Override
    public int select(final SchedulingRequest request) {
        final AddressCache.Entry<CachedServer> entry = cache.find(request);
        final CachedServer known = entry == null ? null : entry.value();
        if (known != null && known.isAvailable(live) && known.weight(live) > 0 && !locality.isOverfull(known)) {
            return known.id();
        }
        final int id = locality.leastLoaded(request);
        if (id == NO_DESTINATION) {
            return NO_DESTINATION;
        }
        if (entry == null) {
            cache.add(request, CachedServer.of(id, live));
        } else if (known.id() != id || known.generation() != live.generation(id)) {
            entry.replace(known, CachedServer.of(id, live));
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

    AddressCache<CachedServer> cache() {
        return cache;
    }
}
