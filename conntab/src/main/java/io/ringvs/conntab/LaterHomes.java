package io.ringvs.conntab;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Tells where connections stand that found no place at their first home, so that lookups go there for them.
 *
 * <p>A home has room for eight displaced connections. At full load about one flow in a million comes to a home that has
 * them already, and takes another home, which a further hash of its key names. These are counted, together and by
 * groups of home lines: while there are none, which is nearly always, a lookup that misses reads one counter; while
 * there are a few, it also reads one per later home, and goes on to the line itself only if its group has some.
 *
 * <p><b>Threading:</b> any thread. The counts are volatile: one goes up before its inserter's full fence and goes down
 * when its connection is no longer LIVE, so of two inserters of one key at different homes, at least one sees the
 * other.
 */
final class LaterHomes {
    /** Homes of a key, the first included. All refuse one flow in 10^24 at full load. */
    static final int HOMES = 4;
    /** Groups of homes; small enough to stay in the first-level cache. */
    private static final int GROUPS = 1024;

    private final AtomicInteger total = new AtomicInteger();
    private final AtomicIntegerArray counts = new AtomicIntegerArray(GROUPS);

    /** Counts a connection that is about to appear at a later home. */
    void enter(final int home) {
        total.incrementAndGet();
        counts.incrementAndGet(home & GROUPS - 1);
    }

    /** Counts the end of a connection at a later home. */
    void leave(final int home) {
        counts.decrementAndGet(home & GROUPS - 1);
        total.decrementAndGet();
    }

    boolean isEmpty() {
        return total.get() == 0;
    }

    /** Whether {@code home} may be a later home of some connection. */
    boolean mayHave(final int home) {
        return counts.get(home & GROUPS - 1) != 0;
    }

    /** Connections that stand at later homes. */
    int size() {
        return total.get();
    }
}
