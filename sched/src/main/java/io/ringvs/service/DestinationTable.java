package io.ringvs.service;

import static io.ringvs.service.DestinationLayout.ACTIVE;
import static io.ringvs.service.DestinationLayout.ADDRESS;
import static io.ringvs.service.DestinationLayout.CONNECTION_FLAGS;
import static io.ringvs.service.DestinationLayout.FAMILY;
import static io.ringvs.service.DestinationLayout.FLAGS;
import static io.ringvs.service.DestinationLayout.FLAG_AVAILABLE;
import static io.ringvs.service.DestinationLayout.FLAG_OVERLOAD;
import static io.ringvs.service.DestinationLayout.GENERATION;
import static io.ringvs.service.DestinationLayout.LOWER_THRESHOLD;
import static io.ringvs.service.DestinationLayout.PERSISTENT;
import static io.ringvs.service.DestinationLayout.PORT;
import static io.ringvs.service.DestinationLayout.ROW_LENGTH;
import static io.ringvs.service.DestinationLayout.TOTAL;
import static io.ringvs.service.DestinationLayout.TUNNEL_TYPE;
import static io.ringvs.service.DestinationLayout.UPPER_THRESHOLD;
import static io.ringvs.service.DestinationLayout.WATCHED;
import static io.ringvs.service.DestinationLayout.WEIGHT;

import java.util.concurrent.atomic.AtomicReferenceArray;

import org.agrona.BitUtil;
import org.agrona.UnsafeApi;

/**
 * The live state of every real server, by destination id: connection counts, overload flag, weight.
 *
 * <p>An id stays with its destination for as long as the destination is configured or a connection refers to it, so a
 * connection that outlives a rule change still finds its row, as connections of a removed destination do in Linux
 * (its "trash"). The row moves no more than the id does.
 *
 * <p><b>Threading:</b> {@link #allocate}, {@link #configure}, {@link #setAvailable} and {@link #release} belong to the
 * control thread; counting and reading to any thread. Counters are changed by atomic adds, because two workers may hold
 * connections of one server; a reader may see them a moment old, which is all that a scheduler needs.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_conn.c} (bind, unbind) and {@code ip_vs_ctl.c} (overload).
 */
public final class DestinationTable implements AutoCloseable {
    /** "No destination" wherever an id is expected. */
    public static final int NONE = -1;

    private final int capacity;
    private final long allocation;
    private final long address;
    private final NumberPool ids;
    private int generations;
    /** By id, where to mark changes; read only where a row says that it is watched. */
    private final AtomicReferenceArray<CounterChanges> watches;

    /**
     * @param capacity destinations at most, removed ones with connections included; memory is touched only as ids are
     *                 used
     */
    public DestinationTable(final int capacity) {
        this.capacity = capacity;
        this.ids = new NumberPool(capacity);
        this.watches = new AtomicReferenceArray<>(capacity);
        // malloc aligns to 16 bytes only; a row has to be one cache line
        this.allocation = UnsafeApi.allocateMemory((long) (capacity + 1) * ROW_LENGTH);
        this.address = BitUtil.align(allocation, ROW_LENGTH);
    }

    /**
     * Takes a free id and zeroes its row.
     *
     * @throws IllegalStateException when all ids are in use
     */
    public int allocate() {
        final int id = ids.take();
        if (id == capacity) {
            throw new IllegalStateException("all " + capacity + " destination rows are in use");
        }
        UnsafeApi.setMemory(row(id), ROW_LENGTH, (byte) 0);
        UnsafeApi.putInt(row(id) + GENERATION, ++generations);
        return id;
    }

    /** Gives an id back; no connection may refer to it any more. */
    public void release(final int id) {
        ids.release(id);
        watches.set(id, null);
    }

