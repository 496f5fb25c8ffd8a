package io.ringvs.sched;

import io.ringvs.service.DestinationTable;

/**
 * The servers that lblcr keeps for one destination address, the newest member first.
 *
 * <p><b>Threading:</b> immutable; connection counts are read live.
 */
final class ServerSet {
    private final CachedServer[] members;
    /** When a member came or went, in ticks. */
    private final int lastChange;

    private ServerSet(final CachedServer[] members, final int lastChange) {
        this.members = members;
        this.lastChange = lastChange;
    }

    static ServerSet of(final CachedServer member, final int nowTicks) {
        return new ServerSet(new CachedServer[] {member}, nowTicks);
    }

    int size() {
        return members.length;
    }

    int lastChange() {
        return lastChange;
    }

    /** The usable member with the fewest connections for its weight, the newest among equals; or null. */
    CachedServer leastLoaded(final DestinationTable live) {
        CachedServer least = null;
        for (final CachedServer member : members) {
            if (member.weight(live) > 0 && member.isAvailable(live) && !live.isOverloaded(member.id())
                && (least == null || (long) overhead(least, live) * member.weight(live)
                    > (long) overhead(member, live) * least.weight(live))) {
                least = member;
            }
        }
        return least;
    }

    /** The set with one more member, or this one if it is in. */
    ServerSet with(final CachedServer added, final int nowTicks) {
        for (final CachedServer member : members) {
            if (member.equals(added)) {
                return this;
            }
        }
        final CachedServer[] larger = new CachedServer[members.length + 1];
        larger[0] = added;
        System.arraycopy(members, 0, larger, 1, members.length);
        return new ServerSet(larger, nowTicks);
    }

    /** The set without the member that has the most connections for its weight, weight 0 not counted. */
    ServerSet withoutMostLoaded(final DestinationTable live, final int nowTicks) {
        int most = -1;
        for (int i = 0; i < members.length; i++) {
            if (members[i].weight(live) > 0
                && (most < 0 || (long) overhead(members[most], live) * members[i].weight(live)
                    < (long) overhead(members[i], live) * members[most].weight(live))) {
                most = i;
            }
        }
        if (most < 0) {
            return this;
        }
        final CachedServer[] smaller = new CachedServer[members.length - 1];
        System.arraycopy(members, 0, smaller, 0, most);
        System.arraycopy(members, most + 1, smaller, most, smaller.length - most);
        return new ServerSet(smaller, nowTicks);
    }

    private static int overhead(final CachedServer server, final DestinationTable live) {
        return Overhead.of(live.activeConnections(server.id()), live.totalConnections(server.id()));
    }
}
