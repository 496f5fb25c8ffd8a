package io.ringvs.host;

import java.util.EnumMap;
import java.util.Map;
import java.util.function.Predicate;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * The routes of this host: of each family the tables local and main, looked up in this order as the kernel's default
 * rules say. Other tables and policy rules are not followed.
 *
 * <p><b>Threading:</b> control thread only.
 */
final class RouteTables {
    private final Map<Family, RouteTable> local = new EnumMap<>(Family.class);
    private final Map<Family, RouteTable> main = new EnumMap<>(Family.class);

    RouteTables() {
        for (final Family family : Family.values()) {
            local.put(family, new RouteTable(family));
            main.put(family, new RouteTable(family));
        }
    }

    /** The table that a route belongs in, null if it is none of ours. */
    RouteTable tableOf(final Route route) {
        return switch (route.table()) {
            case Route.TABLE_LOCAL -> local.get(route.prefix().family());
            case Route.TABLE_MAIN -> main.get(route.prefix().family());
            default -> null;
        };
    }

    RouteTable local(final Family family) {
        return local.get(family);
    }

    RouteTable main(final Family family) {
        return main.get(family);
    }

    /** The first fit route for a destination, null if there is none. */
    Route find(final IpAddress destination, final Predicate<Route> fit) {
        final Route route = local.get(destination.family()).find(destination, fit);
        return route != null && route.type() != Route.Type.THROW
            ? route : main.get(destination.family()).find(destination, fit);
    }

    /** Routes in all tables. */
    int size() {
        return local.values().stream().mapToInt(RouteTable::size).sum()
            + main.values().stream().mapToInt(RouteTable::size).sum();
    }
}
