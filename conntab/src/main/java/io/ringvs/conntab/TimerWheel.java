package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.DESTINATION;
import static io.ringvs.conntab.ConnectionLayout.EXPIRES;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.destination;
import static io.ringvs.conntab.ConnectionLayout.destinationWord;
import static io.ringvs.conntab.ConnectionLayout.filed;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.version;

import java.util.Arrays;

import org.agrona.UnsafeApi;

/**
 * One worker's timers: 256 buckets of half a second (128 ticks) each, holding four-byte entries.
 *
 * <pre>
 *   entry   slot 0..26, version of the connection 27..31
 * </pre>
 *
 * Packets do not touch the wheel; they stamp the connection's {@code expires}. When an entry's bucket comes up, the
 * entry is visited: a connection that has expired is handed out, any other is filed again under what {@code expires}
 * says by then, at most {@link #HORIZON} buckets (two minutes) ahead. So an idle connection costs one visit in two
 * minutes, whatever its timeout, and a busy one the same.
 *
 * <p>The connection line remembers the bucket in which its entry is filed. An entry found in another bucket, or of a
 * connection that is gone, is stale and is dropped. So filing a connection anew (its timeout became shorter) needs no
 * search for the old entry, by whichever worker. Stale entries never outlive one turn of the wheel; when they become
 * as many as the good ones, buckets are visited before their time to be rid of them.
 *
 * <p>A connection never expires early, and at most one bucket late if {@link #advance} is called often enough.
 *
 * <p><b>Threading:</b> one worker's, but for what it reads in connection lines.
 */
final class TimerWheel {
    static final int TICKS_SHIFT = 7;
    static final int BUCKETS = 256;
    /** Buckets ahead at most. Less than a turn, so that a late visit never files into the bucket being visited. */
    static final int HORIZON = 240;
    /** A refile must never fail for want of a chunk: inserts stop while fewer than these are left. */
    static final int RESERVED_CHUNKS = 2 * BUCKETS;

    private static final int SLOT_MASK = FlowTable.MAX_SLOTS - 1;
    private static final int VERSION_SHIFT = 27;
    /** Bucket numbers are tick numbers shifted, so they wrap at 2^25. */
    private static final int NUMBER_MASK = -1 >>> TICKS_SHIFT;
    /** Fewer entries than these are never worth clearing of stale ones. */
    static final int MIN_STALE = 1 << 16;
    private static final int LINE_BATCH = 4 * SlotLists.PER_CHUNK;

    /** Takes the connections that have expired. */
    interface Expiry {
        /** Ends the connection, or stamps a later expiry and returns false. */
        boolean expired(int slot, int now);
    }

    private final FlowTable table;
    private final SlotLists lists;
    private final Expiry expiry;
    private final int[] first = new int[BUCKETS];
    private final byte[] firstCount = new byte[BUCKETS];
    private final int[] visiting = new int[LINE_BATCH];

    /** Number of the newest bucket that was taken up for visiting. */
    private int position;
    /** What is left of the list being visited, the count in its first chunk, and the bucket it was filed in. */
    private int due = SlotLists.EMPTY;
    private int dueCount;
    private int dueBucket;

    private int entries;
    private int compactAbove = MIN_STALE;
    /** Bucket numbers still to be visited early, 0 when not compacting. */
    private int compacting;
    private long touched;

    TimerWheel(final FlowTable table, final SlotLists lists, final Expiry expiry, final int now) {
        this.table = table;
        this.lists = lists;
        this.expiry = expiry;
        this.position = now >>> TICKS_SHIFT;
        Arrays.fill(first, SlotLists.EMPTY);
    }

    /** The bucket (0..255) for an expiry: the first one that comes up when it has passed. */
    static int bucketFor(final int expires, final int now) {
        final int current = now >>> TICKS_SHIFT;
        final int ahead = Math.max(0, expires - now) + (now & (1 << TICKS_SHIFT) - 1) + (1 << TICKS_SHIFT) - 1
            >>> TICKS_SHIFT;
        return current + Math.max(1, Math.min(ahead, HORIZON)) & BUCKETS - 1;
    }

    /** Whether the wheel can take entries without touching what refiling needs. */
    boolean hasRoom() {
        return lists.available() > RESERVED_CHUNKS;
    }

    /** Adds an entry for a connection whose line says that it is filed in {@code bucket}. */
    void add(final int slot, final int version, final int bucket) {
        if (first[bucket] == SlotLists.EMPTY || firstCount[bucket] == SlotLists.PER_CHUNK) {
            first[bucket] = lists.prepend(first[bucket]);
            firstCount[bucket] = 0;
        }
        lists.item(first[bucket], firstCount[bucket]++, slot | version << VERSION_SHIFT);
        entries++;
    }

