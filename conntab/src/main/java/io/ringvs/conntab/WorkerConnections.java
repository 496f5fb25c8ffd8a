package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.CONTROLLED;
import static io.ringvs.conntab.ConnectionFlags.EXTENDED;
import static io.ringvs.conntab.ConnectionFlags.HASHED;
import static io.ringvs.conntab.ConnectionFlags.INACTIVE;
import static io.ringvs.conntab.ConnectionFlags.NO_OUTPUT;
import static io.ringvs.conntab.ConnectionFlags.TEMPLATE;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.DESTINATION;
import static io.ringvs.conntab.ConnectionLayout.EXPIRES;
import static io.ringvs.conntab.ConnectionLayout.IN_PACKETS;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.state;
import static io.ringvs.conntab.ConnectionLayout.version;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import org.agrona.UnsafeApi;

/**
 * One worker's handle to the connection table: opens connections, steps their states by packets, ends them.
 *
 * <p>Holds the worker's timers and the slots it removed that wait for their grace period. A connection's timer belongs
 * to the worker that opened it; any worker may step or end any connection.
 *
 * <p><b>Threading:</b> one thread's, the one whose number it has in {@link io.ringvs.snapshot.WorkerEpochs}; the
 * counters may be read by any.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_conn.c} (creation, expiry) and {@code ip_vs_proto_*.c} (state changes).
 */
public final class WorkerConnections implements AutoCloseable {
    /** Result of an open: the table is full; counted. */
    public static final int TABLE_FULL = -2;
    /** In place of an event: a packet that does not step the connection. */
    public static final int NO_EVENT = -1;
    /** Result of an open: the parent is ending and takes no more connections; nothing was opened. */
    public static final int PARENT_ENDED = -4;
    /** Life of a connection that no packet of its own has stepped: that of ip_vs_conn_new. */
    private static final int UNSTEPPED_TICKS = Ticks.ofSeconds(3);

    /** Virtual and destination port of a template that must not match any more. */
    private static final long INVALID_PORTS = 0xffff_0000_ffff_0000L;

    private final ConnectionTable connections;
    private final FlowTable flows;
    private final ReplyIndex replies;
    private final DestinationTable destinations;
    private final FlowInserter inserter;
    private final Bindings bindings;
    private final SlotLists lists;
    private final TimerWheel wheel;
    private final Retirement retirement;
    private final Families families;
    private final Removal removal;
    private final ConnectionSteps steps;
    private final DropEntry dropEntry;
    private final DropPacket dropPacket = new DropPacket();
    private final ExpectedConnections expected;
    private final Counter opened = new Counter();
    private final Counter expired = new Counter();
    private final Counter refused = new Counter();

    WorkerConnections(final ConnectionTable connections, final int number, final int now) {
        this.connections = connections;
        this.flows = connections.flows();
        this.replies = connections.replies();
        this.destinations = connections.destinations();
        this.inserter = new FlowInserter(flows);
        this.bindings = new Bindings(connections);
        // every connection filed here, as many stale entries again, all slots retired, and partly filled chunks; most
        // of this is never touched
        final long entries = 4L * connections.maxConnections() + 2 * TimerWheel.MIN_STALE;
        this.lists = new SlotLists(
            (int) (entries / SlotLists.PER_CHUNK) + 2 * TimerWheel.RESERVED_CHUNKS, connections.memory());
        this.wheel = new TimerWheel(flows, lists, this::expired, now);
        this.retirement = new Retirement(connections, lists);
        this.families = new Families(connections);
        this.removal = new Removal(connections, families, bindings, retirement);
        this.steps = new ConnectionSteps(connections, families, wheel);
        this.dropEntry = new DropEntry(connections, this, number);
        this.expected = new ExpectedConnections(connections, this, families, bindings, removal);
    }

    /**
     * Once a duty cycle, between batches: takes over changed settings, frees slots whose grace period is over, and ends
     * connections that have expired.
     *
     * @param limit timer entries to visit at most
     * @return timer entries visited; as many as the limit means that more wait
     */
    public int maintain(final int now, final int limit) {
        final Defence defence = connections.defence();
        steps.table().apply(defence.isSecureTcp(), connections.timeouts());
        dropPacket.rate(defence.dropPacketRate());
        retirement.reclaim();
        final int visited = wheel.advance(now, limit);
        if (defence.isDroppingEntries()) {
            dropEntry.run(now, limit);
        }
        return visited;
    }

    /**
     * Whether the drop_packet defence drops a packet that would open a connection; asked once for each such packet
     * that matched a service.
     */
    public boolean isPacketToDrop() {
        return dropPacket.isToDrop();
    }

