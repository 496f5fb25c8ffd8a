package io.ringvs.snapshot;

import java.util.HashMap;
import java.util.Map;

import io.ringvs.service.IpAddress;

/**
 * What routers told of the ways to tunnels' ends, by the end's address. It outlives snapshots.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class PathMtus {
    private final Map<IpAddress, PathMtu> paths = new HashMap<>();

    PathMtu of(final IpAddress address) {
        return paths.computeIfAbsent(address, each -> new PathMtu());
    }

    /** Forgets the way to an address. */
    public void forget(final IpAddress address) {
        paths.remove(address);
    }

    /** Forgets what was learnt too long ago. */
    public void expire(final long nowNs) {
        paths.values().forEach(path -> path.expire(nowNs));
    }
}
