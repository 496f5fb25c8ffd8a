package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.DESTINATION;
import static io.ringvs.conntab.ConnectionLayout.DESTINATION_PORT;
import static io.ringvs.conntab.ConnectionLayout.EXPIRES;
import static io.ringvs.conntab.ConnectionLayout.IN_PACKETS;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.life;

import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.snapshot.WorkerEpochs;
import org.agrona.UnsafeApi;

/**
 * All connections and persistence templates of the director.
 *
 * <p>A connection is named by its slot, which stays the same while it lives. A slot found by a worker may be used until
 * that worker's next quiescent state, even if the connection is removed meanwhile.
 *
 * <p>Memory is bounded: at most {@code maxConnections} exist, removed ones included until their grace period is over.
 * What comes beyond is refused and counted; the others never notice.
 *
 * <p><b>Threading:</b> lookups and accessors by any worker; everything that changes the table goes through a worker's
 * own {@link WorkerConnections}. Settings are changed by the control thread.
 */
public final class ConnectionTable implements AutoCloseable {
    /** Of all slots, at most so many percent are used: the rest keeps probe sequences short. */
    private static final int LOAD_PERCENT = 72;
    /** Most connections that a table can be made for: 96 million. */
    public static final int MAX_CONNECTIONS = (int) ((long) FlowTable.MAX_SLOTS * LOAD_PERCENT / 100);

    private final int maxConnections;
    private final FlowTable flows;
    private final ReplyIndex replies;
    private final DestinationTable destinations;
    private final WorkerEpochs epochs;
    private final TableMemory memory;
    private final long cold;
    private final Families families;
    private final Templates templates;
    private final LocalAddressTable localAddresses;
    private final ConnectionLookup lookup;
    private final WorkerConnections[] workers;
    /** Live connections whose client port is not known; while there are any, misses look for one. */
    private final AtomicInteger withoutClientPort = new AtomicInteger();
    /** Connections that may still be opened and that no worker has set aside for itself. */
    private final AtomicInteger room;
    private final AtomicInteger lastDefence;
    private volatile ProtocolTimeouts timeouts = ProtocolTimeouts.DEFAULTS;
    private volatile Defence defence = Defence.NONE;

    /**
     * @param maxConnections from 1 to {@link #MAX_CONNECTIONS}
     * @param epochs         has one number for every thread that gets a {@link #worker}
     * @param now            the present tick
     * @throws IllegalArgumentException when maxConnections is out of range
     */
    public ConnectionTable(
        final int maxConnections, final DestinationTable destinations, final WorkerEpochs epochs,
        final TableMemory memory, final int now) {
        this(maxConnections, destinations, epochs, memory, now, FlowHash.random());
    }

    ConnectionTable(
        final int maxConnections, final DestinationTable destinations, final WorkerEpochs epochs,
        final TableMemory memory, final int now, final FlowHash hash) {
        if (maxConnections < 1 || maxConnections > MAX_CONNECTIONS) {
            throw new IllegalArgumentException(
                "the table can hold from 1 to " + MAX_CONNECTIONS + " connections, not " + maxConnections);
        }
        this.maxConnections = maxConnections;
        this.destinations = destinations;
        this.epochs = epochs;
        this.memory = memory;
        this.flows = new FlowTable(slotsFor(maxConnections), hash, memory);
        this.cold = memory.reserve((long) flows.slots() << ColdLayout.SHIFT);
        this.localAddresses = new LocalAddressTable(epochs.workers());
        this.replies = new ReplyIndex(maxConnections, this, memory);
        this.room = new AtomicInteger(maxConnections);
        this.lastDefence = new AtomicInteger(now);
        this.families = new Families(this);
        this.templates = new Templates(this, hash);
        this.lookup = new ConnectionLookup(this);
        this.workers = new WorkerConnections[epochs.workers()];
        for (int number = 0; number < workers.length; number++) {
            workers[number] = new WorkerConnections(this, number, now);
        }
    }

    private static int slotsFor(final int connections) {
        final long slots = ((long) connections * 100 + LOAD_PERCENT - 1) / LOAD_PERCENT + 1 & -2;
        return (int) Math.min(Math.max(slots, FlowTable.MIN_SLOTS), FlowTable.MAX_SLOTS);
    }

    /** The handle of one of the threads that {@code epochs} counts. */
    public WorkerConnections worker(final int number) {
        return workers[number];
    }

    /** Finds connections by their flows. */
    public ConnectionLookup lookup() {
        return lookup;
    }

    /** What is asked of persistence templates alone. */
    public Templates templates() {
        return templates;
    }

