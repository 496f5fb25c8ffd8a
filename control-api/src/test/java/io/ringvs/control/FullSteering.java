package io.ringvs.control;

import java.util.Collection;

import io.ringvs.service.ServiceKey;

/** A steering map without room. */
public final class FullSteering extends NoSteering {
    public volatile boolean full = true;

    @Override
    public void add(final Collection<ServiceKey> services) {
        if (full) {
            throw new IllegalStateException("the map is full");
        }
    }
}
