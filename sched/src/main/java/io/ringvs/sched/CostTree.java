package io.ringvs.sched;

import java.util.Arrays;

/**
 * A tournament over the positions of a list: each inner node holds the better of its two children, the root the best of
 * all, the first in the list among equals.
 *
 * <pre>
 *               1               node n has the children 2n and 2n+1;
 *          2         3          the leaf of position p is node leaves+p
 *        4   5     6   7
 *
 *   node:  cost i64 | divisor u32 (high half), position u32 (low half)
 * </pre>
 *
 * Setting a leaf replays the matches on its way up, as far as they change.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
final class CostTree {
    private final int leaves;
    private final long[] nodes;

    /** All positions are {@link LeastCost#NOT_ELIGIBLE} at first. */
    CostTree(final int size) {
        leaves = Integer.highestOneBit(Math.max(1, size - 1)) * 2;
        nodes = new long[4 * leaves];
        Arrays.fill(nodes, LeastCost.NOT_ELIGIBLE);
    }

    void set(final int position, final long cost, final int divisor) {
        int node = leaves + position;
        long newCost = cost;
        long newHolder = (long) divisor << 32 | position;
        while (nodes[2 * node] != newCost || nodes[2 * node + 1] != newHolder) {
            nodes[2 * node] = newCost;
            nodes[2 * node + 1] = newHolder;
            if (node == 1) {
                return;
            }
            final int left = node & ~1;
            final int winner = isBetter(left + 1, left) ? left + 1 : left;
            newCost = nodes[2 * winner];
            newHolder = nodes[2 * winner + 1];
            node >>>= 1;
        }
    }

    /** The best position, or HEAD when none is eligible. */
    int best() {
        return nodes[2] == LeastCost.NOT_ELIGIBLE ? ServerList.HEAD : (int) nodes[3];
    }

    private boolean isBetter(final int right, final int left) {
        final long rightCost = nodes[2 * right];
        final long leftCost = nodes[2 * left];
        if (rightCost == LeastCost.NOT_ELIGIBLE || leftCost == LeastCost.NOT_ELIGIBLE) {
            return rightCost != LeastCost.NOT_ELIGIBLE;
        }
        return leftCost * (nodes[2 * right + 1] >>> 32) > rightCost * (nodes[2 * left + 1] >>> 32);
    }
}
