package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CLIENT_ADDRESS;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.DESTINATION;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.PORTS;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.life;

import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.LocalAddressTable;
import org.agrona.UnsafeApi;

/**
 * The second index of the connection table: finds the connection that a real server's answer belongs to, by what the
 * server knows of it. Only connections whose answers are translated (NAT, FULLNAT) are in it.
 *
 * <pre>
 *   key     peer address, peer port, server address, server port, protocol, family
 *   bucket  64 bytes: 7 entries u64, then u64 "passed": how many connections stand further on because they found this
 *           bucket full
 *   entry   slot + 1 in the low half, tag in the high half; 0 is free
 * </pre>
 *
 * <p>The peer is whom the server answers: the client, or with FULLNAT the connection's local end, which is in its cold
 * line.
 *
 * <p>A connection stands in its home bucket, or in the first one behind it with a free entry. A lookup goes on to the
 * next bucket only while "passed" is not 0, so it nearly always reads one bucket and, if the tag is right, the
 * connection's line, which has the key.
 *
 * <p><b>Insert and remove.</b> The entry is made while the connection is still TENTATIVE, and taken away after it is
 * REMOVED and before its slot is retired; between the two a slot is always in the index. Entries change by CAS only,
 * so each belongs to one connection. "Passed" is raised in every bucket that an insert found full before it goes on to
 * the next, and lowered only after the entry further on is gone: who can reach the entry's bucket from home, can do so
 * for as long as the entry is there. A lookup that comes in between finds nothing, as if it had come a moment earlier
 * or later; one that finds the entry still asks the line whether it is LIVE and has the key. That answer holds until
 * the worker's next quiescent state, since the slot is not given to another connection before.
 *
 * <p><b>Threading:</b> any number of threads that announce quiescent states.
 *
 * <p><b>Source:</b> ip_vs_conn_out_get of Linux 6.1 {@code ip_vs_conn.c}. Where several connections have the same key
 * (a client that reaches one server by two virtual services from one port), Linux finds the youngest; here it is one of
 * them.
 */
final class ReplyIndex implements AutoCloseable {
    static final int ENTRIES = 7;
    private static final int SHIFT = 6;
    private static final int PASSED = ENTRIES * Long.BYTES;
    /** One bucket for so many connections at most: 4 of 7 entries are in use, and one bucket in twenty overflows. */
    private static final int CONNECTIONS_PER_BUCKET = 4;
    private static final int MIN_BUCKETS = 64;
    /** Of a ports word: protocol and family; the other bits of the kind are marks. */
    private static final long PROTOCOL_AND_FAMILY = 0x0fff_0000_0000L;
    private static final long PORT = 0xffffL;
    private static final long SLOT_MASK = 0xffff_ffffL;
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();

    private final ConnectionTable connections;
    private final FlowTable flows;
    private final DestinationTable destinations;
    private final LocalAddressTable localAddresses;
    private final TableMemory memory;
    private final int buckets;
    private final long base;
    /** Connections in the index. Every look at a batch begins here; changed only as connections come and go. */
    private final AtomicInteger size = new AtomicInteger();

    ReplyIndex(final int maxConnections, final ConnectionTable connections, final TableMemory memory) {
        this.connections = connections;
        this.flows = connections.flows();
        this.destinations = connections.destinations();
        this.localAddresses = connections.localAddresses();
        this.memory = memory;
        this.buckets = Math.max(MIN_BUCKETS, maxConnections / CONNECTIONS_PER_BUCKET + 1);
        this.base = memory.reserveZeroed((long) buckets << SHIFT);
    }

    /** Whether a connection is in the index: answers of its real server have to be found again. */
    static boolean has(final int destination, final int flags) {
        final int method = flags & (ConnectionFlags.FORWARDING_MASK | ConnectionFlags.TEMPLATE);
        return (method == ForwardingMethod.NAT.value() || method == FULLNAT)
            && destination != DestinationTable.NONE;
    }

    /** Whether there is nothing to be found; costs one load. */
    boolean isEmpty() {
        // opaque: a connection's own answers come after its insert, by way of the real server
        return size.getOpaque() == 0;
    }

    /**
     * Enters a claimed slot whose lines are filled in.
     *
     * @param flags that its connection has or is to have
     * @return false if there is no room
     */
    boolean add(final int slot, final int flags) {
        final long hash = hashOf(slot, flags);
        final long entry = entry(hash, slot);
        int bucket = home(hash);
        for (int passed = 0; passed < buckets; passed++) {
            final long address = address(bucket);
            for (int index = 0; index < ENTRIES; index++) {
                // CAS: claims the entry; its line is released to lookups by the CAS to LIVE, which comes later
                if (UnsafeApi.getLongOpaque(null, address + index * Long.BYTES) == 0
                    && UnsafeApi.compareAndSetLong(null, address + index * Long.BYTES, 0, entry)) {
                    size.incrementAndGet();
                    return true;
                }
            }
            // a full barrier before the next bucket is tried: who sees the entry there sees that this one was passed
            UnsafeApi.getAndAddLong(null, address + PASSED, 1);
            bucket = next(bucket);
        }
        lower(home(hash), buckets);
        return false;
    }

