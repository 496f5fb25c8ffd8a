package io.ringvs.fastpath;

import java.util.concurrent.TimeUnit;

import io.ringvs.service.IpvsSettings;

/**
 * Keeps the ICMP errors that one worker makes within limits: its share of a number per second for all clients, and a
 * time between two for the same client, with some credit at the beginning.
 *
 * <p>Both are kept as the time at which all credit would be back: an error moves it on by one interval, and there is
 * none when it lies further ahead than the credit allows. Clients share {@value #CLIENTS} places; one that comes to a
 * place takes it over, so that a flood of clients finds only the limit for all.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> icmp_global_allow and icmpv4_xrlim_allow of Linux 6.1 {@code net/ipv4/icmp.c},
 * inet_peer_xrlim_allow of {@code inetpeer.c}; the generic cell rate algorithm of ITU-T I.371.
 */
final class IcmpLimiter {
    /** Clients remembered; a power of two. */
    static final int CLIENTS = 4096;
    /** Errors to one client at once: XRLIM_BURST_FACTOR of Linux. */
    static final int CLIENT_BURST = 6;

    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);
    private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

    private final int workers;
    private final long[] clients = new long[CLIENTS];
    private final long[] clientFullNs = new long[CLIENTS];
    private long allFullNs = Long.MIN_VALUE;

    /** @param workers that share the number per second */
    IcmpLimiter(final int workers) {
        this.workers = workers;
    }

    /**
     * Whether an error may be made now; counts it if so.
     *
     * @param word0 first wire word of the client's address
     */
    boolean admits(final long word0, final long word1, final IpvsSettings settings, final long nowNs) {
        return admitsAny(settings, nowNs) && admitsTo(word0, word1, settings, nowNs);
    }

    private boolean admitsAny(final IpvsSettings settings, final long nowNs) {
        final int perSecond = settings.icmpMsgsPerSec();
        if (perSecond == 0) {
            return false;
        }
        final long intervalNs = Math.max(1, SECOND_NS * workers / perSecond);
        final int burst = Math.max(1, settings.icmpMsgsBurst() / workers);
        final long fullNs = Math.max(allFullNs, nowNs);
        if (fullNs - nowNs > intervalNs * (burst - 1)) {
            return false;
        }
        allFullNs = fullNs + intervalNs;
        return true;
    }

    private boolean admitsTo(final long word0, final long word1, final IpvsSettings settings, final long nowNs) {
        final long intervalNs = TimeUnit.MILLISECONDS.toNanos(settings.icmpRatelimit());
        if (intervalNs == 0) {
            return true;
        }
        final long client = (word0 * 31 + word1) * MULTIPLIER;
        final int place = (int)(client >>> 32) & CLIENTS - 1;
        final long fullNs = clients[place] == client ? Math.max(clientFullNs[place], nowNs) : nowNs;
        if (fullNs - nowNs > intervalNs * (CLIENT_BURST - 1)) {
            return false;
        }
        clients[place] = client;
        clientFullNs[place] = fullNs + intervalNs;
        return true;
    }
}
