package io.ringvs.fastpath;

import java.util.concurrent.TimeUnit;

import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;

import org.agrona.UnsafeApi;

/**
 * Puts packets together from their fragments, in any order, since only the whole packet names its ports everywhere.
 *
 * <p>Fragments are copied, so that none holds a frame of the UMEM. When all places are taken, the packet that has
 * waited longest for its fragments makes room for a new one. A fragment that overlaps another one ends its packet; a
 * repeated one is ignored.
 *
 * <p>All fragments of a packet reach the same worker: a network interface that spreads packets by their ports spreads
 * fragments by their addresses alone.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_frag_queue and ip_frag_reasm of Linux 6.1 {@code net/ipv4/ip_fragment.c}, nf_ct_frag6_gather of
 * {@code net/ipv6/netfilter/nf_conntrack_reasm.c}; RFC 791 section 3.2, RFC 8200 section 4.5, RFC 3168 section 5.3, RFC
 * 5722.
 */
final class Reassembly implements AutoCloseable {
    /** Results of {@link #add} other than a place. */
    static final int WAITING = -1;
    static final int REFUSED = -2;

    /** How long fragments wait for the others of their packet, in nanoseconds. */
    static final long TIMEOUT_IPV4_NS = TimeUnit.SECONDS.toNanos(30);
    static final long TIMEOUT_IPV6_NS = TimeUnit.SECONDS.toNanos(60);

    private static final byte INCOMPLETE = Verdict.DROP_INCOMPLETE.code();
    private static final int MIN_MTU_IPV6 = 1280;
    private static final int UNIT = 8;
    private static final int NONE = -1;
    private static final int MAX_PAYLOAD = 0xffff;
    private static final int CONGESTION_BITS = 0x3;
    private static final int CONGESTION_EXPERIENCED = 0x3;
    /** In {@link Datagrams#congestion}: a fragment whose sender knows no congestion codes, among others that do. */
    private static final int NOT_CAPABLE = 1;
    private static final int EXPERIENCED = 1 << CONGESTION_EXPERIENCED;
    /** Of a packet that is whole: it has its place until it is sent. */
    private static final long NEVER = Long.MAX_VALUE;

    private final Datagrams datagrams = new Datagrams();
    private final WorkerCounters counters;
    private long nowNs;
    private int waiting;

    Reassembly(final WorkerCounters counters) {
        this.counters = counters;
    }

    /** Packets of which fragments wait for others. */
    int waiting() {
        return waiting;
    }

    /**
     * Takes a fragment.
     *
     * @param frame   pointer to its frame's first byte
     * @param headers its {@link ParsedHeaders}: the transport offset is that of the fragment's payload
     * @return the place of the packet if it is whole now, {@link #WAITING} or {@link #REFUSED}
     */
    int add(final long frame, final long headers, final long currentNs) {
        nowNs = currentNs;
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        final int field = ipv6 ? Ipv6Header.offsetAndMore(fragmentHeader(frame, headers))
            : Ipv4Header.fragmentField(frame + ParsedHeaders.networkOffset(headers));
        final int offset = ipv6 ? field & ~(UNIT - 1) : (field & Ipv4Header.OFFSET_MASK) * UNIT;
        final boolean more = ipv6 ? (field & 1) != 0 : (field & Ipv4Header.MORE_FRAGMENTS) != 0;
        final int length = ParsedHeaders.frameLength(headers) - ParsedHeaders.transportOffset(headers);
        if (ipv6 && more && (length % UNIT != 0 || ParsedHeaders.networkLength(headers) < MIN_MTU_IPV6)
            || headersLength(headers) > Datagrams.MAX_HEADERS) {
            return REFUSED;
        }
        final int place = placeFor(frame, headers);
        if (place == NONE) {
            return REFUSED;
        }
        final int taken = more ? length / UNIT * UNIT : length;
        if (!fits(place, offset, taken, more)) {
            return refuse(place);
        }
        final int before = datagrams.mark(place, offset, taken);
        if (before != 0) {
            return before == Datagrams.units(taken) ? REFUSED : refuse(place);
        }
        store(place, frame, headers, offset, taken);
        return datagrams.isComplete(place) ? finish(place, ipv6) : WAITING;
    }

    /** Whether a fragment's end agrees with what is known of the packet's; remembers what it tells. */
    private boolean fits(final int place, final int offset, final int length, final boolean more) {
        final int end = offset + length;
        final int known = datagrams.ends[place];
        final boolean closed = datagrams.lastSeen[place];
        if (length == 0 || end > MAX_PAYLOAD
            || (more ? closed && end > known : end < known || closed && end != known)) {
            return false;
        }
        datagrams.ends[place] = Math.max(end, known);
        datagrams.lastSeen[place] = closed || !more;
        return true;
    }

    private void store(
        final int place, final long frame, final long headers, final int offset, final int length) {
        final int from = ParsedHeaders.transportOffset(headers);
        UnsafeApi.copyMemory(frame + from, datagrams.payload(place) + offset, length);
        datagrams.received[place] += length;
        final long network = frame + ParsedHeaders.networkOffset(headers);
        final int size = ParsedHeaders.networkLength(headers);
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        datagrams.largest[place] = Math.max(datagrams.largest[place], size);
        if (!ipv6 && Ipv4Header.mustNotFragment(network)) {
            datagrams.largestWhole[place] = Math.max(datagrams.largestWhole[place], size);
        }
        final int service = ipv6 ? Ipv6Header.trafficClass(network) : Ipv4Header.typeOfService(network);
        datagrams.congestion[place] |= 1 << (service & CONGESTION_BITS);
        if (offset == 0) {
            datagrams.headersLengths[place] = headersLength(headers);
            datagrams.linkLengths[place] = ParsedHeaders.networkOffset(headers);
            UnsafeApi.copyMemory(frame, datagrams.frame(place), headersLength(headers));
            if (ipv6) {
                Ipv6Header.replaceFragmentNumber(
                    datagrams.frame(place) + ParsedHeaders.networkOffset(headers), ParsedHeaders.protocol(headers));
            }
        }
    }

