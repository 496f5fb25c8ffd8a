package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.NO_CLIENT_PORT;
import static io.ringvs.conntab.ConnectionLayout.CONTROL;
import static io.ringvs.conntab.ConnectionLayout.LIVE;
import static io.ringvs.conntab.ConnectionLayout.flags;
import static io.ringvs.conntab.ConnectionLayout.life;
import static io.ringvs.conntab.ConnectionLayout.state;
import static io.ringvs.conntab.ConnectionLayout.withState;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;

/**
 * One worker's handle to connections that are known before their first packet comes: data connections that an FTP
 * session announced. They wait in the state LISTEN, some without a client port, which the first packet fills in.
 *
 * <p><b>Filling in the client port.</b> The port is part of the key, so the connection goes on in another line. That is
 * one step for everybody else:
 * <ol>
 * <li>The worker with the packet claims the old connection for the packet's port: CAS of its helper word from 0. Of
 * several ports exactly one wins, and the others' packets are as if there had been no connection.
 * <li>It opens the new connection with the whole key. From here on the flow is found there; before, it was found by its
 * claim on the old one. Another worker with a packet of the same flow does not wait in between, but does this step
 * itself: of two inserters of one key one succeeds and the other is told.
 * <li>It ends the old connection, which nobody but the claimant's packets could use since the first step. A lookup that
 * missed the new one before step 2 and the old one after step 3 finds the new one when it looks again, as
 * {@link ConnectionLookup#findExactly} lets it.
 * </ol>
 * The new connection takes the place of the old one in its destination's counts. If a timer ended the old one between
 * steps 1 and 3, and uncounted it, the new one is counted by itself.
 *
 * <p><b>Threading:</b> one worker's.
 *
 * <p><b>Source:</b> ip_vs_conn_fill_cport and ip_vs_tcp_conn_listen of Linux 6.1 {@code ip_vs_conn.c} and
 * {@code ip_vs_proto_tcp.c}.
 */
public final class ExpectedConnections implements AutoCloseable {
    /** In place of a slot: the connection belongs to another client port, or has ended. */
    public static final int TAKEN = FlowLayout.NOT_FOUND;

    private static final long CLIENT_PORT = 0xffffL;

    private final ConnectionTable connections;
    private final WorkerConnections worker;
    private final Families families;
    private final Bindings bindings;
    private final Removal removal;
    private final FlowTable flows;
    private final DestinationTable destinations;
    private final FlowBatch keys = new FlowBatch(1);
    private final NewConnection wanted = new NewConnection();

    ExpectedConnections(
        final ConnectionTable connections, final WorkerConnections worker, final Families families,
        final Bindings bindings, final Removal removal) {
        this.connections = connections;
        this.worker = worker;
        this.families = families;
        this.bindings = bindings;
        this.removal = removal;
        this.flows = connections.flows();
        this.destinations = connections.destinations();
    }

    /**
     * Opens a TCP connection in the state LISTEN, or puts the one that is there into it. It has the virtual address and
     * the destination of the connection that controls it. One that is there with another destination gives way: what
     * was announced last is what comes next.
     *
     * @param parent          the connection that controls it, one with a helper
     * @param client0         first wire word of the client's address
     * @param clientPort      network order as natively loaded, as the other ports are; 0 if it is not known yet
     * @param destinationPort at the real server
     * @return its slot, or {@link WorkerConnections#TABLE_FULL}, or {@link WorkerConnections#PARENT_ENDED}
     */
    public int expect(
        final int parent, final long client0, final long client1, final short clientPort, final short virtualPort,
        final short destinationPort, final int now) {
        final long key = keys.entry(0);
        final long line = flows.line(parent);
        final int kind = UnsafeApi.getByte(line + ConnectionLayout.KIND) & FlowLayout.FAMILY_MASK;
        UnsafeApi.putLong(key + FlowLayout.CLIENT_ADDRESS, client0);
        UnsafeApi.putLong(key + FlowLayout.CLIENT_ADDRESS + Long.BYTES, client1);
        UnsafeApi.putLong(key + FlowLayout.VIRTUAL_ADDRESS, connections.virtualWord0(parent));
        UnsafeApi.putLong(key + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES, connections.virtualWord1(parent));
        UnsafeApi.putLong(key + FlowLayout.PORTS, FlowLayout.portsWord(clientPort, virtualPort, IpProtocol.TCP,
            clientPort == 0 ? kind | FlowLayout.NO_CLIENT_PORT_KIND : kind));
        final int destination = connections.destination(parent);
        wanted.of(key, destination, destinationPort,
                destinations.connectionFlags(destination) | (clientPort == 0 ? NO_CLIENT_PORT : 0))
            .controlledBy(parent).firewallMark(connections.firewallMark(parent));
        return open(now);
    }

