package io.ringvs.host;

import java.util.List;

import io.ringvs.service.IpAddress;

/**
 * A route of the kernel.
 *
 * @param prefix          its bits beyond {@code prefixLength} are zero
 * @param table           kernel's table number: 254 main, 255 local
 * @param metric          the lowest of a prefix wins (the kernel's "priority")
 * @param nextHops        empty for types that lead nowhere
 * @param preferredSource source address for packets of this host, null if the kernel chooses
 * @param mtu             of the route in bytes, 0 if the link's counts
 */
public record Route(
    IpAddress prefix, int prefixLength, int table, Type type, long metric, List<NextHop> nextHops,
    IpAddress preferredSource, int mtu) {
    /** RT_TABLE_MAIN. */
    public static final int TABLE_MAIN = 254;
    /** RT_TABLE_LOCAL. */
    public static final int TABLE_LOCAL = 255;

    /** What the kernel does with packets of a route; RTN_ numbers of the kernel folded to what matters here. */
    public enum Type {
        UNICAST,
        /** To this host (local, or an IPv6 anycast address of it). */
        LOCAL,
        /** Unreachable, prohibit, blackhole. */
        REJECT,
        /** Not in this table: look in the next one. */
        THROW,
        /** Broadcast, multicast and what is unknown: no real server lives there. */
        OTHER;

        static Type ofNumber(final int number) {
            return switch (number) {
                case 1 -> UNICAST;
                case 2, 4 -> LOCAL;
                case 6, 7, 8 -> REJECT;
                case 9 -> THROW;
                default -> OTHER;
            };
        }
    }

    boolean isSamePlace(final Route that) {
        return table == that.table && prefixLength == that.prefixLength && metric == that.metric
            && prefix.equals(that.prefix);
    }
}
