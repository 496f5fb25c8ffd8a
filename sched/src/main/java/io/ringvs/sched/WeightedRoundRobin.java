package io.ringvs.sched;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.sched.ServerChange.Kind;
import io.ringvs.service.RealServer;

/**
 * wrr: as many turns for each server as its weight says, the heavier ones first.
 *
 * <p>The list is passed over with a falling current weight; each pass serves the servers of at least that weight. When
 * no server can become overloaded the passes are always the same, and the turns are laid out beforehand
 * ({@link WeightedTurns}); otherwise the list is walked.
 *
 * <p>Several workers share one cursor, so the servers' turns are exact across all of them.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_wrr.c.
 */
final class WeightedRoundRobin extends Scheduler {
    /** In the state of a walk: the walk ended without a server. */
    private static final long FAILED = 1L << 31;

    private final ServerList servers;
    private final Passes passes;
    /** Null when the list has to be walked. */
    private final WeightedTurns turns;
    /**
     * With turns, their cursor. Else the state of the walk: position of the last chosen server (bits 32..63), whether
     * the last walk failed (bit 31), current weight (bits 0..30).
     */
    private final Cursor cursor;

    WeightedRoundRobin(final SchedulerSetup setup) {
        servers = new ServerList(setup.servers(), setup.live());
        passes = Passes.over(setup.servers());
        final boolean walked = servers.hasThresholds() || !WeightedTurns.fits(servers, passes.step());
        turns = walked ? null : new WeightedTurns(servers, passes.step());
        final long state = startingState(setup);
        cursor = new Cursor(walked || passes.first() == 0
            ? state : turns.cursorOf(position(state), currentWeight(state)));
    }

    @Override
    public int select(final SchedulingRequest request) {
        if (passes.first() == 0) {
            return NO_DESTINATION;
        }
        return turns != null ? nextTurn() : nextOfWalk();
    }

    private int nextTurn() {
        while (true) {
            final int from = (int) cursor.get();
            final int to = turns.after(from);
            if (cursor.advance(from, to)) {
                return servers.id(turns.position(to));
            }
        }
    }

    private int nextOfWalk() {
        while (true) {
            final long from = cursor.get();
            final long to = walk(position(from), currentWeight(from));
            if (cursor.advance(from, to)) {
                return (to & FAILED) != 0 ? NO_DESTINATION : servers.id(position(to));
            }
        }
    }

    /** Linux's walk: to the next server that is heavy enough, or until every one was seen at the lowest weight. */
    private long walk(final int last, final int startWeight) {
        int weight = startWeight;
        int position = last;
        int stop = ServerList.HEAD;
        boolean lastPass = false;
        boolean restarted = false;
        while (true) {
            for (position++; position < servers.size(); position++) {
                if (servers.weight(position) >= weight && !servers.isOverloaded(position)) {
                    return state(position, weight);
                }
                if (position == stop) {
                    return state(position, weight) | FAILED;
                }
            }
            position = ServerList.HEAD;
            weight -= passes.step();
            if (weight <= 0) {
                weight = passes.first();
                if (lastPass || last == ServerList.HEAD) {
                    return state(position, weight) | FAILED;
                }
                restarted = true;
            }
            lastPass = weight <= passes.step();
            if (lastPass && restarted) {
                stop = last;
            }
        }
    }

    /** Any change sends the walk back to the head of the list, and bends the current weight to the new weights. */
    private long startingState(final SchedulerSetup setup) {
        long state = setup.previous() instanceof WeightedRoundRobin previous
            ? previous.stateIn(servers) : state(ServerList.HEAD, Passes.over(setup.former()).first());
        final List<RealServer> list = new ArrayList<>(List.of(setup.former()));
        Passes after = Passes.over(setup.former());
        for (final ServerChange change : setup.changes()) {
            after = change.kind() == Kind.ADDED ? after.with(change.server()) : null;
            apply(change, list);
            if (after == null) {
                after = Passes.over(list.toArray(new RealServer[0]));
            }
            state = state(ServerList.HEAD, after.bend(currentWeight(state)));
        }
        return state;
    }

    /** The state of the walk, with the position that the last chosen server has in {@code list}. */
    private long stateIn(final ServerList list) {
        final long value = cursor.get();
        if (turns == null || passes.first() == 0) {
            final int position = position(value);
            return state(
                position == ServerList.HEAD ? position : list.positionOf(servers.id(position)), currentWeight(value));
        }
        final int position = turns.lastPosition((int) value);
        return state(
            position == ServerList.HEAD ? position : list.positionOf(servers.id(position)),
            turns.weightOf((int) value));
    }

    private static void apply(final ServerChange change, final List<RealServer> list) {
        if (change.kind() == Kind.ADDED) {
            list.add(change.server());
            return;
        }
        list.removeIf(server -> server.id() == change.server().id());
        if (change.kind() == Kind.UPDATED) {
            list.add(change.server());
        }
    }

    private static long state(final int position, final int weight) {
        return (long) position << 32 | weight;
    }

    private static int position(final long state) {
        return (int) (state >> 32);
    }

    private static int currentWeight(final long state) {
        return (int) (state & (FAILED - 1));
    }

    /**
     * The passes over a list.
     *
     * @param step    by so much the current weight falls from pass to pass: the greatest common divisor of the weights
     * @param first   the current weight of the first pass, so that the last one has 1; 0 when no server has a weight
     * @param divisor the divisor, 0 when no server has a weight
     */
    private record Passes(int step, int first, int divisor) {
        static Passes over(final RealServer[] servers) {
            int divisor = 0;
            int heaviest = 0;
            for (final RealServer server : servers) {
                divisor = greatestCommonDivisor(divisor, server.config().weight());
                heaviest = Math.max(heaviest, server.config().weight());
            }
            return of(divisor, heaviest);
        }

        /** With one more server. */
        Passes with(final RealServer added) {
            final int weight = added.config().weight();
            return of(greatestCommonDivisor(divisor, weight), Math.max(first + step - 1, weight));
        }

        /** The current weight to go on with after a change, as Linux sets it. */
        int bend(final int weight) {
            if (weight > first || weight == 0) {
                return first;
            }
            return step > 1 ? weight / step * step + 1 : weight;
        }

        private static Passes of(final int divisor, final int heaviest) {
            final int step = Math.max(1, divisor);
            return new Passes(step, heaviest - (step - 1), divisor);
        }

        private static int greatestCommonDivisor(final int a, final int b) {
            return b == 0 ? a : greatestCommonDivisor(b, a % b);
        }
    }
}