    /** Takes away a slot, if it is here, whose lines still have its key. */
    void remove(final int slot, final int flags) {
        final long hash = hashOf(slot, flags);
        final long entry = entry(hash, slot);
        int bucket = home(hash);
        for (int passed = 0; passed < buckets; passed++) {
            final long address = address(bucket);
            for (int index = 0; index < ENTRIES; index++) {
                if (UnsafeApi.getLongOpaque(null, address + index * Long.BYTES) == entry
                    && UnsafeApi.compareAndSetLong(null, address + index * Long.BYTES, entry, 0)) {
                    lower(home(hash), passed);
                    size.decrementAndGet();
                    return;
                }
            }
            // as in a lookup: nothing of this home stands further on
            if (UnsafeApi.getLongAcquire(null, address + PASSED) == 0) {
                return;
            }
            bucket = next(bucket);
        }
    }

    private void lower(final int home, final int passed) {
        int bucket = home;
        for (int count = 0; count < passed; count++) {
            // comes after the CAS that freed the entry further on, which is a full barrier
            UnsafeApi.getAndAddLong(null, address(bucket) + PASSED, -1);
            bucket = next(bucket);
        }
    }

    /**
     * Looks up every packet of the batch that has a flow but no connection, in stages: hash all; touch all buckets;
     * find the candidates and touch their lines; compare. What is found becomes the entry's slot as {@link
     * FlowLayout#ofReply}.
     */
    void lookup(final FlowBatch batch) {
        final long list = batch.displaced();
        int count = 0;
        for (int index = 0; index < batch.size(); index++) {
            final long flow = batch.entry(index);
            if (UnsafeApi.getInt(flow + FlowLayout.SLOT) == FlowLayout.NOT_FOUND
                && UnsafeApi.getLong(flow + FlowLayout.PORTS) != 0) {
                UnsafeApi.putLong(flow + FlowLayout.HASH, hashOfAnswer(flow));
                UnsafeApi.putInt(list + (long) count * Integer.BYTES, index);
                count++;
            }
        }
        touchBuckets(batch, list, count);
        for (int number = 0; number < count; number++) {
            final int index = UnsafeApi.getInt(list + (long) number * Integer.BYTES);
            batch.slot(index, find(batch.entry(index), UnsafeApi.getLong(batch.entry(index) + FlowLayout.HASH)));
        }
    }

    private void touchBuckets(final FlowBatch batch, final long list, final int count) {
        long sum = 0;
        for (int number = 0; number < count; number++) {
            final long flow = batch.entry(UnsafeApi.getInt(list + (long) number * Integer.BYTES));
            sum += UnsafeApi.getLong(address(home(UnsafeApi.getLong(flow + FlowLayout.HASH))));
        }
        for (int number = 0; number < count; number++) {
            final long hash = UnsafeApi.getLong(
                batch.entry(UnsafeApi.getInt(list + (long) number * Integer.BYTES)) + FlowLayout.HASH);
            final int candidate = candidateAtHome(hash);
            sum += candidate < 0 ? 0 : UnsafeApi.getLong(flows.line(candidate));
        }
        batch.touched(sum);
    }

    /** A slot in the home bucket whose tag is right, or -1. */
    private int candidateAtHome(final long hash) {
        final long address = address(home(hash));
        final int tag = (int) hash;
        for (int index = 0; index < ENTRIES; index++) {
            final long entry = UnsafeApi.getLongOpaque(null, address + index * Long.BYTES);
            if (entry != 0 && (int) (entry >>> 32) == tag) {
                return slotOf(entry);
            }
        }
        return -1;
    }

    /** The connection of an answer whose flow is at {@code flow}, as {@link FlowLayout#ofReply}, or NOT_FOUND. */
    int find(final long flow) {
        return find(flow, hashOfAnswer(flow));
    }

    private int find(final long flow, final long hash) {
        final int tag = (int) hash;
        int bucket = home(hash);
        for (int passed = 0; passed < buckets; passed++) {
            final long address = address(bucket);
            for (int index = 0; index < ENTRIES; index++) {
                final long entry = UnsafeApi.getLongOpaque(null, address + index * Long.BYTES);
                if (entry != 0 && (int) (entry >>> 32) == tag && isConnectionOf(slotOf(entry), flow)) {
                    return FlowLayout.ofReply(slotOf(entry));
                }
            }
            // acquire pairs with the add before the entry further on: see the class comment
            if (UnsafeApi.getLongAcquire(null, address + PASSED) == 0) {
                return FlowLayout.NOT_FOUND;
            }
            bucket = next(bucket);
        }
        return FlowLayout.NOT_FOUND;
    }