    /**
     * From now on marks changes of a destination's counters and overload flag in {@code changes}, and nowhere else.
     * Changes that are not marked there are seen by who reads the counters after this call.
     */
    public void watch(final int id, final CounterChanges changes, final int position) {
        // Volatile stores, then the caller's reads of the counters. A worker that still loads the old position has
        // added to the counter before, so those reads see it, and its mark at that position does no harm.
        watches.set(id, changes);
        UnsafeApi.putIntVolatile(null, row(id) + WATCHED, position + 1);
    }

    /** Ends what {@link #watch} began, unless others are told of the destination by now. */
    public void unwatch(final int id, final CounterChanges changes) {
        if (watches.get(id) == changes) {
            UnsafeApi.putIntVolatile(null, row(id) + WATCHED, 0);
            watches.set(id, null);
        }
    }

    /** Whether no connection or template refers to the destination. */
    public boolean isIdle(final int id) {
        return totalConnections(id) == 0 && persistentConnections(id) == 0;
    }

    /**
     * Writes what the rules say of a destination. A raised or removed upper threshold clears the overload flag, were
     * there ever so many connections: the next one sets it again. A lowered one takes effect at the next connection.
     *
     * @param connectionFlags the flags every connection to it starts with (forwarding method and more)
     */
    public void configure(final int id, final DestinationConfig config, final int connectionFlags) {
        final long row = row(id);
        final IpAddress destination = config.address();
        UnsafeApi.putLong(row + ADDRESS, destination.word0());
        UnsafeApi.putLong(row + ADDRESS + 8, destination.word1());
        UnsafeApi.putShort(row + PORT, Short.reverseBytes((short) config.port()));
        UnsafeApi.putByte(row + FAMILY, (byte) destination.family().ipVersion());
        UnsafeApi.putByte(row + TUNNEL_TYPE, (byte) config.tunnel().type().ordinal());
        UnsafeApi.putInt(row + CONNECTION_FLAGS, connectionFlags);
        UnsafeApi.putIntVolatile(null, row + WEIGHT, config.weight());
        final int formerUpper = UnsafeApi.getInt(row + UPPER_THRESHOLD);
        UnsafeApi.putIntVolatile(null, row + LOWER_THRESHOLD, config.lowerThreshold());
        UnsafeApi.putIntVolatile(null, row + UPPER_THRESHOLD, config.upperThreshold());
        if (config.upperThreshold() == 0 || config.upperThreshold() > formerUpper) {
            setFlag(row, FLAG_OVERLOAD, false);
        }
    }

    public void setAvailable(final int id, final boolean available) {
        setFlag(row(id), FLAG_AVAILABLE, available);
    }

    /** Counts a new connection, and marks the destination overloaded when it has its upper threshold or more. */
    public void connectionBound(final int id, final boolean active) {
        final long row = row(id);
        if (active) {
            UnsafeApi.getAndAddInt(null, row + ACTIVE, 1);
        }
        final int total = UnsafeApi.getAndAddInt(null, row + TOTAL, 1) + 1;
        final int upper = UnsafeApi.getInt(row + UPPER_THRESHOLD);
        if (upper != 0 && Integer.compareUnsigned(total, upper) >= 0) {
            setFlag(row, FLAG_OVERLOAD, true);
        }
        markChange(row, id);
    }

    /** Counts a connection's end, and clears the overload flag when fewer than the lower threshold are left. */
    public void connectionUnbound(final int id, final boolean active) {
        final long row = row(id);
        if (active) {
            UnsafeApi.getAndAddInt(null, row + ACTIVE, -1);
        }
        final int total = UnsafeApi.getAndAddInt(null, row + TOTAL, -1) - 1;
        if ((UnsafeApi.getIntOpaque(null, row + FLAGS) & FLAG_OVERLOAD) != 0
            && total < lowerThreshold(row, UnsafeApi.getInt(row + UPPER_THRESHOLD))) {
            setFlag(row, FLAG_OVERLOAD, false);
        }
        markChange(row, id);
    }

    /** Counts a connection that became active (+1) or inactive (-1). */
    public void activeChanged(final int id, final int difference) {
        final long row = row(id);
        UnsafeApi.getAndAddInt(null, row + ACTIVE, difference);
        markChange(row, id);
    }

