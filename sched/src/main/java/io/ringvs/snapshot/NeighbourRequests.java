package io.ringvs.snapshot;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntConsumer;

/**
 * Tells the control side which destinations have packets waiting for the MAC address of their next hop.
 *
 * <p>One bit per destination id: asking twice is asking once, and nothing can overflow.
 *
 * <p><b>Threading:</b> {@link #request} by any worker, {@link #drain} by the control thread; neither waits.
 */
public final class NeighbourRequests {
    private final AtomicLongArray wanted;
    /** Requests set and not yet drained, roughly: lets an idle drain end at once. */
    private final AtomicInteger pending = new AtomicInteger();

    /** @param destinations ids at most, as of the {@link io.ringvs.service.DestinationTable} */
    public NeighbourRequests(final int destinations) {
        wanted = new AtomicLongArray((destinations + Long.SIZE - 1) / Long.SIZE);
    }

    /** Asks for the neighbour of a destination. */
    public void request(final int destinationId) {
        final int word = destinationId / Long.SIZE;
        final long bit = 1L << destinationId;
        // acquire pairs with drain's getAndSet: a bit seen set has not been taken yet, so its drain is still to come
        long bits = wanted.getAcquire(word);
        while ((bits & bit) == 0) {
            // a full barrier, like drain's getAndSet: whichever comes second sees the other's word
            if (wanted.compareAndSet(word, bits, bits | bit)) {
                pending.incrementAndGet();
                return;
            }
            bits = wanted.getAcquire(word);
        }
    }

    /**
     * Takes all requests.
     *
     * @return number of destinations given to {@code each}
     */
    public int drain(final IntConsumer each) {
        // acquire pairs with the increment in request(), which follows the setting of the bit
        if (pending.getAcquire() == 0) {
            return 0;
        }
        pending.set(0);
        int drained = 0;
        for (int word = 0; word < wanted.length(); word++) {
            long bits = wanted.get(word) == 0 ? 0 : wanted.getAndSet(word, 0);
            while (bits != 0) {
                each.accept(word * Long.SIZE + Long.numberOfTrailingZeros(bits));
                bits &= bits - 1;
                drained++;
            }
        }
        return drained;
    }
}
