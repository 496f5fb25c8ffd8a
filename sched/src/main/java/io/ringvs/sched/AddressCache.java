package io.ringvs.sched;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * What lblc and lblcr remember for each destination address, with Linux's limits and ageing.
 *
 * <pre>
 *   1024 chains; at most 24576 entries, of which 16384 are kept in the long run
 *   every 60 s:      if there are more than 16384, drop some of those unused for 6 minutes
 *   every 30 min:    drop all that are unused for the expiration time (24 h)
 * </pre>
 *
 * An entry is made, and garbage with it, only for an address that is not yet known.
 *
 * <p><b>Threading:</b> {@link #find}, {@link #add} and the entries by any worker; {@link #maintain} by the control
 * thread, the only one that takes entries out. A worker that holds an entry taken out meanwhile writes into it to no
 * effect.
 *
 * <p><b>Source:</b> Linux 6.1 ip_vs_lblc.c and ip_vs_lblcr.c.
 */
final class AddressCache<V> {
    private static final int CHAIN_BITS = 10;
    private static final int CHAINS = 1 << CHAIN_BITS;
    private static final int KEPT_ENTRIES = CHAINS * 16;
    private static final int MOST_ENTRIES = KEPT_ENTRIES * 3 / 2;
    private static final int TICKS_PER_SECOND = 250;
    private static final int UNUSED_TICKS = 6 * 60 * TICKS_PER_SECOND;
    /** Maintenance calls between two full checks. */
    private static final int FULL_CHECK = 30;
    /** Linux's lblc_expiration and lblcr_expiration: 24 hours. */
    static final int EXPIRATION_TICKS = 86_400 * TICKS_PER_SECOND;

    private final AtomicReferenceArray<Entry<V>> chains = new AtomicReferenceArray<>(CHAINS);
    private final AtomicInteger entries = new AtomicInteger();
    private int maintenanceCount = 1;
    private int lastChain;

    /** What is known of one destination address. */
    static final class Entry<V> {
        private static final VarHandle VALUE;
        private static final VarHandle NEXT;

        static {
            try {
                VALUE = MethodHandles.lookup().findVarHandle(Entry.class, "value", Object.class);
                NEXT = MethodHandles.lookup().findVarHandle(Entry.class, "next", Entry.class);
            } catch (final ReflectiveOperationException e) {
                throw new ExceptionInInitializerError(e);
            }
        }

        private final long word0;
        private final long word1;
        @SuppressWarnings("unused") // through VALUE
        private V value;
        @SuppressWarnings("unused") // through NEXT
        private Entry<V> next;
        /** When it was last looked up, in ticks; a racing store of another worker is as good. */
        private int lastUse;

        Entry(final long word0, final long word1, final V value, final int lastUse) {
            this.word0 = word0;
            this.word1 = word1;
            this.value = value;
            this.lastUse = lastUse;
        }

        @SuppressWarnings("unchecked")
        V value() {
            // pairs with the CAS in replace(): the value is seen as it was made
            return (V) VALUE.getAcquire(this);
        }

        /** Sets a new value unless another worker did meanwhile, whose choice then stands. */
        boolean replace(final V expected, final V replacement) {
            // release: pairs with the acquire in value()
            return VALUE.compareAndSet(this, expected, replacement);
        }

        @SuppressWarnings("unchecked")
        private Entry<V> next() {
            // pairs with setNext(): a chain is walked while the control thread takes entries out
            return (Entry<V>) NEXT.getAcquire(this);
        }

        private void setNext(final Entry<V> entry) {
            NEXT.setRelease(this, entry);
        }
    }

    /** The entry of an address, stamped as used now, or null. */
    Entry<V> find(final SchedulingRequest request) {
        // pairs with the CAS in add(): an entry is seen as it was made
        Entry<V> entry = chains.getAcquire(chain(request));
        while (entry != null
            && (entry.word0 != request.virtualWord0 || entry.word1 != request.virtualWord1)) {
            entry = entry.next();
        }
        if (entry != null) {
            entry.lastUse = request.nowTicks;
        }
        return entry;
    }

    /** Remembers a value for an address that had no entry; forgotten when the cache is full. */
    void add(final SchedulingRequest request, final V value) {
        final int chain = chain(request);
        final Entry<V> entry = new Entry<>(request.virtualWord0, request.virtualWord1, value, request.nowTicks);
        while (entries.get() < MOST_ENTRIES) {
            final Entry<V> head = chains.getAcquire(chain);
            if (find(request) != null) {
                return; // another worker was first
            }
            entry.setNext(head);
            // release: pairs with the acquire in find(); fails when the head moved since the address was looked for
            if (chains.compareAndSet(chain, head, entry)) {
                entries.getAndIncrement();
                return;
            }
        }
    }

    int size() {
        return entries.get();
    }

    void maintain(final int nowTicks) {
        if (maintenanceCount % FULL_CHECK == 0) {
            dropUnused(nowTicks, EXPIRATION_TICKS, Integer.MAX_VALUE);
            maintenanceCount = 1;
        } else if (entries.get() <= KEPT_ENTRIES) {
            maintenanceCount++;
        } else {
            final int goal = Math.min((entries.get() - KEPT_ENTRIES) * 4 / 3, KEPT_ENTRIES / 2);
            dropUnused(nowTicks, UNUSED_TICKS, goal);
        }
    }

    /** Goes on from the chain where the last call ended, until {@code goal} entries are dropped or all chains seen. */
    private void dropUnused(final int nowTicks, final int unusedTicks, final int goal) {
        int dropped = 0;
        for (int i = 0; i < CHAINS && dropped < goal; i++) {
            lastChain = (lastChain + 1) % CHAINS;
            dropped += dropUnusedOf(lastChain, nowTicks, unusedTicks);
        }
    }

    private int dropUnusedOf(final int chain, final int nowTicks, final int unusedTicks) {
        int dropped = 0;
        Entry<V> before = null;
        Entry<V> entry = chains.getAcquire(chain);
        while (entry != null) {
            final Entry<V> next = entry.next();
            if (nowTicks - entry.lastUse < unusedTicks) {
                before = entry;
            } else if (before != null) {
                before.setNext(next);
                dropped++;
            } else if (chains.compareAndSet(chain, entry, next)) {
                dropped++; // the CAS fails when a worker added at the head: it is dropped a minute later
            } else {
                before = entry;
            }
            entry = next;
        }
        entries.getAndAdd(-dropped);
        return dropped;
    }

    private static int chain(final SchedulingRequest request) {
        return AddressHash.hash32(
            AddressHash.fold(request.family, request.virtualWord0, request.virtualWord1), CHAIN_BITS);
    }
}