    /** Destination id of a connection, or {@link DestinationTable#NONE}. */
    public int destination(final int slot) {
        return ConnectionLayout.destination(UnsafeApi.getIntOpaque(null, flows.line(slot) + DESTINATION));
    }

    /** Port at the destination, network order as natively loaded. */
    public short destinationPort(final int slot) {
        return UnsafeApi.getShort(flows.line(slot) + DESTINATION_PORT);
    }

    /** First wire word of a connection's virtual address. */
    public long virtualWord0(final int slot) {
        return UnsafeApi.getLong(flows.line(slot) + ConnectionLayout.VIRTUAL_ADDRESS);
    }

    /** Second wire word of a connection's virtual address. */
    public long virtualWord1(final int slot) {
        return UnsafeApi.getLong(flows.line(slot) + ConnectionLayout.VIRTUAL_ADDRESS + Long.BYTES);
    }

    /** First wire word of a connection's client address. */
    public long clientWord0(final int slot) {
        return UnsafeApi.getLong(flows.line(slot) + ConnectionLayout.CLIENT_ADDRESS);
    }

    /** Second wire word of a connection's client address. */
    public long clientWord1(final int slot) {
        return UnsafeApi.getLong(flows.line(slot) + ConnectionLayout.CLIENT_ADDRESS + Long.BYTES);
    }

    /** Virtual port, network order as natively loaded. */
    public short virtualPort(final int slot) {
        return UnsafeApi.getShort(flows.line(slot) + ConnectionLayout.VIRTUAL_PORT);
    }

    /** Client port, network order as natively loaded. */
    public short clientPort(final int slot) {
        return UnsafeApi.getShort(flows.line(slot) + ConnectionLayout.PORTS);
    }

    /** Where the real server of a FULLNAT connection sees it come from; see {@link LocalAddress}. */
    public int localEnd(final int slot) {
        return UnsafeApi.getInt(coldLine(slot) + ColdLayout.LOCAL_END);
    }

    /** What the client of a FULLNAT connection acknowledges once it has the server's SYN; 0 before that is known. */
    public int firstAnswer(final int slot) {
        return UnsafeApi.getIntOpaque(null, coldLine(slot) + ColdLayout.FIRST_ANSWER);
    }

    /** Notes that of a FULLNAT connection, when the server's SYN passes. */
    public void firstAnswer(final int slot, final int sequence) {
        UnsafeApi.putIntOpaque(null, coldLine(slot) + ColdLayout.FIRST_ANSWER, sequence);
    }

    /** Addresses and ports that FULLNAT connections come from. */
    public LocalAddressTable localAddresses() {
        return localAddresses;
    }

    /** {@link ConnectionFlags} of a connection. */
    public int flags(final int slot) {
        return ConnectionLayout.flags(control(slot)) & ConnectionFlags.LINUX_MASK;
    }

    /** Whether a helper looks at the connection's packets. */
    public boolean isHelped(final int slot) {
        return (ConnectionLayout.flags(control(slot)) & ConnectionFlags.HELPED) != 0;
    }

    /** What its helper keeps of a connection that has one; 0 at first. */
    public long helperWord(final int slot) {
        // volatile: the workers of both directions read what one of them wrote
        return UnsafeApi.getLongVolatile(null, coldLine(slot) + ColdLayout.HELPER);
    }

    /** Replaces what its helper keeps, unless another worker has changed it. */
    public boolean helperWord(final int slot, final long before, final long now) {
        return UnsafeApi.compareAndSetLong(null, coldLine(slot) + ColdLayout.HELPER, before, now);
    }

    /** Firewall mark that the connection was opened under; 0 for none. */
    public int firewallMark(final int slot) {
        return (ConnectionLayout.flags(control(slot)) & ConnectionFlags.EXTENDED) == 0
            ? 0 : UnsafeApi.getInt(coldLine(slot) + ColdLayout.FIREWALL_MARK);
    }

    /** A value of {@link io.ringvs.service.ForwardingMethod}. */
    public int forwardingMethod(final int slot) {
        return ConnectionLayout.flags(control(slot)) & ConnectionFlags.FORWARDING_MASK;
    }

    /** Protocol state; of a template, whether it is assured. */
    public int state(final int slot) {
        return ConnectionLayout.state(control(slot));
    }

    /** Packets from the client so far, wrapping. */
    public int inPackets(final int slot) {
        return UnsafeApi.getIntOpaque(null, flows.line(slot) + IN_PACKETS);
    }

