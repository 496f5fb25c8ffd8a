package io.ringvs.sched;

import java.util.Arrays;

/**
 * The turns of weighted round robin laid out one after the other, for servers that cannot become overloaded.
 *
 * <p>A cycle is made of passes; the pass with current weight c holds, in list order, the servers of weight c or more:
 *
 * <pre>
 *   A=4 B=3 C=2, list C B A     pass 4: A     3: B A     2: C B A     1: C B A
 *   turns                               0        1 2        3 4 5        6 7 8
 * </pre>
 *
 * A cursor is the number of the last turn taken; one whose pass has yet to begin is the complement (~) of the number of
 * the turn to take next.
 *
 * <p><b>Threading:</b> immutable.
 */
final class WeightedTurns {
    /** Turns laid out at most, 4 bytes each; a longer cycle is walked instead. */
    private static final long MOST_TURNS = 1 << 20;

    private final ServerList servers;
    private final int step;
    private final int[] positions;

    /** @param step greatest common divisor of the weights: the difference of weight between passes */
    WeightedTurns(final ServerList servers, final int step) {
        this.servers = servers;
        this.step = step;
        positions = new int[(int) count(servers, step)];
        layOut();
    }

    static boolean fits(final ServerList servers, final int step) {
        return count(servers, step) <= MOST_TURNS;
    }

    /** The cursor after the next turn. */
    int after(final int cursor) {
        if (cursor < 0) {
            return ~cursor;
        }
        return cursor + 1 == positions.length ? 0 : cursor + 1;
    }

    /** Whose turn {@code cursor} was. */
    int position(final int cursor) {
        return positions[cursor];
    }

    /** The cursor of one who chose {@code position} last, HEAD for a pass yet to begin, in the pass {@code weight}. */
    int cursorOf(final int position, final int weight) {
        int turn = turnsBefore(weight);
        if (position == ServerList.HEAD) {
            return ~turn;
        }
        while (positions[turn] != position) {
            turn++;
        }
        return turn;
    }

    /** The position that a cursor says was chosen last, or HEAD. */
    int lastPosition(final int cursor) {
        return cursor < 0 ? ServerList.HEAD : positions[cursor];
    }

    /** The current weight of the pass that a cursor is in. */
    int weightOf(final int cursor) {
        final int turn = cursor < 0 ? ~cursor : cursor;
        int low = 0;
        int high = Integer.MAX_VALUE / step;
        while (low < high) {
            final int middle = (low + high) >>> 1;
            if (turnsBefore(middle * step + 1) <= turn) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low * step + 1;
    }

    /** Turns of all passes with a greater current weight than {@code weight}. */
    private int turnsBefore(final int weight) {
        final int passesFrom = (weight - 1) / step + 1;
        int turns = 0;
        for (int position = 0; position < servers.size(); position++) {
            turns += Math.max(0, servers.weight(position) / step - passesFrom);
        }
        return turns;
    }

    private void layOut() {
        final long[] heaviestFirst = new long[servers.size()];
        for (int position = 0; position < heaviestFirst.length; position++) {
            heaviestFirst[position] = ((long) -servers.weight(position) << 32) + position;
        }
        Arrays.sort(heaviestFirst);
        final int[] eligible = new int[servers.size()];
        int eligibleCount = 0;
        int turn = 0;
        int weight = heaviestFirst.length == 0 ? 0 : servers.weight((int) heaviestFirst[0]) - step + 1;
        while (turn < positions.length) {
            while (eligibleCount < eligible.length && servers.weight((int) heaviestFirst[eligibleCount]) >= weight) {
                insert(eligible, eligibleCount, (int) heaviestFirst[eligibleCount]);
                eligibleCount++;
            }
            System.arraycopy(eligible, 0, positions, turn, eligibleCount);
            turn += eligibleCount;
            weight -= step;
        }
    }

    private static void insert(final int[] ascending, final int count, final int position) {
        final int index = ~Arrays.binarySearch(ascending, 0, count, position);
        System.arraycopy(ascending, index, ascending, index + 1, count - index);
        ascending[index] = position;
    }

    private static long count(final ServerList servers, final int step) {
        long count = 0;
        for (int position = 0; position < servers.size(); position++) {
            count += servers.weight(position) / step;
        }
        return count;
    }
}
