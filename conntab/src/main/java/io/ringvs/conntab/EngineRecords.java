package io.ringvs.conntab;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

import org.agrona.UnsafeApi;

/**
 * What persistence engines found in packets (a Call-ID), one 288-byte record for each template that has such data.
 *
 * <pre>
 *    0  virtual address    16 bytes: in the template's key stands a hash of it and the data instead
 *   16  length u32         of the data, in bytes
 *   20  next free u32      while the record is nobody's
 *   24  data               at most 255 bytes
 * </pre>
 *
 * The number of records is bounded; memory is touched only as they are used.
 *
 * <p><b>Threading:</b> any worker allocates and frees. A record is written before its template becomes visible, and
 * freed after the grace period of its removal, so whoever found the template may read it.
 */
final class EngineRecords implements AutoCloseable {
    static final int LENGTH = 288;
    static final int MAX_DATA = 255;
    /** No record. */
    static final int NONE = 0;

    static final int VIRTUAL_ADDRESS = 0;
    private static final int DATA_LENGTH = 16;
    private static final int NEXT = 20;
    private static final int DATA = 24;

    private static final int MIN_RECORDS = 1024;
    private static final int MAX_RECORDS = 1 << 20;
    private static final int SHARE_OF_CONNECTIONS = 8;
    private static final long TAG = 1L << 32;

    private final TableMemory memory;
    private final int capacity;
    private final long base;
    private final AtomicInteger fresh = new AtomicInteger();
    /** Number of the first free record; above it a tag that grows with each change, so that no CAS is fooled. */
    private final AtomicLong free = new AtomicLong();

    EngineRecords(final int maxConnections, final TableMemory memory) {
        this.memory = memory;
        this.capacity = Math.max(MIN_RECORDS, Math.min(maxConnections / SHARE_OF_CONNECTIONS, MAX_RECORDS));
        this.base = memory.reserve((long) (capacity + 1) * LENGTH);
    }

    long address(final int record) {
        return base + (long) record * LENGTH;
    }

    /** Takes a record, or {@link #NONE} when all are in use. */
    int allocate() {
        long head = free.get();
        while ((int) head != NONE) {
            final int next = UnsafeApi.getIntOpaque(null, address((int) head) + NEXT);
            // CAS: the tag tells whether another took the record meanwhile, and with it the meaning of next
            if (free.compareAndSet(head, (head & -TAG) + TAG | next)) {
                return (int) head;
            }
            head = free.get();
        }
        int used = fresh.get();
        while (used < capacity && !fresh.compareAndSet(used, used + 1)) {
            used = fresh.get();
        }
        return used < capacity ? used + 1 : NONE;
    }

    void free(final int record) {
        long head;
        do {
            head = free.get();
            UnsafeApi.putIntOpaque(null, address(record) + NEXT, (int) head);
            // CAS pairs with the one in allocate(): who takes the record sees its next
        } while (!free.compareAndSet(head, (head & -TAG) + TAG | record));
    }

    void write(final int record, final NewConnection wanted) {
        final long address = address(record);
        UnsafeApi.putLong(address + VIRTUAL_ADDRESS, wanted.engineVirtual0);
        UnsafeApi.putLong(address + VIRTUAL_ADDRESS + Long.BYTES, wanted.engineVirtual1);
        UnsafeApi.putInt(address + DATA_LENGTH, wanted.engineLength);
        UnsafeApi.copyMemory(wanted.engineData, address + DATA, wanted.engineLength);
    }

    /** Whether a record has exactly these bytes. */
    boolean hasData(final int record, final long data, final int length) {
        final long address = address(record);
        if (UnsafeApi.getInt(address + DATA_LENGTH) != length) {
            return false;
        }
        for (int i = 0; i < length; i++) {
            if (UnsafeApi.getByte(address + DATA + i) != UnsafeApi.getByte(data + i)) {
                return false;
            }
        }
        return true;
    }

    /** The data of a record, or of a copy of one. */
    static String text(final long address) {
        final byte[] bytes = new byte[Math.min(UnsafeApi.getInt(address + DATA_LENGTH) & 0xff, MAX_DATA)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = UnsafeApi.getByte(address + DATA + i);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() {
        memory.release(base, (long) (capacity + 1) * LENGTH);
    }
}
