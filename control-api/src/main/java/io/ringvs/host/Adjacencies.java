package io.ringvs.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

import io.ringvs.snapshot.Adjacency;

/** Makes the {@link Adjacency} of a route and what is known of its neighbour. */
final class Adjacencies {
    private Adjacencies() {
    }

    /**
     * Of a route that leads out.
     *
     * @param link      that the route names
     * @param egress    of that link
     * @param neighbour null where nothing is known of it
     */
    static Adjacency of(
        final RouteLookup route, final Link link, final Egress egress, final Neighbour neighbour) {
        if (neighbour == null || !neighbour.isUsable()) {
            return adjacency(Adjacency.State.UNRESOLVED, route, egress, 0, 0);
        }
        final ByteBuffer header = ByteBuffer.allocate(2 * MacAddress.LENGTH).order(ByteOrder.nativeOrder())
            .put(neighbour.mac().bytes()).put(link.mac().bytes());
        return adjacency(Adjacency.State.RESOLVED, route, egress, header.getLong(0), header.getInt(8));
    }

    /** Of a route that leads to no neighbour. */
    static Adjacency without(final RouteLookup route) {
        final Adjacency.State state = route.outcome() == RouteLookup.Outcome.LOCAL
            ? Adjacency.State.LOCAL : Adjacency.State.UNREACHABLE;
        return new Adjacency(state, route.interfaceIndex(), 0, 0, route.mtu(), route.source());
    }

    private static Adjacency adjacency(
        final Adjacency.State state, final RouteLookup route, final Egress egress, final long macWord,
        final int macTail) {
        return new Adjacency(
            state, egress.interfaceIndex(), macWord, macTail, route.mtu(), route.source(), egress.tags());
    }

    /** Whether two lead a frame the same way. */
    static boolean same(final Adjacency one, final Adjacency other) {
        return one.state == other.state && one.interfaceIndex == other.interfaceIndex && one.mtu == other.mtu
            && one.macWord == other.macWord && one.macTail == other.macTail && one.tags == other.tags
            && Objects.equals(one.source, other.source);
    }
}