    /** Bytes before the payload once the fragment header is gone. */
    private static int headersLength(final long headers) {
        final int offset = ParsedHeaders.transportOffset(headers);
        return ParsedHeaders.isIpv6(headers) ? offset - Ipv6Header.MIN_EXTENSION_LENGTH : offset;
    }

    private static long fragmentHeader(final long frame, final long headers) {
        return frame + ParsedHeaders.transportOffset(headers) - Ipv6Header.MIN_EXTENSION_LENGTH;
    }

    private int finish(final int place, final boolean ipv6) {
        final int seen = datagrams.congestion[place];
        if ((seen & NOT_CAPABLE) != 0 && seen != NOT_CAPABLE) {
            return refuse(place);
        }
        final int added = (seen & EXPERIENCED) != 0 ? CONGESTION_EXPERIENCED : 0;
        if (!(ipv6 ? datagrams.finishIpv6(place, added) : datagrams.finishIpv4(place, added))) {
            return refuse(place);
        }
        waiting--;
        datagrams.tags[place] = Datagrams.WHOLE;
        datagrams.deadlinesNs[place] = NEVER;
        return place;
    }

    /**
     * The place of a fragment's packet, a new one if it is the packet's first to come; {@link #NONE} if there is none.
     */
    private int placeFor(final long frame, final long headers) {
        final long network = frame + ParsedHeaders.networkOffset(headers);
        return ParsedHeaders.isIpv6(headers)
            ? placeFor(UnsafeApi.getLong(network + Ipv6Header.SOURCE),
                UnsafeApi.getLong(network + Ipv6Header.SOURCE + Long.BYTES),
                UnsafeApi.getLong(network + Ipv6Header.DESTINATION),
                UnsafeApi.getLong(network + Ipv6Header.DESTINATION + Long.BYTES),
                Ipv6Header.identification(fragmentHeader(frame, headers)), TIMEOUT_IPV6_NS)
            : placeFor(Ipv4Header.sourceWord(network), Ipv4Header.destinationWord(network), 0, 0,
                1L << Integer.SIZE | (long)ParsedHeaders.protocol(headers) << Short.SIZE
                    | Ipv4Header.identification(network), TIMEOUT_IPV4_NS);
    }

    private int placeFor(
        final long w0, final long w1, final long w2, final long w3, final long w4, final long timeoutNs) {
        final long tag = Datagrams.tag(w0, w1, w2, w3, w4);
        int free = NONE;
        int oldest = NONE;
        for (int place = 0; place < Datagrams.CAPACITY; place++) {
            if (datagrams.tags[place] == tag && isKey(place, w0, w1, w2, w3, w4) && !isOver(place)) {
                return place;
            }
            if (datagrams.tags[place] != 0 && isOver(place)) {
                give(place);
            }
            if (datagrams.tags[place] == 0) {
                free = place;
            } else if (oldest == NONE || datagrams.deadlinesNs[place] < datagrams.deadlinesNs[oldest]) {
                oldest = place;
            }
        }
        if (free == NONE) {
            if (datagrams.deadlinesNs[oldest] == NEVER) {
                return NONE;
            }
            give(oldest);
            free = oldest;
        }
        datagrams.begin(free, tag, nowNs + timeoutNs);
        final int key = free * Datagrams.KEY_WORDS;
        datagrams.keys[key] = w0;
        datagrams.keys[key + 1] = w1;
        datagrams.keys[key + 2] = w2;
        datagrams.keys[key + 3] = w3;
        datagrams.keys[key + 4] = w4;
        waiting++;
        return free;
    }

    private boolean isKey(
        final int place, final long w0, final long w1, final long w2, final long w3, final long w4) {
        final int key = place * Datagrams.KEY_WORDS;
        return datagrams.keys[key] == w0 && datagrams.keys[key + 1] == w1 && datagrams.keys[key + 2] == w2
            && datagrams.keys[key + 3] == w3 && datagrams.keys[key + 4] == w4;
    }

    private boolean isOver(final int place) {
        return datagrams.deadlinesNs[place] != NEVER && datagrams.deadlinesNs[place] - nowNs <= 0;
    }

    private int refuse(final int place) {
        give(place);
        return REFUSED;
    }

    /** Gives up a packet that waits for fragments. */
    private void give(final int place) {
        datagrams.free(place);
        waiting--;
        counters.count(INCOMPLETE, 1);
    }

    /** Pointer to the frame of a whole packet. */
    long frame(final int place) {
        return datagrams.frame(place);
    }

    /** Length of that frame, in bytes. */
    int frameLength(final int place) {
        return datagrams.headersLengths[place] + datagrams.ends[place];
    }

    /** Layer 3 bytes of the largest fragment that a whole packet came in. */
    int largestFragment(final long frame) {
        return datagrams.largest[datagrams.placeOf(frame)];
    }

    /** Frees the place of a whole packet, given a pointer to its frame. */
    void release(final long frame) {
        datagrams.free(datagrams.placeOf(frame));
    }

    @Override
    public void close() {
        datagrams.close();
    }
}
