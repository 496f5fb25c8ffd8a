package io.ringvs.service;

import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * Packet counters: for each worker its own 64-byte row per counted object (a service, a destination, or the total), so
 * that workers never write to a line that another one writes.
 *
 * <pre>
 *   0  connections   8  packets in   16  packets out   24  bytes in   32  bytes out   (native u64)   40..63 unused
 * </pre>
 *
 * <p><b>Threading:</b> rows are allocated and released by the control thread; a worker adds to its own rows only, with
 * plain reads and opaque writes; any thread may sum. A sum is exact once the workers are quiet, and never torn per
 * counter (aligned 8-byte accesses).
 */
public final class Statistics implements AutoCloseable {
    /** The row of all traffic together. */
    public static final int TOTAL_ROW = 0;

    public static final int CONNECTIONS = 0;
    public static final int IN_PACKETS = 8;
    public static final int OUT_PACKETS = 16;
    public static final int IN_BYTES = 24;
    public static final int OUT_BYTES = 32;

    private static final int ROW_LENGTH = 64;

    private final int workers;
    private final int capacity;
    private final long allocation;
    private final long address;
    private final NumberPool rows;

    /** @param capacity counted objects at most; memory is touched only as rows are used */
    public Statistics(final int workers, final int capacity) {
        this.workers = workers;
        this.capacity = capacity;
        this.rows = new NumberPool(capacity);
        // malloc aligns to 16 bytes only; a row has to be one cache line
        this.allocation = UnsafeApi.allocateMemory(((long) workers * capacity + 1) * ROW_LENGTH);
        this.address = BitUtil.align(allocation, ROW_LENGTH);
        allocate();
    }

    /** Takes a free row number and zeroes its counters for every worker. */
    public int allocate() {
        final int row = rows.take();
        if (row == capacity) {
            throw new IllegalStateException("all " + capacity + " counter rows are in use");
        }
        for (int worker = 0; worker < workers; worker++) {
            UnsafeApi.setMemory(rowAddress(worker, row), ROW_LENGTH, (byte) 0);
        }
        return row;
    }

    /** Gives a row number back; no snapshot that a worker may still read can refer to it. */
    public void release(final int row) {
        rows.release(row);
    }

    public void countConnection(final int worker, final int row) {
        add(rowAddress(worker, row) + CONNECTIONS, 1);
    }

    /** @param bytes length of the packet at layer 3 */
    public void countIn(final int worker, final int row, final int bytes) {
        countIn(worker, row, 1, bytes);
    }

    /** Counts a run of packets at once. */
    public void countIn(final int worker, final int row, final long packets, final long bytes) {
        final long address = rowAddress(worker, row);
        add(address + IN_PACKETS, packets);
        add(address + IN_BYTES, bytes);
    }

    /** The rows of a worker, for {@link #countIn(long, int, int)}. */
    public long rows(final int worker) {
        return rowAddress(worker, 0);
    }

    /**
     * Counts a packet of a batch.
     *
     * @param rows  {@link #rows} of the worker
     * @param bytes length of the packet at layer 3
     */
    public static void countIn(final long rows, final int row, final int bytes) {
        final long address = rows + (long) row * ROW_LENGTH;
        add(address + IN_PACKETS, 1);
        add(address + IN_BYTES, bytes);
    }

    /** @param bytes length of the packet at layer 3 */
    public void countOut(final int worker, final int row, final int bytes) {
        final long address = rowAddress(worker, row);
        add(address + OUT_PACKETS, 1);
        add(address + OUT_BYTES, bytes);
    }

    /** Sum over all workers of one counter ({@link #CONNECTIONS} and so on) of a row. */
    public long sum(final int row, final int counter) {
        long sum = 0;
        for (int worker = 0; worker < workers; worker++) {
            sum += value(worker, row, counter);
        }
        return sum;
    }

    /** One counter of a row as one worker has counted it. */
    public long value(final int worker, final int row, final int counter) {
        return UnsafeApi.getLongOpaque(null, rowAddress(worker, row) + counter);
    }

    public int workers() {
        return workers;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(allocation);
    }

    private static void add(final long counter, final long amount) {
        // opaque: one writer, no ordering needed, but never torn nor kept in a register for a reader on another core
        UnsafeApi.putLongOpaque(null, counter, UnsafeApi.getLong(counter) + amount);
    }

    private long rowAddress(final int worker, final int row) {
        return address + ((long) worker * capacity + row) * ROW_LENGTH;
    }
}
