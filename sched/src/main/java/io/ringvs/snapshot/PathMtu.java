package io.ringvs.snapshot;

/**
 * The largest outer packet that routers on the way to a tunnel's end take, as they tell in ICMP errors.
 *
 * <p>Linux keeps the route that the last packet took, and what was learnt holds from the next packet on; until then it
 * tells clients the size from before. So there are two sizes here, the one learnt and the one in use.
 *
 * <p><b>Threading:</b> any worker; the control thread forgets. Each size stands for itself: where two workers learn at
 * the same time one of them is lost, and learnt again from the next error.
 *
 * <p><b>Source:</b> __ip_rt_update_pmtu and update_or_create_fnhe of Linux 6.1 {@code net/ipv4/route.c}; ip_vs_in_icmp
 * of {@code ip_vs_core.c}.
 */
public final class PathMtu {
    /** Of a way that nobody has told anything of. */
    public static final int UNLIMITED = Integer.MAX_VALUE;
    /** Smaller sizes are not believed: net.ipv4.route.min_pmtu. */
    static final int SMALLEST = 552;
    /** Time that a size is believed: net.ipv4.route.mtu_expires. */
    static final long LIFETIME_NS = 600_000_000_000L;

    /** Of real servers that no tunnel leads to. */
    static final PathMtu UNUSED = new PathMtu();

    private volatile int learnt = UNLIMITED;
    private volatile int used = UNLIMITED;
    private volatile long expiresNs;

    /** The size for a packet that is about to go this way, in bytes. */
    public int use() {
        final int size = learnt;
        if (used != size) {
            used = size;
        }
        return size;
    }

    /** The size for the last packet that went this way, in bytes. */
    public int used() {
        return used;
    }

    /**
     * Takes what a router tells.
     *
     * @param told     size in bytes; 0 if the router is too old to tell one
     * @param routeMtu of the host's route, in bytes
     */
    public void learn(final int told, final int routeMtu, final long nowNs) {
        final int before = learnt;
        final int known = Math.min(before, routeMtu);
        if (told > known) {
            return;
        }
        final int size = Math.min(known, Math.max(told, SMALLEST));
        expiresNs = nowNs + LIFETIME_NS;
        learnt = size;
        // a route that has an exception already is corrected at once
        if (before != UNLIMITED && used == before) {
            used = size;
        }
    }

    /** Forgets what was learnt too long ago. */
    void expire(final long nowNs) {
        if (learnt != UNLIMITED && nowNs - expiresNs >= 0) {
            learnt = UNLIMITED;
        }
    }
}