    /**
     * Opens the connection of a packet that has none, and steps its state by that packet.
     *
     * @param event what the packet means to its protocol; or {@link #NO_EVENT}: it is none of the connection's own,
     *              which has no state yet then, no packet, and 3 s
     * @return its slot; or a result that {@link #isExisting} is true of, when another worker opened it first; or
     *         {@link #TABLE_FULL}, or {@link #PARENT_ENDED}
     */
    public int open(final NewConnection wanted, final int event, final int now) {
        final int direction = (wanted.flags & NO_OUTPUT) != 0 ? ConnectionStates.INPUT_ONLY : ConnectionStates.INPUT;
        final boolean first = event != NO_EVENT;
        final long step = first ? steps.table().of(direction, event, ConnectionStates.NONE) : 0;
        final int state = first ? StateSteps.state(step) : ConnectionStates.NONE;
        if (wanted.destination != DestinationTable.NONE) {
            final boolean active = first && ConnectionStates.isActive(event, state);
            wanted.flags = active ? wanted.flags & ~INACTIVE : wanted.flags | INACTIVE;
        }
        if (wanted.parent != NewConnection.NO_PARENT && !families.join(wanted.parent, now)) {
            return PARENT_ENDED;
        }
        final int result = insert(
            wanted, state, now, first ? StateSteps.ticks(step) : UNSTEPPED_TICKS, first ? 1 : 0);
        if (wanted.parent != NewConnection.NO_PARENT) {
            if (result < 0 || isExisting(result)) {
                families.leave(wanted.parent);
            } else if (first && ConnectionStates.isEstablished(event, state)) {
                families.assure(wanted.parent);
            }
        }
        return result;
    }

    /**
     * Opens a persistence template. The flow's kind must say that it is one.
     *
     * @param timeoutTicks how long it lives after the last connection was opened through it
     * @return as {@link #open}
     */
    public int openTemplate(final NewConnection wanted, final int now, final int timeoutTicks) {
        wanted.flags |= TEMPLATE;
        if (wanted.engineLength == 0) {
            return insert(wanted, ConnectionStates.NONE, now, timeoutTicks, 0);
        }
        final EngineRecords records = connections.templates().engineRecords();
        wanted.engineRecord = records.allocate();
        if (wanted.engineRecord == EngineRecords.NONE) {
            refused.increment();
            return TABLE_FULL;
        }
        records.write(wanted.engineRecord, wanted);
        final int result = insert(wanted, ConnectionStates.NONE, now, timeoutTicks, 0);
        if (result < 0 || isExisting(result)) {
            records.free(wanted.engineRecord);
        }
        return result;
    }

    /** Connections that are known before their first packet comes. */
    public ExpectedConnections expected() {
        return expected;
    }

    ConnectionSteps steps() {
        return steps;
    }

    /** Whether an open found that the connection exists already. */
    public static boolean isExisting(final int result) {
        return result >= FlowInserter.EXISTING;
    }

    /** The slot that a result of an open names. */
    public static int slotOf(final int result) {
        return result & ~FlowInserter.EXISTING;
    }

    /** Tries the key's homes in turn; the first one nearly always has a place. */
    int insert(
        final NewConnection wanted, final int state, final int now, final int timeout, final int packets) {
        final long hash = flows.hashOf(wanted.flow);
        wanted.checkLocalEnd();
        for (int rank = 0; rank < LaterHomes.HOMES && wheel.hasRoom(); rank++) {
            int result = FlowInserter.WAS_WITHDRAWN;
            while (result == FlowInserter.WAS_WITHDRAWN && retirement.admit()) {
                result = insertAt(rank, hash, wanted, state, now, timeout, packets);
            }
            if (result == FlowInserter.WAS_WITHDRAWN) {
                break;
            }
            if (result != FlowInserter.NO_FREE_SLOT) {
                return result;
            }
        }
        refused.increment();
        return TABLE_FULL;
    }

    /**
     * Inserts at a home's places, given that there is room for one more connection; see {@link FlowInserter#publish}.
     */
    private int insertAt(
        final int rank, final long firstHash, final NewConnection wanted, final int state, final int now,
        final int timeout, final int packets) {
        final long hash = flows.hashAt(rank, firstHash);
        final int slot = inserter.claim(wanted.flow, hash, wanted.destinationPort);
        if (slot < 0) {
            retirement.dismiss();
            return slot;
        }
        final int bucket = TimerWheel.bucketFor(now + timeout, now);
        UnsafeApi.putInt(flows.line(slot) + DESTINATION, ConnectionLayout.destinationWord(wanted.destination, bucket));
        UnsafeApi.putInt(flows.line(slot) + EXPIRES, now + timeout);
        UnsafeApi.putInt(flows.line(slot) + IN_PACKETS, packets);
        int flags = wanted.flags | HASHED;
        if (rank > 0 || wanted.needsColdLine()) {
            families.begin(slot, wanted, flows.distanceOf(flows.home(hash), slot), rank > 0, timeout);
            flags |= wanted.parent == NewConnection.NO_PARENT ? EXTENDED : EXTENDED | CONTROLLED;
        }
        final int live = ConnectionLayout.control(
            LIVE, version(UnsafeApi.getInt(flows.line(slot) + CONTROL)), state, flags);
        final boolean translated = ReplyIndex.has(wanted.destination, wanted.flags);
        final int result = translated && !replies.add(slot, wanted.flags)
            ? inserter.withdraw(slot, live) : inserter.publish(slot, firstHash, rank, live);
        if (result == slot) {
            bindings.bind(wanted.isSuccessor ? DestinationTable.NONE : wanted.destination, wanted.flags);
            wheel.add(slot, version(live), bucket);
            opened.increment();
            return result;
        }
        if (translated) {
            replies.remove(slot, wanted.flags);
        }
        retirement.retire(slot);
        return result;
    }

