package io.ringvs.snapshot;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * The host's routes as workers need them: the way to any client, for answers of real servers that the director
 * translates.
 *
 * <p>A neighbour on a connected network stands here as a route of its own. What is not here, or not resolved, the host
 * routes itself.
 *
 * <p>A hash table per prefix length, tried from the longest on: a host with a default route and some connected networks
 * has three or four lengths.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class ClientWays {
    /** No way to anyone. */
    public static final ClientWays NONE = new Builder().build();

    private final Length[] ipv4;
    private final Length[] ipv6;
    /** Of {@link #ipv4} what leads to the host itself. */
    private final Length[] ownIpv4;

    private ClientWays(final Length[] ipv4, final Length[] ipv6, final Length[] ownIpv4) {
        this.ipv4 = ipv4;
        this.ipv6 = ipv6;
        this.ownIpv4 = ownIpv4;
    }

    /**
     * The way to a client by the longest prefix that its address has, or null.
     *
     * @param word0 first wire word of the address
     */
    public Adjacency find(final boolean isIpv6, final long word0, final long word1) {
        return find(isIpv6 ? ipv6 : ipv4, word0, word1);
    }

    /**
     * Whether an IPv4 address is one of the host's own. It looks among those only, so that it costs little for each new
     * connection.
     */
    public boolean isOwnIpv4(final long word0) {
        return find(ownIpv4, word0, 0) != null;
    }

    private static Adjacency find(final Length[] lengths, final long word0, final long word1) {
        for (int i = 0; i < lengths.length; i++) {
            final Adjacency way = lengths[i].find(word0, word1);
            if (way != null) {
                return way;
            }
        }
        return null;
    }

    /** Prefixes in all. */
    public int size() {
        int size = 0;
        for (final Length[] lengths : List.of(ipv4, ipv6)) {
            for (final Length length : lengths) {
                size += length.size;
            }
        }
        return size;
    }

    /**
     * Collects routes.
     *
     * <p><b>Threading:</b> one thread.
     */
    public static final class Builder {
        private final Map<Integer, Map<IpAddress, Adjacency>> ipv4 = new TreeMap<>((one, other) -> other - one);
        private final Map<Integer, Map<IpAddress, Adjacency>> ipv6 = new TreeMap<>((one, other) -> other - one);

        /**
         * Adds a route, in place of an earlier one of the same prefix.
         *
         * @param prefix its bits beyond {@code length} are zero
         */
        public Builder add(final IpAddress prefix, final int length, final Adjacency way) {
            (prefix.family() == Family.IPV4 ? ipv4 : ipv6)
                .computeIfAbsent(length, each -> new HashMap<>()).put(prefix, way);
            return this;
        }

        public ClientWays build() {
            return new ClientWays(lengths(Family.IPV4, ipv4), lengths(Family.IPV6, ipv6),
                lengths(Family.IPV4, own(ipv4)));
        }

        private static Map<Integer, Map<IpAddress, Adjacency>> own(
            final Map<Integer, Map<IpAddress, Adjacency>> routes) {
            final Map<Integer, Map<IpAddress, Adjacency>> own = new TreeMap<>((one, other) -> other - one);
            routes.forEach((length, ways) -> ways.forEach((prefix, way) -> {
                if (way.state == Adjacency.State.LOCAL) {
                    own.computeIfAbsent(length, each -> new HashMap<>()).put(prefix, way);
                }
            }));
            return own;
        }

        private static Length[] lengths(final Family family, final Map<Integer, Map<IpAddress, Adjacency>> routes) {
            final List<Length> lengths = new ArrayList<>();
            routes.forEach((length, ways) -> lengths.add(new Length(family, length, ways)));
            return lengths.toArray(new Length[0]);
        }
    }

    /** The routes of one prefix length: open addressing with linear probing, at most half full. */
    private static final class Length {
        private static final long MULTIPLIER = 0x9E37_79B9_7F4A_7C15L;

        private final long mask0;
        private final long mask1;
        private final long[] words;
        private final Adjacency[] ways;
        private final int size;

        private Length(final Family family, final int length, final Map<IpAddress, Adjacency> routes) {
            // an IPv4 address fills the first half of word 0; network order is the reverse of a native load
            mask0 = family == Family.IPV4
                ? Long.reverseBytes(leading(length) & leading(Integer.SIZE)) : Long.reverseBytes(leading(length));
            mask1 = Long.reverseBytes(leading(length - Long.SIZE));
            size = routes.size();
            final int places = Integer.highestOneBit(Math.max(1, size)) * 4;
            words = new long[2 * places];
            ways = new Adjacency[places];
            routes.forEach((prefix, way) -> {
                final int place = place(prefix.word0(), prefix.word1());
                words[2 * place] = prefix.word0();
                words[2 * place + 1] = prefix.word1();
                ways[place] = way;
            });
        }

        /** A word whose first {@code bits} are set. */
        private static long leading(final int bits) {
            return bits <= 0 ? 0 : -1L << Math.max(0, Long.SIZE - bits);
        }

        private Adjacency find(final long word0, final long word1) {
            return ways[place(word0 & mask0, word1 & mask1)];
        }

        /** Where a prefix stands, or the free place where it would. */
        private int place(final long word0, final long word1) {
            final long hash = (word0 ^ Long.rotateLeft(word1, 23) * MULTIPLIER) * MULTIPLIER;
            int place = (int) (hash >>> 32) & ways.length - 1;
            while (ways[place] != null && (words[2 * place] != word0 || words[2 * place + 1] != word1)) {
                place = place + 1 & ways.length - 1;
            }
            return place;
        }
    }
}
