package io.ringvs.snapshot;

import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntFunction;

/**
 * The next state of a table of references that is kept in chunks: only chunks that change are copied, the others are
 * those of the former state. So a change costs some kilobytes however long the table is, and a reader pays one load
 * from the list of chunks, which stays in its first-level cache: {@code chunks[index >>> BITS][index & MASK]}.
 *
 * <p><b>Threading:</b> one thread; what {@link #chunks} returned is never written to again.
 */
final class ChunkedCopy<T> {
    /** Of 512 references: chunk and list of chunks are about as long with a hundred thousand. */
    static final int BITS = 9;
    static final int MASK = (1 << BITS) - 1;

    private final IntFunction<T[]> allocator;
    private final BitSet copied = new BitSet();
    private T[][] chunks;

    /** @param allocator makes a chunk of null references */
    ChunkedCopy(final T[][] former, final IntFunction<T[]> allocator) {
        this.chunks = former.clone();
        this.allocator = allocator;
    }

    T get(final int index) {
        final int chunk = index >>> BITS;
        return chunk < chunks.length ? chunks[chunk][index & MASK] : null;
    }

    /** Writes to an index below {@link #grow}'s. */
    void set(final int index, final T value) {
        final int chunk = index >>> BITS;
        if (!copied.get(chunk)) {
            copied.set(chunk);
            chunks[chunk] = chunks[chunk].clone();
        }
        chunks[chunk][index & MASK] = value;
    }

    /** Makes the table at least so long; a table shorter than a chunk has one as short. */
    void grow(final int length) {
        final int before = chunks.length;
        final int wanted = length + MASK >>> BITS;
        if (wanted > before) {
            chunks = Arrays.copyOf(chunks, wanted);
            for (int chunk = before; chunk < wanted; chunk++) {
                chunks[chunk] = allocator.apply(Math.min(length, 1 << BITS));
                copied.set(chunk);
            }
        }
    }

    /** Forgets all that is in it, and makes it so long. */
    void reset(final int length) {
        chunks = Arrays.copyOf(chunks, 0);
        copied.clear();
        grow(length);
    }

    T[][] chunks() {
        copied.clear();
        return chunks;
    }
}