    /** Whether the answer goes to the connection's client, or local end, and comes from its real server. */
    private boolean isConnectionOf(final int slot, final long flow) {
        final long line = flows.line(slot);
        // acquire pairs with the inserter's CAS to LIVE: a line seen LIVE has its key
        final int control = UnsafeApi.getIntAcquire(null, line + CONTROL);
        if (life(control) != LIVE) {
            return false;
        }
        final int destination = ConnectionLayout.destination(UnsafeApi.getIntOpaque(null, line + DESTINATION));
        final long linePorts = UnsafeApi.getLong(line + PORTS);
        final long flowPorts = UnsafeApi.getLong(flow + FlowLayout.PORTS);
        return destination != DestinationTable.NONE
            && (linePorts >>> 40 & 0xff) == (flowPorts >>> 40 & 0xff)
            && (isFullNat(flags(control)) ? isToLocalEnd(slot, linePorts, flow) : isToClient(line, linePorts, flow))
            && destinations.addressWord0(destination) == UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS)
            && destinations.addressWord1(destination) == UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS + 8);
    }

    private static boolean isToClient(final long line, final long linePorts, final long flow) {
        return answerPorts(linePorts) == reversed(UnsafeApi.getLong(flow + FlowLayout.PORTS))
            && UnsafeApi.getLong(line + CLIENT_ADDRESS) == UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS)
            && UnsafeApi.getLong(line + CLIENT_ADDRESS + 8) == UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + 8);
    }

    private boolean isToLocalEnd(final int slot, final long linePorts, final long flow) {
        final int localEnd = connections.localEnd(slot);
        final LocalAddress local = localAddresses.of(localEnd);
        return local != null
            && withPeerPort(answerPorts(linePorts), localEnd) == reversed(UnsafeApi.getLong(flow + FlowLayout.PORTS))
            && local.address().word0() == UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS)
            && local.address().word1() == UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + 8);
    }

    private static boolean isFullNat(final int flags) {
        return (flags & ConnectionFlags.FORWARDING_MASK) == FULLNAT;
    }

    private long hashOf(final int slot, final int flags) {
        final long line = flows.line(slot);
        final int destination = ConnectionLayout.destination(UnsafeApi.getIntOpaque(null, line + DESTINATION));
        final long ports = answerPorts(UnsafeApi.getLong(line + PORTS));
        if (isFullNat(flags)) {
            final int localEnd = connections.localEnd(slot);
            final IpAddress local = localAddresses.of(localEnd).address();
            return flows.hash().of(local.word0(), local.word1(), destinations.addressWord0(destination),
                destinations.addressWord1(destination), withPeerPort(ports, localEnd));
        }
        return flows.hash().of(
            UnsafeApi.getLong(line + CLIENT_ADDRESS), UnsafeApi.getLong(line + CLIENT_ADDRESS + 8),
            destinations.addressWord0(destination), destinations.addressWord1(destination), ports);
    }

    private long hashOfAnswer(final long flow) {
        return flows.hash().of(
            UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS),
            UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + 8),
            UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS),
            UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS + 8),
            reversed(UnsafeApi.getLong(flow + FlowLayout.PORTS)));
    }

    /** Of a line: client port, server port, protocol, family, as in a flow's ports word. */
    private static long answerPorts(final long linePorts) {
        return linePorts & (PROTOCOL_AND_FAMILY | PORT) | linePorts >>> 48 << 16;
    }

    private static long withPeerPort(final long answerPorts, final int localEnd) {
        return answerPorts & ~PORT | LocalAddress.portOf(localEnd) & PORT;
    }

    /** Of an answer's flow the same: it names the server as client, and the client as virtual. */
    private static long reversed(final long flowPorts) {
        return flowPorts & PROTOCOL_AND_FAMILY | flowPorts >>> 16 & PORT | (flowPorts & PORT) << 16;
    }

    private static long entry(final long hash, final int slot) {
        return hash << 32 | slot + 1L;
    }

    private static int slotOf(final long entry) {
        return (int) (entry & SLOT_MASK) - 1;
    }

    private int home(final long hash) {
        return (int) ((hash >>> 32) * buckets >>> 32);
    }

    private int next(final int bucket) {
        return bucket + 1 == buckets ? 0 : bucket + 1;
    }

    private long address(final int bucket) {
        return base + ((long) bucket << SHIFT);
    }

    @Override
    public void close() {
        memory.release(base, (long) buckets << SHIFT);
    }
}
