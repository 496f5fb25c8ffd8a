package io.ringvs.host;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

import io.ringvs.linux.Errno;
import io.ringvs.service.IpAddress;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The neighbours that frames are sent to: makes the kernel find their MACs.
 *
 * <p>A neighbour whose MAC is unknown is asked for at once and again every {@link AdjacencyResolver#ASK_INTERVAL_NS}
 * until it answers. The kernel notices that a MAC changed when it uses a neighbour, but frames that RingVS sends bypass
 * it: so a neighbour that went stale is reported as used, at most every {@link AdjacencyResolver#CONFIRM_INTERVAL_NS};
 * the kernel then confirms it by a unicast probe 5 s later, or finds its new MAC. (A gratuitous ARP is followed at
 * once.) Permanent neighbours and those of interfaces without ARP are left alone.
 *
 * <p><b>Threading:</b> control thread only.
 *
 * <p><b>Errors:</b> a refused request for a neighbour is logged once and repeated.
 */
final class UsedNeighbours {
    private static final Logger LOGGER = LoggerFactory.getLogger(UsedNeighbours.class);

    private final HostView host;
    private final Map<Neighbour.Key, Use> uses = new HashMap<>();
    private Set<Neighbour.Key> ofClients = Set.of();
    private boolean permissionMissing;

    /** What a neighbour is used for, and when the kernel was asked for it. */
    private static final class Use {
        /** Watched destinations that it leads to. */
        private final Set<IpAddress> destinations = new HashSet<>(1);
        private boolean asked;
        private long askedAtNs;
        /** Whether it was asked for and has not answered since. */
        private boolean unanswered;
    }

    UsedNeighbours(final HostView host) {
        this.host = host;
    }

    /** A destination is now reached by another neighbour; either may be null for none. */
    void changed(final IpAddress destination, final Neighbour.Key before, final Neighbour.Key now) {
        if (Objects.equals(before, now)) {
            return;
        }
        if (now != null) {
            uses.computeIfAbsent(now, key -> new Use()).destinations.add(destination);
        }
        if (before != null) {
            uses.get(before).destinations.remove(destination);
            forgetIfUnused(before);
        }
    }

    /** Clients are now reached by exactly these. */
    void ofClients(final Set<Neighbour.Key> neighbours) {
        final Set<Neighbour.Key> before = ofClients;
        ofClients = neighbours;
        neighbours.forEach(each -> uses.computeIfAbsent(each, key -> new Use()));
        before.forEach(this::forgetIfUnused);
    }

    private void forgetIfUnused(final Neighbour.Key key) {
        uses.computeIfPresent(
            key, (each, use) -> use.destinations.isEmpty() && !ofClients.contains(each) ? null : use);
    }

    /** Watched destinations that a neighbour leads to. */
    Set<IpAddress> destinations(final Neighbour.Key neighbour) {
        final Use use = uses.get(neighbour);
        return use == null ? Set.of() : use.destinations;
    }

    /** Asks for all neighbours for which it is time. */
    void askAllDue(final long nowNs) {
        uses.forEach((key, use) -> askIfDue(key, use, nowNs));
    }

    /** Asks for a neighbour if it is used and if it is time. */
    void askIfDue(final Neighbour.Key key, final long nowNs) {
        final Use use = uses.get(key);
        if (use != null) {
            askIfDue(key, use, nowNs);
        }
    }

    private void askIfDue(final Neighbour.Key key, final Use use, final long nowNs) {
        final Neighbour neighbour = host.neighbour(key);
        final boolean resolved = neighbour != null && neighbour.isUsable();
        // one that had answered and got lost is asked for at once, however short ago it was asked for before
        final boolean newlyLost = !resolved && !use.unanswered;
        use.unanswered = !resolved;
        if (resolved && !neighbour.isStale()) {
            return;
        }
        final long intervalNs =
            resolved ? AdjacencyResolver.CONFIRM_INTERVAL_NS : AdjacencyResolver.ASK_INTERVAL_NS;
        if (newlyLost || !use.asked || nowNs - use.askedAtNs >= intervalNs) {
            ask(key, !use.asked);
            use.asked = true;
            use.askedAtNs = nowNs;
        }
    }

    private void ask(final Neighbour.Key key, final boolean first) {
        final int errno = host.use(key);
        if (errno == Errno.EPERM && !permissionMissing) {
            permissionMissing = true;
            LOGGER.error("The kernel does not let this process ask for neighbours; give it CAP_NET_ADMIN");
        } else if (errno != 0 && errno != Errno.EPERM && first) {
            LOGGER.warn("The kernel does not resolve {}: {}", key.address(), Errno.text(errno));
        }
    }
}
