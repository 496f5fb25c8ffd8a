package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import io.ringvs.service.IpAddress;
import org.junit.jupiter.api.Test;

/**
 * Random changes of routes, addresses and links; then the view that followed them must equal one that is read anew, and
 * both must send packets where the kernel says that it would.
 */
class RouteFollowingPropertyTest {
    private static final int ROUNDS = 15;
    private static final int COMMANDS_PER_ROUND = 40;
    private static final String[] PREFIXES = {
        "198.51.100.0/24", "198.51.100.0/25", "198.51.0.0/16", "198.51.100.8/29", "default", "203.0.113.0/24"};
    private static final String[] PREFIXES6 = {"2001:db8::/32", "2001:db8::/64", "2001:db8:0:1::/64", "2000::/3"};
    private static final String[] VERBS = {"add", "append", "prepend", "replace", "replace", "del", "del"};
    private static final List<IpAddress> DESTINATIONS = List.of(
        "198.51.100.1", "198.51.100.9", "198.51.100.130", "198.51.7.7", "203.0.113.5", "192.0.2.77", "10.9.0.2",
        "10.9.0.55", "10.8.0.7", "2001:db8::7", "2001:db8:0:1::9", "2001:db8:5::1", "2001:dead::1", "fd09::55",
        "fd08::7").stream().map(IpAddress::parse).toList();

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void shouldAgreeWithKernelAfterAnyChanges() {
        try (HostFixture fixture = new HostFixture()) {
            fixture.director.ip("link add d1 type veth peer name p1");
            fixture.director.ipBatch(List.of(
                "link set d1 up", "link set p1 up", "addr add 10.8.0.1/24 dev d1", "addr add fd08::1/64 dev d1 nodad"));
            for (int round = 0; round < ROUNDS; round++) {
                final List<String> commands =
                    IntStream.range(0, COMMANDS_PER_ROUND).mapToObj((i) -> command()).toList();
                fixture.director.ipBatchForced(commands);
                // the kernel brings IPv6 addresses up in its own time
                fixture.await("the view equals a new one: seed " + seed + ", round " + round,
                    () -> differences(fixture).isEmpty(), () -> differences(fixture));
                compare(fixture, "seed " + seed + ", round " + round);
            }
        }
    }

    /** Of the view that followed from one that is read now; empty if there is none. */
    private static String differences(final HostFixture fixture) {
        fixture.skippedNs += 1_000_000_000L; // past any rest between two readings of the routes
        fixture.settle();
        try (HostView fresh = fixture.director.inside(HostView::open)) {
            final StringBuilder differences = new StringBuilder();
            for (final IpAddress destination : DESTINATIONS) {
                final RouteLookup expected = fresh.lookup(destination);
                final RouteLookup followed = fixture.host.lookup(destination);
                if (!expected.equals(followed)) {
                    differences.append(destination).append(" is ").append(followed)
                        .append(" instead of ").append(expected).append('\n');
                }
            }
            if (fresh.routeCount() != fixture.host.routeCount()) {
                differences.append(fixture.host.routeCount()).append(" routes instead of ").append(fresh.routeCount());
            }
            return differences.toString();
        }
    }

    private static void compare(final HostFixture fixture, final String context) {
        for (final IpAddress destination : DESTINATIONS) {
            compareWithKernel(
                fixture, destination, fixture.director.ipBatchForced(List.of("route get " + destination)), context);
        }
        assertEquals(1, fixture.host.fullReads(), context);
    }

    private static void compareWithKernel(
        final HostFixture fixture, final IpAddress destination, final String answer, final String context) {
        final RouteLookup ours = fixture.host.lookup(destination);
        final String message = context + ": " + destination + " is " + ours + ", the kernel says " + answer;
        switch (ours.outcome()) {
            case FORWARD, LINK_DOWN -> {
                // of several next hops or, with IPv6, several routes of equal metric, the kernel chooses its own way
                final RouteTables routes = fixture.host.routes();
                final Route chosen = routes.find(destination, (route) -> leadsTo(fixture.host, route, ours));
                final Route kernels = routes.find(destination, (route) -> isSaid(fixture.host, route, answer));
                assertTrue(kernels != null && kernels.isSamePlace(chosen), message);
            }
            case LOCAL -> assertTrue(answer.startsWith("local "), message);
            case NO_ROUTE -> assertTrue(answer.contains("Network is unreachable"), message);
            case REJECTED -> assertTrue(
                answer.startsWith("unreachable") || answer.startsWith("blackhole") || answer.startsWith("prohibit")
                    || answer.startsWith("RTNETLINK"), message);
            default -> throw new AssertionError(message);
        }
    }

    private static boolean leadsTo(final HostView host, final Route route, final RouteLookup lookup) {
        return route.nextHops().stream().anyMatch((hop) -> hop.interfaceIndex() == lookup.interfaceIndex()
            && (hop.gateway() == null || hop.gateway().equals(lookup.nextHop()))
            && host.link(hop.interfaceIndex()).isUp());
    }

    private static boolean isSaid(final HostView host, final Route route, final String answer) {
        return route.nextHops().stream().anyMatch((hop) ->
            answer.contains("dev " + host.link(hop.interfaceIndex()).name() + " ")
                && (hop.gateway() == null
                    ? !answer.contains(" via ") : answer.contains(" via " + hop.gateway() + " ")));
    }

    private String command() {
        return switch (random.nextInt(20)) {
            case 0 -> "link set d1 " + (random.nextBoolean() ? "up" : "down");
            case 1 -> "addr " + (random.nextBoolean() ? "add" : "del") + " 10.8.0.1/24 dev d1";
            case 2 -> "addr " + (random.nextBoolean() ? "add" : "del") + " fd08::1/64 dev d1 nodad";
            case 3 -> "addr " + (random.nextBoolean() ? "add" : "del") + " 203.0.113.5/32 dev lo";
            case 4, 5, 6, 7 -> route(PREFIXES6, gateway6(), false);
            default -> route(PREFIXES, gateway(), true);
        };
    }

    private String route(final String[] prefixes, final String way, final boolean mayReject) {
        final String verb = pick(VERBS);
        final String prefix = pick(prefixes);
        final String metric = random.nextInt(3) == 0 ? " metric " + (100 + random.nextInt(2)) : "";
        if (mayReject && random.nextInt(10) == 0) {
            return "route " + verb + " " + pick("unreachable ", "blackhole ", "prohibit ") + prefix + metric;
        }
        return "route " + verb + " " + prefix + " " + way + metric;
    }

    private String gateway() {
        return pick("via 10.9.0.2", "via 10.9.0.3", "via 10.8.0.2", "dev d0", "dev d1 src 10.8.0.1");
    }

    private String gateway6() {
        return pick("via fd09::2", "via fd09::3", "via fd08::2", "dev d0");
    }

    private String pick(final String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
