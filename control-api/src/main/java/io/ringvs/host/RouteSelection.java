package io.ringvs.host;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;

import io.ringvs.host.RouteLookup.Outcome;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * Chooses the way to a destination as the kernel would, and among the next hops of a multipath route one for good.
 *
 * <p>Of several live next hops each destination gets the one of the highest score {@code -weight / ln(u)}, {@code u}
 * being a hash of destination and next hop in (0, 1): weighted rendezvous hashing. Destinations spread by weight, the
 * choice is the same after a restart, and when a next hop goes, only the destinations that used it move. Next hops
 * whose interface has no carrier count only if all are so.
 *
 * <p><b>Threading:</b> control thread only.
 *
 * <p><b>Source:</b> Linux net/ipv4/fib_semantics.c (dead next hops are passed over, source selection); Thaler and
 * Ravishankar, "Using name-based mappings to increase hit rates", 1998.
 */
final class RouteSelection {
    /** Makes 52 random bits a fraction. */
    private static final double UNIT = 0x1.0p-52;
    /** RT_SCOPE_UNIVERSE and RT_SCOPE_HOST: valid everywhere, valid inside this host. */
    private static final int SCOPE_UNIVERSE = 0;
    private static final int SCOPE_HOST = 254;

    private final HostState state;

    RouteSelection(final HostState state) {
        this.state = state;
    }

    RouteLookup lookup(final IpAddress destination) {
        final Route route = state.routes().find(destination, this::isFit);
        if (route == null) {
            return RouteLookup.nowhere(Outcome.NO_ROUTE);
        }
        return by(destination, route);
    }

    /** The way to a destination by a route that is fit. */
    RouteLookup by(final IpAddress destination, final Route route) {
        return switch (route.type()) {
            case UNICAST -> lookupUnicast(destination, route);
            case LOCAL, ANYCAST -> new RouteLookup(Outcome.LOCAL, 0, null, destination, 0);
            case UNREACHABLE, PROHIBIT, BLACKHOLE -> RouteLookup.nowhere(Outcome.REJECTED);
            case THROW -> RouteLookup.nowhere(Outcome.NO_ROUTE);
            case BROADCAST, MULTICAST, UNKNOWN -> RouteLookup.nowhere(Outcome.NOT_UNICAST);
        };
    }

    /** Whether the kernel would use a route as things are. */
    boolean isFit(final Route route) {
        return route.type() != Route.Type.UNICAST || route.nextHops().stream().anyMatch(this::isAlive);
    }

    private boolean isAlive(final NextHop hop) {
        final Link link = state.link(hop.interfaceIndex());
        return !hop.dead() && link != null && link.isUp();
    }

    private boolean isRunning(final NextHop hop) {
        return isAlive(hop) && state.link(hop.interfaceIndex()).isRunning();
    }

    private RouteLookup lookupUnicast(final IpAddress destination, final Route route) {
        final NextHop running = choose(destination, route.nextHops(), this::isRunning);
        final NextHop hop = running != null ? running : choose(destination, route.nextHops(), this::isAlive);
        final Link link = state.link(hop.interfaceIndex());
        final IpAddress nextHop = hop.gateway() == null ? destination : hop.gateway();
        final IpAddress source =
            route.preferredSource() != null ? route.preferredSource() : source(destination.family(), link, nextHop);
        final int mtu = route.mtu() > 0 ? Math.min(route.mtu(), link.mtu()) : link.mtu();
        return new RouteLookup(outcome(hop, link), link.index(), nextHop, source, mtu);
    }

    private Outcome outcome(final NextHop hop, final Link link) {
        if (!link.isRunning()) {
            return Outcome.LINK_DOWN;
        }
        if (hop.encapsulated()) {
            return Outcome.ENCAPSULATED;
        }
        if (link.isVlan() && state.egress(link) == null) {
            return Outcome.VLAN;
        }
        return link.isEthernet() ? Outcome.FORWARD : Outcome.NOT_ETHERNET;
    }

    private static NextHop choose(
        final IpAddress destination, final List<NextHop> hops, final Predicate<NextHop> candidate) {
        NextHop best = null;
        double bestScore = 0;
        for (final NextHop hop : hops) {
            if (candidate.test(hop)) {
                final double score = -hop.weight() / StrictMath.log(unitHash(destination, hop));
                if (best == null || score > bestScore) {
                    best = hop;
                    bestScore = score;
                }
            }
        }
        return best;
    }

    private static double unitHash(final IpAddress destination, final NextHop hop) {
        long hash = mix(destination.word0());
        hash = mix(hash ^ destination.word1());
        hash = mix(hash ^ hop.interfaceIndex());
        if (hop.gateway() != null) {
            hash = mix(hash ^ hop.gateway().word0());
            hash = mix(hash ^ hop.gateway().word1());
        }
        return ((hash >>> 12) + 0.5) * UNIT;
    }

    /** The finalizer of SplitMix64. */
    private static long mix(final long value) {
        long mixed = value + 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ mixed >>> 30) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ mixed >>> 27) * 0x94D049BB133111EBL;
        return mixed ^ mixed >>> 31;
    }

    /**
     * The address of an interface for packets of this host: one whose subnet holds the next hop (and reaches as far: an
     * IPv6 link-local source serves link-local next hops last), else any preferred one, else one of another interface.
     */
    private IpAddress source(final Family family, final Link link, final IpAddress nextHop) {
        InterfaceAddress best = null;
        int bestRank = 0;
        for (final InterfaceAddress address : state.addresses()) {
            final int rank = sourceRank(family, link, nextHop, address);
            if (rank > bestRank || rank == bestRank && rank > 0 && precedes(address, best)) {
                best = address;
                bestRank = rank;
            }
        }
        return best == null ? null : best.address();
    }

    private static int sourceRank(
        final Family family, final Link link, final IpAddress nextHop, final InterfaceAddress address) {
        if (address.address().family() != family || !address.isPreferred() || address.scope() == SCOPE_HOST) {
            return 0;
        }
        final boolean onLink = address.interfaceIndex() == link.index();
        if (address.scope() != SCOPE_UNIVERSE) {
            return onLink ? 1 : 0;
        }
        final boolean sameSubnet = nextHop.family() == family
            && Prefixes.mask(nextHop, address.prefixLength())
                .equals(Prefixes.mask(address.address(), address.prefixLength()));
        return onLink ? sameSubnet ? 4 : 3 : 2;
    }

    /** A fixed order among equals, so that the answer does not change by itself. */
    private static boolean precedes(final InterfaceAddress one, final InterfaceAddress other) {
        final int byInterface = Integer.compare(one.interfaceIndex(), other.interfaceIndex());
        return byInterface != 0 ? byInterface < 0
            : Arrays.compareUnsigned(one.address().bytes(), other.address().bytes()) < 0;
    }
}
