package io.ringvs.fastpath;

import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;

import org.agrona.UnsafeApi;

/**
 * Memory of the packets that are put together from fragments: a fixed number of places, each with room for the largest
 * packet.
 *
 * <pre>
 *   place      0  bitmap, 1024 bytes: bit n says that the payload's bytes 8n to 8n+7 are there
 *           1024  room for outer headers, then the packet's own headers, ending where the payload begins
 *           2048  payload, 64 KiB
 * </pre>
 *
 * <p>The memory is virtual until it is used, and small packets use little of it.
 *
 * <p><b>Threading:</b> one worker.
 */
final class Datagrams implements AutoCloseable {
    /** Packets put together at a time. */
    static final int CAPACITY = 256;
    /** Bytes of link layer and IP headers of one packet at most. */
    static final int MAX_HEADERS = 512;
    /** Words of a packet's key: addresses, and identification with what else tells packets apart. */
    static final int KEY_WORDS = 5;

    /** {@link #tags} of a packet that is whole, to which no fragment belongs any more; tags of keys are odd. */
    static final long WHOLE = 2;

    private static final int UNIT = 8;
    private static final int BITMAP_BYTES = (1 << Short.SIZE) / UNIT / Byte.SIZE;
    private static final int PAYLOAD = 2 * BITMAP_BYTES;
    private static final int PLACE_BYTES = PAYLOAD + (1 << Short.SIZE);
    private static final long GOLDEN_RATIO = 0x9e3779b97f4a7c15L;
    private static final long MAX_LENGTH = 0xffff;

    private final long memory = UnsafeApi.allocateMemory((long)CAPACITY * PLACE_BYTES);

    /** A hash of the packet's key, 0 of a place that is free. */
    final long[] tags = new long[CAPACITY];
    /** Words of addresses and identification, {@link #KEY_WORDS} of each place. */
    final long[] keys = new long[CAPACITY * KEY_WORDS];
    /** When the place is given up. */
    final long[] deadlinesNs = new long[CAPACITY];
    /** Payload bytes there. */
    final int[] received = new int[CAPACITY];
    /** End of the payload as far as it is known, in bytes. */
    final int[] ends = new int[CAPACITY];
    /** Whether the last fragment came, so that the end is known. */
    final boolean[] lastSeen = new boolean[CAPACITY];
    /** Bytes of the headers before the payload, 0 until the first fragment came. */
    final int[] headersLengths = new int[CAPACITY];
    /** Bytes of those that are link layer. */
    final int[] linkLengths = new int[CAPACITY];
    /** Layer 3 bytes of the largest fragment, and of the largest that is not to be divided. */
    final int[] largest = new int[CAPACITY];
    final int[] largestWhole = new int[CAPACITY];
    /** Bit n: a fragment had the congestion code n. */
    final int[] congestion = new int[CAPACITY];

    static long tag(final long w0, final long w1, final long w2, final long w3, final long w4) {
        long hash = w0 * GOLDEN_RATIO;
        hash = (Long.rotateLeft(hash, 31) ^ w1) * GOLDEN_RATIO;
        hash = (Long.rotateLeft(hash, 31) ^ w2) * GOLDEN_RATIO;
        hash = (Long.rotateLeft(hash, 31) ^ w3) * GOLDEN_RATIO;
        hash = (Long.rotateLeft(hash, 31) ^ w4) * GOLDEN_RATIO;
        return hash | 1;
    }

    /** Takes a place for a new packet. */
    void begin(final int place, final long tag, final long deadlineNs) {
        tags[place] = tag;
        deadlinesNs[place] = deadlineNs;
        received[place] = 0;
        ends[place] = 0;
        lastSeen[place] = false;
        headersLengths[place] = 0;
        largest[place] = 0;
        largestWhole[place] = 0;
        congestion[place] = 0;
        UnsafeApi.setMemory(place(place), BITMAP_BYTES, (byte)0);
    }

    void free(final int place) {
        tags[place] = 0;
    }

    private long place(final int place) {
        return memory + (long)place * PLACE_BYTES;
    }

    /** Pointer to where a packet's payload begins. */
    long payload(final int place) {
        return place(place) + PAYLOAD;
    }

    /** Pointer to the first byte of a packet's frame. */
    long frame(final int place) {
        return payload(place) - headersLengths[place];
    }

    /** The place that a pointer into it belongs to. */
    int placeOf(final long pointer) {
        return (int)((pointer - memory) / PLACE_BYTES);
    }

    /**
     * Marks payload bytes as there.
     *
     * @return units of 8 bytes that were there before
     */
    int mark(final int place, final int offset, final int length) {
        int before = 0;
        for (int unit = offset / UNIT; unit < (offset + length + UNIT - 1) / UNIT; unit++) {
            final long word = place(place) + (unit >>> 6) * (long)Long.BYTES;
            final long bits = UnsafeApi.getLong(word);
            before += (int)(bits >>> unit) & 1;
            UnsafeApi.putLong(word, bits | 1L << unit);
        }
        return before;
    }

    static int units(final int length) {
        return (length + UNIT - 1) / UNIT;
    }

    boolean isComplete(final int place) {
        return lastSeen[place] && headersLengths[place] != 0 && received[place] == ends[place];
    }

    /** Completes the header of an IPv4 packet. Returns false if the packet is longer than one may be. */
    boolean finishIpv4(final int place, final int congestionExperienced) {
        final long header = frame(place) + linkLengths[place];
        final int length = headersLengths[place] - linkLengths[place] + ends[place];
        if (length > MAX_LENGTH) {
            return false;
        }
        Ipv4Header.whole(header, length, largestWhole[place] == largest[place], congestionExperienced);
        return true;
    }

    /** Completes the header of an IPv6 packet, whose fragment header is gone. Returns false likewise. */
    boolean finishIpv6(final int place, final int congestionExperienced) {
        final int length = headersLengths[place] - linkLengths[place] - Ipv6Header.LENGTH + ends[place];
        if (length > MAX_LENGTH) {
            return false;
        }
        Ipv6Header.whole(frame(place) + linkLengths[place], length, congestionExperienced);
        return true;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(memory);
    }
}
