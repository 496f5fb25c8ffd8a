package io.ringvs.conntab;

import org.agrona.UnsafeApi;

/**
 * Where the table's big regions come from. The director gives one that maps fresh pages and advises huge ones, so that
 * ten million connections start at once and cost memory only as they come.
 *
 * <p><b>Threading:</b> called while a table is made and closed, by one thread.
 */
public interface TableMemory {
    /** Length of a huge page: 2 MiB. */
    long HUGE_PAGE = 2L << 20;

    /**
     * Takes a zeroed region that begins at a huge page's boundary and is visited at random.
     *
     * @param length in bytes
     * @throws IllegalStateException when there is no such memory; says how much was asked for
     */
    long reserveZeroed(long length);

    /**
     * Takes a region that begins at a 64-byte boundary, with any content. Much of it may never be used, and should then
     * cost no memory.
     *
     * @param length in bytes
     * @throws IllegalStateException when there is no such memory; says how much was asked for
     */
    long reserve(long length);

    /** Gives a region back, with the length it was reserved with. */
    void release(long address, long length);

    /** Memory of the process's own allocator, zeroed by hand. For tests and tools: zeroing touches all of it. */
    static TableMemory ofProcess() {
        return new ProcessMemory();
    }

    /** Over-allocates, aligns, and keeps the allocator's address in front of the region. */
    final class ProcessMemory implements TableMemory {
        private ProcessMemory() {
        }

        @Override
        public long reserveZeroed(final long length) {
            final long region = aligned(length, HUGE_PAGE);
            UnsafeApi.setMemory(region, length, (byte) 0);
            return region;
        }

        @Override
        public long reserve(final long length) {
            return aligned(length, ConnectionLayout.LENGTH);
        }

        private static long aligned(final long length, final long alignment) {
            final long allocated = UnsafeApi.allocateMemory(length + alignment + Long.BYTES);
            final long region = allocated + Long.BYTES + alignment - 1 & -alignment;
            UnsafeApi.putLong(region - Long.BYTES, allocated);
            return region;
        }

        @Override
        public void release(final long address, final long length) {
            UnsafeApi.freeMemory(UnsafeApi.getLong(address - Long.BYTES));
        }
    }
}
