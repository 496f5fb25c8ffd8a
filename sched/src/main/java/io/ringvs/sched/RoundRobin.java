package io.ringvs.sched;

import io.ringvs.sched.ServerChange.Kind;

/**
 * rr: each usable server in its turn, in list order.
 *
 * <p>Several workers share one cursor, so the servers' turns are exact across all of them.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_rr.c.
 */
final class RoundRobin extends Scheduler {
    private final ServerList servers;
    /** For the list's head and then each position: the next position, cyclically, whose weight is not 0; or HEAD. */
    private final int[] next;
    /** Position of the last chosen server, HEAD at first. */
    private final Cursor last;

    RoundRobin(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        next = nextWeighted(servers);
        last = new Cursor(servers.positionOf(lastChosen(setup)));
    }

    @Override
    public int select(final SchedulingRequest request) {
        while (true) {
            final int from = (int) last.get();
            final int chosen = servers.hasThresholds() ? firstUsableAfter(from) : next[from + 1];
            if (chosen == ServerList.HEAD) {
                return NO_DESTINATION;
            }
            if (last.advance(from, chosen)) {
                return servers.id(chosen);
            }
        }
    }

    private int firstUsableAfter(final int from) {
        int position = next[from + 1];
        for (int tried = 0; tried < servers.size() && position != ServerList.HEAD; tried++) {
            if (!servers.isOverloaded(position)) {
                return position;
            }
            position = next[position + 1];
        }
        return ServerList.HEAD;
    }

    private static int[] nextWeighted(final ServerList servers) {
        final int[] next = new int[servers.size() + 1];
        int following = ServerList.HEAD;
        // the second round gives the last positions the first weighted server to wrap to
        for (int round = 0; round < 2; round++) {
            for (int position = servers.size() - 1; position >= ServerList.HEAD; position--) {
                next[position + 1] = following;
                if (position != ServerList.HEAD && servers.weight(position) > 0) {
                    following = position;
                }
            }
        }
        return next;
    }

    /** The id of the last chosen server; when that one was removed, of the one before it. */
    private static int lastChosen(final SchedulerSetup setup) {
        int id = NO_DESTINATION;
        if (setup.previous() instanceof RoundRobin previous) {
            final int position = (int) previous.last.get();
            id = position == ServerList.HEAD ? NO_DESTINATION : previous.servers.id(position);
        }
        for (final ServerChange change : setup.changes()) {
            if (change.kind() == Kind.REMOVED && change.server().id() == id) {
                id = change.predecessorId();
            }
        }
        return id;
    }
}
