package io.ringvs.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import org.agrona.collections.IntArrayList;

/**
 * One routing table of one family: finds the longest matching prefix, and of its routes the lowest metric that is fit.
 *
 * <p>A hash map per prefix length, tried from the longest that has routes: some tens of probes, on the control thread.
 *
 * <p><b>Threading:</b> control thread only.
 *
 * <p><b>Source:</b> Linux net/ipv4/fib_trie.c (order of routes with equal prefix), net/ipv6/ip6_fib.c.
 */
final class RouteTable {
    /** What became of an announced change. */
    enum Change {
        NONE,
        APPLIED,
        /** The kernel's message does not say how the table looks now: it must be read again. */
        UNCLEAR
    }

    private final Family family;
    private final List<Map<IpAddress, List<Route>>> routesByLength = new ArrayList<>();
    /** Prefix lengths that have routes, longest first. */
    private final IntArrayList lengths = new IntArrayList();

    RouteTable(final Family family) {
        this.family = family;
        for (int length = 0; length <= family.hostPrefixLength(); length++) {
            routesByLength.add(new HashMap<>());
        }
    }

    /** Takes a route from a dump, which lists equal prefixes in order of use. */
    void addDumped(final Route route) {
        final List<Route> routes = routesOf(route);
        if (!routes.contains(route)) {
            routes.add(firstAbove(routes, route.metric()), route);
        }
    }

    /** Takes a new route as the kernel announced it. A repeated announcement changes nothing. */
    Change add(final Route route, final boolean replaces, final boolean appends) {
        final List<Route> routes = routesOf(route);
        if (routes.contains(route)) {
            return Change.NONE;
        }
        final int first = firstSame(routes, route);
        if (first < 0) {
            routes.add(firstAbove(routes, route.metric()), route);
        } else if (replaces) {
            routes.set(first, route);
        } else if (family == Family.IPV6) {
            return Change.UNCLEAR; // another next hop joined: the message may tell of one or of all
        } else {
            routes.add(appends ? firstAbove(routes, route.metric()) : first, route);
        }
        return Change.APPLIED;
    }

    /** Forgets a route as the kernel announced it. */
    Change remove(final Route route) {
        final Map<IpAddress, List<Route>> ofLength = routesByLength.get(route.prefixLength());
        final List<Route> routes = ofLength.get(route.prefix());
        if (routes == null) {
            return Change.NONE;
        }
        if (!routes.remove(route)) {
            return firstSame(routes, route) < 0 ? Change.NONE : Change.UNCLEAR;
        }
        if (routes.isEmpty()) {
            ofLength.remove(route.prefix());
            if (ofLength.isEmpty()) {
                lengths.removeInt(route.prefixLength());
            }
        }
        return Change.APPLIED;
    }

    /** The route for a destination: of the longest prefix that has a fit one, the first; null if there is none. */
    Route find(final IpAddress destination, final Predicate<Route> fit) {
        for (int i = 0; i < lengths.size(); i++) {
            final int length = lengths.getInt(i);
            final List<Route> routes = routesByLength.get(length).get(Prefixes.mask(destination, length));
            if (routes != null) {
                for (final Route route : routes) {
                    if (fit.test(route)) {
                        return route;
                    }
                }
            }
        }
        return null;
    }

    /** Calls {@code each} with every prefix that has routes, and its length. */
    void forEachPrefix(final ObjIntConsumer<IpAddress> each) {
        for (int i = 0; i < lengths.size(); i++) {
            final int length = lengths.getInt(i);
            routesByLength.get(length).keySet().forEach((prefix) -> each.accept(prefix, length));
        }
    }

    /** The first fit route of exactly that prefix, null if there is none. */
    Route firstOf(final IpAddress prefix, final int length, final Predicate<Route> fit) {
        for (final Route route : routesByLength.get(length).getOrDefault(prefix, List.of())) {
            if (fit.test(route)) {
                return route;
            }
        }
        return null;
    }

    /** Whether a prefix of this table holds all of the given one. */
    boolean covers(final IpAddress prefix, final int length) {
        for (int i = lengths.size() - 1; i >= 0 && lengths.getInt(i) <= length; i--) {
            final int shorter = lengths.getInt(i);
            if (routesByLength.get(shorter).containsKey(Prefixes.mask(prefix, shorter))) {
                return true;
            }
        }
        return false;
    }

    int size() {
        return routesByLength.stream().flatMap((ofLength) -> ofLength.values().stream()).mapToInt(List::size).sum();
    }

    private List<Route> routesOf(final Route route) {
        final Map<IpAddress, List<Route>> ofLength = routesByLength.get(route.prefixLength());
        if (ofLength.isEmpty()) {
            int position = 0;
            while (position < lengths.size() && lengths.getInt(position) > route.prefixLength()) {
                position++;
            }
            lengths.addInt(position, route.prefixLength());
        }
        return ofLength.computeIfAbsent(route.prefix(), (prefix) -> new ArrayList<>(1));
    }

    private static int firstSame(final List<Route> routes, final Route route) {
        for (int i = 0; i < routes.size(); i++) {
            if (routes.get(i).isSamePlace(route)) {
                return i;
            }
        }
        return -1;
    }

    private static int firstAbove(final List<Route> routes, final long metric) {
        int position = 0;
        while (position < routes.size() && routes.get(position).metric() <= metric) {
            position++;
        }
        return position;
    }
}
