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
    /** Times are of seconds, and there may be many paths. */
    private static final long EXPIRY_CHECK_NS = 1_000_000_000L;

    private final Map<IpAddress, PathMtu> paths = new HashMap<>();
    private long nextCheckNs;

    PathMtu of(final IpAddress address) {
        return paths.computeIfAbsent(address, each -> new PathMtu());
    }

    /** Forgets the way to an address. */
    public void forget(final IpAddress address) {
        paths.remove(address);
    }

    /** Forgets what was learnt too long ago; called as often as one likes. */
    public void expire(final long nowNs) {
        if (nowNs - nextCheckNs >= 0) {
            nextCheckNs = nowNs + EXPIRY_CHECK_NS;
            paths.values().forEach(path -> path.expire(nowNs));
        }
    }
}