    /**
     * Steps a connection by a packet from its client: state, timeout, packet count.
     *
     * @return how its packets are forwarded: a value of {@link ForwardingMethod}; more than one if a helper is to look
     *         at them, see {@link #isHelped}
     */
    public int packet(final int slot, final int event, final int now) {
        return steps.packet(slot, event, now);
    }

    /** Whether what {@link #packet} returned says that a helper is to look at the packet. */
    public static boolean isHelped(final int forwarding) {
        return forwarding > ConnectionFlags.FORWARDING_MASK;
    }

    /** Counts a packet that concerns a connection without being one of its own: an ICMP error. */
    public void relatedPacket(final int slot) {
        ConnectionSteps.countPacket(flows.line(slot));
    }

    /** Steps a connection by a packet from its real server: state and timeout. */
    public void reply(final int slot, final int event, final int now) {
        steps.reply(slot, event, now);
    }

    /**
     * Ends a connection before its time, unless it controls others.
     *
     * @return whether it is gone
     */
    public boolean expireNow(final int slot) {
        return !families.isControlling(slot) && removal.end(slot);
    }

    /**
     * Ends a connection as a defence does: its parent ends with it if it has no other connection, unless the parent is
     * an assured template.
     *
     * @return whether it is gone
     */
    public boolean kill(final int slot) {
        return !families.isControlling(slot) && removal.endWithParent(slot);
    }

    /**
     * Makes a template unmatchable, because its server may not be used any more; it is left to expire, and shown with
     * port 65535 meanwhile.
     *
     * <p>The stores are opaque and race with lookups only: one that still finds the template uses it a last time.
     */
    public void invalidateTemplate(final int template) {
        removal.hide(template, INVALID_PORTS);
    }

    /**
     * Makes a connection that controls others unmatchable: it lives on for them, while its flow may open another one.
     */
    public void hide(final int slot) {
        // of a connection without cold line, the key tells the home line: it must stay as it is
        if ((flags(connections.control(slot)) & EXTENDED) != 0) {
            removal.hide(slot, 0);
        }
    }

    /** Restarts the timeout of a template that was followed by a packet of a one-packet service. */
    public void restartTemplate(final int template, final int now) {
        families.restart(template, now);
    }

    /**
     * Ends connections whose server was removed, as expire_nodest_conn asks for: visits {@code count} slots.
     *
     * @param from the slot to begin at
     * @return the slot to go on at, or 0 when all were visited
     */
    public int killUnavailable(final int from, final int count) {
        final int to = Math.min(from + count, flows.slots());
        for (int slot = from; slot < to; slot++) {
            if (connections.isLive(slot) && isUnavailable(connections.destination(slot))) {
                kill(slot);
            }
        }
        return to == flows.slots() ? 0 : to;
    }

    private boolean isUnavailable(final int destination) {
        return destination != DestinationTable.NONE && !destinations.isAvailable(destination);
    }

    private boolean expired(final int slot, final int now) {
        if (families.isControlling(slot)) {
            final int timeout = families.prolong(slot);
            UnsafeApi.putIntOpaque(null, flows.line(slot) + EXPIRES, now + timeout);
            return false;
        }
        if (removal.end(slot)) {
            expired.increment();
        }
        return true;
    }

    /** Connections and templates opened by this worker. */
    public long opened() {
        return opened.get();
    }

    /** Connections and templates ended by this worker, for whatever reason. */
    public long removed() {
        return removal.count();
    }

    /** Of those ended, how many expired. */
    public long expiredCount() {
        return expired.get();
    }

    /** Connections not opened because the table was full. */
    public long refused() {
        return refused.get();
    }

    /** Connections ended by the drop_entry defence. */
    public long dropped() {
        return dropEntry.dropped();
    }

    int timerEntries() {
        return wheel.entries();
    }

    @Override
    public void close() {
        expected.close();
        lists.close();
    }
}