    private int open(final int now) {
        while (true) {
            final int timeout = connections.timeouts().ticks(TcpStates.SYN, TcpStates.LISTEN);
            final int result = insert(TcpStates.LISTEN, now, timeout);
            if (!WorkerConnections.isExisting(result)) {
                return result;
            }
            final int slot = WorkerConnections.slotOf(result);
            if (connections.destination(slot) == wanted.destination || families.isControlling(slot)) {
                listen(slot, timeout, now);
                return slot;
            }
            worker.expireNow(slot);
        }
    }

    private int insert(final int state, final int now, final int timeout) {
        if (!families.join(wanted.parent, now)) {
            return WorkerConnections.PARENT_ENDED;
        }
        final int result = worker.insert(wanted, state, now, timeout, 0);
        if (result < 0 || WorkerConnections.isExisting(result)) {
            families.leave(wanted.parent);
        }
        return result;
    }

    /** As Linux, leaves it counted as active or inactive until its next packet. */
    private void listen(final int slot, final int timeout, final int now) {
        final long line = flows.line(slot);
        int control = UnsafeApi.getIntVolatile(null, line + CONTROL);
        // CAS: the word also holds flags that other workers change
        while (life(control) == LIVE && !UnsafeApi.compareAndSetInt(
                null, line + CONTROL, control, withState(control, TcpStates.LISTEN))) {
            control = UnsafeApi.getIntVolatile(null, line + CONTROL);
        }
        worker.steps().stamp(slot, line, timeout, now);
    }

    /**
     * Fills in the client port of a connection that has none, from its first packet.
     *
     * @param slot found by the packet's flow, see {@link FlowLayout#isPortless}
     * @param flow address of the packet's key
     * @return the slot that the connection has from now on; or {@link #TAKEN}, or {@link WorkerConnections#TABLE_FULL}
     */
    public int fillClientPort(final int slot, final long flow, final int now) {
        final long claim = UnsafeApi.getLong(flow + FlowLayout.PORTS) & CLIENT_PORT | ColdLayout.PORT_CLAIMED;
        // CAS: of packets from several ports one wins; volatile, as it is also read by those that lost
        if (!connections.helperWord(slot, 0, claim) && connections.helperWord(slot) != claim) {
            return TAKEN;
        }
        final int control = connections.control(slot);
        if (life(control) != LIVE) {
            return connections.lookup().findExactly(flow);
        }
        wanted.of(flow, connections.destination(slot), connections.destinationPort(slot),
                flags(control) & ~NO_CLIENT_PORT)
            .controlledBy(families.parentOf(slot)).firewallMark(connections.firewallMark(slot)).successor();
        final int result = insert(state(control), now, connections.timeoutTicks(slot));
        if (WorkerConnections.isExisting(result)) {
            return WorkerConnections.slotOf(result);
        }
        if (result < 0) {
            return result == WorkerConnections.PARENT_ENDED ? TAKEN : result;
        }
        if (!removal.endForSuccessor(slot)) {
            bindings.bind(wanted.destination, wanted.flags);
        }
        return result;
    }

    @Override
    public void close() {
        keys.close();
    }
}