    /** Counts a template that began (+1) or ended (-1). Templates never count as connections. */
    public void templateChanged(final int id, final int difference) {
        UnsafeApi.getAndAddInt(null, row(id) + PERSISTENT, difference);
    }

    public int activeConnections(final int id) {
        return UnsafeApi.getIntOpaque(null, row(id) + ACTIVE);
    }

    public int totalConnections(final int id) {
        return UnsafeApi.getIntOpaque(null, row(id) + TOTAL);
    }

    /** Total less active, not below zero: the two are read one after the other. */
    public int inactiveConnections(final int id) {
        return Math.max(totalConnections(id) - activeConnections(id), 0);
    }

    public int persistentConnections(final int id) {
        return UnsafeApi.getIntOpaque(null, row(id) + PERSISTENT);
    }

    public int weight(final int id) {
        return UnsafeApi.getIntOpaque(null, row(id) + WEIGHT);
    }

    public boolean isOverloaded(final int id) {
        return (UnsafeApi.getIntOpaque(null, row(id) + FLAGS) & FLAG_OVERLOAD) != 0;
    }

    /** False once the destination was removed from its service. */
    public boolean isAvailable(final int id) {
        return (UnsafeApi.getIntOpaque(null, row(id) + FLAGS) & FLAG_AVAILABLE) != 0;
    }

    /** Tells destinations that had the same id one after the other apart. */
    public int generation(final int id) {
        return UnsafeApi.getIntOpaque(null, row(id) + GENERATION);
    }

    /** The flags a new connection to this destination starts with. */
    public int connectionFlags(final int id) {
        return UnsafeApi.getInt(row(id) + CONNECTION_FLAGS);
    }

    public IpAddress address(final int id) {
        final long row = row(id);
        return IpAddress.ofWords(
            UnsafeApi.getByte(row + FAMILY) == 4 ? Family.IPV4 : Family.IPV6,
            UnsafeApi.getLong(row + ADDRESS), UnsafeApi.getLong(row + ADDRESS + 8));
    }

    /** First wire word of the address. */
    public long addressWord0(final int id) {
        return UnsafeApi.getLong(row(id) + ADDRESS);
    }

    /** Second wire word of the address. */
    public long addressWord1(final int id) {
        return UnsafeApi.getLong(row(id) + ADDRESS + Long.BYTES);
    }

    /** Port in host order. */
    public int port(final int id) {
        return Short.reverseBytes(UnsafeApi.getShort(row(id) + PORT)) & 0xffff;
    }

    /** Port as the two bytes of a wire field, natively loaded. */
    public short wirePort(final int id) {
        return UnsafeApi.getShort(row(id) + PORT);
    }

    public int capacity() {
        return capacity;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(allocation);
    }

    private void markChange(final long row, final int id) {
        // volatile, after the counter's atomic add: pairs with the stores in watch()
        final int watched = UnsafeApi.getIntVolatile(null, row + WATCHED);
        if (watched != 0) {
            final CounterChanges changes = watches.get(id);
            if (changes != null) {
                changes.mark(watched - 1);
            }
        }
    }

    /** The lower threshold in force: as configured, or else three quarters of the upper one, rounded up. */
    private static long lowerThreshold(final long row, final int upper) {
        final int lower = UnsafeApi.getInt(row + LOWER_THRESHOLD);
        return Integer.toUnsignedLong(lower != 0 ? lower : upper - (upper >>> 2));
    }

    private static void setFlag(final long row, final int flag, final boolean on) {
        // atomic: a worker may set OVERLOAD while the control thread clears AVAILABLE in the same word
        if (on) {
            UnsafeApi.getAndBitwiseOrInt(null, row + FLAGS, flag);
        } else {
            UnsafeApi.getAndBitwiseAndInt(null, row + FLAGS, ~flag);
        }
    }

    private long row(final int id) {
        return address + (long) id * ROW_LENGTH;
    }
}
