package io.ringvs.sched;

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
    /** Cost over divisor of what is not eligible: 1 / 0, worse than any fraction. */
    private static final long NOT_ELIGIBLE_COST = 1;

    private final int leaves;
    private final long[] nodes;

    /** No position is eligible at first. */
    CostTree(final int size) {
        leaves = Integer.highestOneBit(Math.max(1, size - 1)) * 2;
        nodes = new long[4 * leaves];
        for (int node = 1; node < 2 * leaves; node++) {
            nodes[2 * node] = NOT_ELIGIBLE_COST;
        }
    }

    /** @param cost at most 32 bits, or {@link LeastCost#NOT_ELIGIBLE} */
    void set(final int position, final long cost, final int divisor) {
        final boolean eligible = cost != LeastCost.NOT_ELIGIBLE;
        long newCost = eligible ? cost : NOT_ELIGIBLE_COST;
        long newHolder = eligible ? (long) divisor << 32 | position : position;
        int node = leaves + position;
        while (nodes[2 * node] != newCost || nodes[2 * node + 1] != newHolder) {
            nodes[2 * node] = newCost;
            nodes[2 * node + 1] = newHolder;
            if (node == 1) {
                return;
            }
            final int sibling = 2 * (node ^ 1);
            final long siblingCost = nodes[sibling];
            final long siblingHolder = nodes[sibling + 1];
            final long difference = newCost * (siblingHolder >>> 32) - siblingCost * (newHolder >>> 32);
            // Positive where the sibling is better; an equal one wins where it is the left of the two. The sign is used
            // as a mask because a branch would be a guess; the products have 62 bits, so the difference has a true
            // sign.
            final long siblingWins = -difference - (node & 1) >> 63;
            newCost ^= (newCost ^ siblingCost) & siblingWins;
            newHolder ^= (newHolder ^ siblingHolder) & siblingWins;
            node >>>= 1;
        }
    }

    /** The best position, or HEAD when none is eligible. */
    int best() {
        return nodes[3] >>> 32 == 0 ? ServerList.HEAD : (int) nodes[3];
    }
}
