package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * A destination as a cache remembers it: by id and generation, since an id may come to name another destination while
 * it lies in the cache.
 */
record CachedServer(int id, int generation) {
    static CachedServer of(final int id, final DestinationTable live) {
        return new CachedServer(id, live.generation(id));
    }

    boolean isAvailable(final DestinationTable live) {
        return live.generation(id) == generation && live.isAvailable(id);
    }

    /** Its weight; 0 when the id names another destination by now. */
    int weight(final DestinationTable live) {
        return live.generation(id) == generation ? live.weight(id) : 0;
    }
}