    /** Tick at which the connection ends if no packet comes. */
    public int expires(final int slot) {
        return UnsafeApi.getIntOpaque(null, flows.line(slot) + EXPIRES);
    }

    /** IP protocol number. */
    public int protocol(final int slot) {
        return UnsafeApi.getByte(flows.line(slot) + ConnectionLayout.PROTOCOL) & 0xff;
    }

    /** How long the connection lives after a packet, in ticks. */
    int timeoutTicks(final int slot) {
        final int control = control(slot);
        final int own = (ConnectionLayout.flags(control) & ConnectionFlags.EXTENDED) == 0
            ? 0 : UnsafeApi.getIntOpaque(null, coldLine(slot) + ColdLayout.TIMEOUT);
        return own != 0
            ? own : Ticks.ofSeconds(timeouts.seconds(protocol(slot), ConnectionLayout.state(control)));
    }

    /**
     * Whether a packet that opens connections should open a new one though it has this one: the client uses the port
     * of a connection again that is over. Never of a connection that has a template or a control connection.
     *
     * @param event a SYN, or an SCTP INIT
     * @param mode  conn_reuse_mode, not 0
     */
    public boolean isNewConnectionExpected(final int slot, final int event, final int mode) {
        final int control = control(slot);
        final int flags = ConnectionLayout.flags(control);
        final int state = ConnectionLayout.state(control);
        if ((flags & ConnectionFlags.CONTROLLED) != 0) {
            return false;
        }
        return switch (ConnectionStates.protocolOfEvent(event)) {
            case IpProtocol.TCP -> state == TcpStates.TIME_WAIT || state == TcpStates.CLOSE
                || (mode & 2) != 0 && state == TcpStates.FIN_WAIT && (flags & ConnectionFlags.NO_OUTPUT) != 0;
            case IpProtocol.SCTP -> state == SctpStates.CLOSED;
            default -> false;
        };
    }

    /** Whether the connection controls others, which it must outlive. */
    public boolean isControlling(final int slot) {
        return families.isControlling(slot);
    }

    /** Gives back what a slot holds that is about to be free: the engine's data, or the local port. */
    void freeRecords(final int slot) {
        // flags are set by the step to LIVE: a slot that never was in the table has none
        final int flags = ConnectionLayout.flags(control(slot));
        if ((flags & ConnectionFlags.TEMPLATE) != 0) {
            templates.freeEngineData(slot);
        } else if ((flags & ConnectionFlags.FORWARDING_MASK) == ForwardingMethod.FULLNAT.value()) {
            localAddresses.free(localEnd(slot));
        }
    }

    /** A new walk over all connections. */
    public ConnectionCursor cursor() {
        return new ConnectionCursor(this);
    }

    public boolean isLive(final int slot) {
        return life(control(slot)) == LIVE;
    }

    int control(final int slot) {
        return UnsafeApi.getIntOpaque(null, flows.line(slot) + CONTROL);
    }

    long coldLine(final int slot) {
        return cold + ((long) slot << ColdLayout.SHIFT);
    }

    ReplyIndex replies() {
        return replies;
    }

    FlowTable flows() {
        return flows;
    }

    DestinationTable destinations() {
        return destinations;
    }

    WorkerEpochs epochs() {
        return epochs;
    }

    TableMemory memory() {
        return memory;
    }

    /** Tick up to which the drop_entry defence has been taken on by a worker. */
    AtomicInteger lastDefence() {
        return lastDefence;
    }

    AtomicInteger withoutClientPort() {
        return withoutClientPort;
    }

    AtomicInteger room() {
        return room;
    }

    /** Slots are numbered from 0 to below this. */
    public int slots() {
        return flows.slots();
    }

    public int maxConnections() {
        return maxConnections;
    }

    /** Connections and templates in the table, as exact as a sum over counters that move can be. */
    public int size() {
        long size = 0;
        for (final WorkerConnections worker : workers) {
            size += worker.opened() - worker.removed();
        }
        return (int) Math.max(size, 0);
    }

    public ProtocolTimeouts timeouts() {
        return timeouts;
    }

    /** Puts other timeouts in force, from each connection's next packet on. */
    public void timeouts(final ProtocolTimeouts changed) {
        timeouts = changed;
    }

    public Defence defence() {
        return defence;
    }

    /** Puts defences up or down, from each worker's next duty cycle on. */
    public void defence(final Defence changed) {
        defence = changed;
    }

    @Override
    public void close() {
        for (final WorkerConnections worker : workers) {
            worker.close();
        }
        templates.close();
        memory.release(cold, (long) flows.slots() << ColdLayout.SHIFT);
        replies.close();
        flows.close();
    }
}
