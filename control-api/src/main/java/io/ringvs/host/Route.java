package io.ringvs.host;

import java.util.List;

import io.ringvs.service.IpAddress;

/**
 * A route of the kernel.
 *
 * @param prefix          its bits beyond {@code prefixLength} are zero
 * @param table           kernel's table number: 254 main, 255 local
 * @param scope           RT_SCOPE_ number of the kernel
 * @param protocol        who made it, RTPROT_ number of the kernel: 2 kernel, 3 boot, 4 static, 186 BGP
 * @param metric          the lowest of a prefix wins (the kernel's "priority")
 * @param nextHops        empty for types that lead nowhere
 * @param preferredSource source address for packets of this host, null if the kernel chooses
 * @param mtu             of the route in bytes, 0 if the link's counts
 */
public record Route(
    IpAddress prefix, int prefixLength, int table, Type type, int scope, int protocol, long metric,
    List<NextHop> nextHops, IpAddress preferredSource, int mtu) {
    /** RT_TABLE_MAIN. */
    public static final int TABLE_MAIN = 254;
    /** RT_TABLE_LOCAL. */
    public static final int TABLE_LOCAL = 255;

    /** What the kernel does with packets of a route, in the order of its RTN_ numbers. */
    public enum Type {
        UNKNOWN, UNICAST, LOCAL, BROADCAST, ANYCAST, MULTICAST, BLACKHOLE, UNREACHABLE, PROHIBIT,
        /** Not in this table: look in the next one. */
        THROW;

        private static final List<Type> TYPES = List.of(values());

        static Type ofNumber(final int number) {
            return number >= 0 && number < TYPES.size() ? TYPES.get(number) : UNKNOWN;
        }
    }

    boolean isSamePlace(final Route that) {
        return table == that.table && prefixLength == that.prefixLength && metric == that.metric
            && prefix.equals(that.prefix);
    }
}