    /**
     * Files a connection earlier than it is, if {@code expires} is before its bucket.
     *
     * <p>The line's filed bucket is changed by CAS: of two workers that do so at once, one adds the entry that counts.
     */
    void fileEarlier(final int slot, final int expires, final int now) {
        final long line = table.line(slot);
        final int word = UnsafeApi.getIntOpaque(null, line + DESTINATION);
        final int bucket = bucketFor(expires, now);
        final int current = now >>> TICKS_SHIFT;
        final int ahead = bucket - current & BUCKETS - 1;
        final int filedAhead = filed(word) - current & BUCKETS - 1;
        if (ahead < filedAhead && hasRoom() && UnsafeApi.compareAndSetInt(
                null, line + DESTINATION, word, destinationWord(destination(word), bucket))) {
            add(slot, version(UnsafeApi.getIntOpaque(null, line + CONTROL)), bucket);
        }
    }

    /**
     * Visits what has come up, at most about {@code limit} entries.
     *
     * @return entries visited
     */
    int advance(final int now, final int limit) {
        int behind = (now >>> TICKS_SHIFT) - position & NUMBER_MASK;
        if (behind > NUMBER_MASK >>> 1) {
            behind = 0;
        }
        // after a pause of more than a turn, one turn visits everything
        position = (now >>> TICKS_SHIFT) - Math.min(behind, BUCKETS) & NUMBER_MASK;
        final int target = position + Math.min(behind, BUCKETS) & NUMBER_MASK;
        int visited = 0;
        while (visited < limit) {
            if (due == SlotLists.EMPTY && !takeNext(target)) {
                break;
            }
            visited += visitSome(now);
        }
        return visited;
    }

    /** Takes up the next bucket that is due, or the next one to be cleared of stale entries. */
    private boolean takeNext(final int target) {
        while (due == SlotLists.EMPTY && position != target) {
            position = position + 1 & NUMBER_MASK;
            take(position & BUCKETS - 1);
        }
        if (due == SlotLists.EMPTY && compacting == 0 && (entries > compactAbove || !hasRoom())) {
            compacting = BUCKETS;
        }
        while (due == SlotLists.EMPTY && compacting > 0) {
            compacting--;
            take(position + 1 + compacting & BUCKETS - 1);
            if (compacting == 0) {
                compactAbove = Math.max(MIN_STALE, 2 * entries);
            }
        }
        return due != SlotLists.EMPTY;
    }

    private void take(final int bucket) {
        due = first[bucket];
        dueCount = firstCount[bucket];
        dueBucket = bucket;
        first[bucket] = SlotLists.EMPTY;
        firstCount[bucket] = 0;
    }

    /** Visits the first chunks of the list in hand: touches all their lines first, so that the misses overlap. */
    private int visitSome(final int now) {
        int count = 0;
        while (due != SlotLists.EMPTY && count + dueCount <= LINE_BATCH) {
            for (int index = 0; index < dueCount; index++) {
                visiting[count++] = lists.item(due, index);
            }
            due = lists.dropFirst(due);
            dueCount = SlotLists.PER_CHUNK;
        }
        entries -= count;
        int sum = 0;
        for (int index = 0; index < count; index++) {
            sum += UnsafeApi.getInt(table.line(visiting[index] & SLOT_MASK) + CONTROL);
        }
        for (int index = 0; index < count; index++) {
            final int slot = visiting[index] & SLOT_MASK;
            if (UnsafeApi.getIntOpaque(null, table.line(slot) + EXPIRES) - now <= 0) {
                sum += UnsafeApi.getInt(table.line(table.homeOf(slot)) + CONTROL); // it will be unlinked there
            }
        }
        touched += sum;
        final int bucket = dueBucket;
        for (int index = 0; index < count; index++) {
            visit(visiting[index] & SLOT_MASK, visiting[index] >>> VERSION_SHIFT, bucket, now);
        }
        return count;
    }

    private void visit(final int slot, final int version, final int bucket, final int now) {
        final long line = table.line(slot);
        final int control = UnsafeApi.getIntAcquire(null, line + CONTROL);
        final int word = UnsafeApi.getIntOpaque(null, line + DESTINATION);
        if (life(control) != LIVE || version(control) != version || filed(word) != bucket) {
            return;
        }
        if (UnsafeApi.getIntOpaque(null, line + EXPIRES) - now <= 0 && expiry.expired(slot, now)) {
            return;
        }
        final int next = bucketFor(UnsafeApi.getIntOpaque(null, line + EXPIRES), now);
        // fails only if another worker filed the connection meanwhile; then that entry counts
        if (UnsafeApi.compareAndSetInt(
                null, line + DESTINATION, word, destinationWord(destination(word), next))) {
            add(slot, version, next);
        }
    }

    /** Entries filed, stale ones included. */
    int entries() {
        return entries;
    }

    long touched() {
        return touched;
    }
}
