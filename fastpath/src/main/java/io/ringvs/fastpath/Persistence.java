package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.TemplateKey;
import io.ringvs.conntab.Ticks;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.SipCallId;
import io.ringvs.packet.UdpHeader;
import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.VirtualService;

import org.agrona.UnsafeApi;

/**
 * Keeps the clients of persistent services with their real server: finds the template that a new connection follows, or
 * has the scheduler choose and opens one.
 *
 * <p>A template goes on to be followed when its server is quiesced or overloaded; only a removed server, or a quiesced
 * one where expire_quiescent_template says so, makes it invalid. Which packets share one is told at {@link
 * TemplateKey}.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_sched_persist of Linux 6.1 {@code ip_vs_core.c}, ip_vs_check_template of {@code
 * ip_vs_conn.c}.
 */
final class Persistence implements AutoCloseable {
    /** In place of a template's slot: no real server takes new clients. */
    static final int NO_DESTINATION = Scheduler.NO_DESTINATION;
    /** In place of a template's slot: the table is full. */
    static final int TABLE_FULL = WorkerConnections.TABLE_FULL;

    /** In place of a template's slot: the service's persistence engine finds nothing in the packet. */
    static final int NOTHING_FOUND = Integer.MIN_VALUE;

    private static final int FTP_PORT = 21;
    private static final short NO_PORT = 0;
    private static final int NO_MARK = 0;

    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final DestinationTable destinations;
    private final PacketBatch batch;
    private final long umemPointer;
    private final FlowBatch keys = new FlowBatch(1);
    private final NewConnection wanted = new NewConnection();

    private Snapshot snapshot;
    private int now;
    /** What the persistence engine found in the packet: address and length, 0 if the service has none. */
    private long data;
    private int dataLength;
    /** The template's virtual address before the data was mixed in. */
    private long virtual0;
    private long virtual1;

    Persistence(
        final ConnectionTable table, final WorkerConnections connections, final DestinationTable destinations,
        final PacketBatch batch, final long umemPointer) {
        this.table = table;
        this.connections = connections;
        this.destinations = destinations;
        this.batch = batch;
        this.umemPointer = umemPointer;
    }

    /** Begins a batch. */
    void begin(final Snapshot batchSnapshot, final int nowTicks) {
        snapshot = batchSnapshot;
        now = nowTicks;
    }

    /**
     * The template that a packet's new connection is to follow.
     *
     * @param i      the packet's place in the batch
     * @param packet the same packet as {@code flow}, for the scheduler
     * @param mark   the packet's firewall mark
     * @return its slot; or {@link #NO_DESTINATION}, {@link #TABLE_FULL}, or {@link #NOTHING_FOUND}
     */
    int template(
        final int i, final long flow, final VirtualService service, final SchedulingRequest packet, final int mark) {
        return template(i, flow, service, packet.virtualPort, packet, null, mark);
    }

    /**
     * The template of a connection that a real server begins: one that names this server.
     *
     * @param flow of the answers to come
     * @return as above
     */
    int templateOf(final Destination server, final int i, final long flow) {
        final VirtualService service = server.service;
        return template(i, flow, service, service.config.key().port(), null, server, NO_MARK);
    }

    /** @param server that it must name; null if the scheduler is to choose one when there is no template */
    private int template(
        final int i, final long flow, final VirtualService service, final int virtualPort,
        final SchedulingRequest packet, final Destination server, final int mark) {
        final long key = keys.entry(0);
        writeKey(key, flow, service, virtualPort);
        dataLength = 0;
        if (service.config.engine() != null && !mixCallId(i, key)) {
            return NOTHING_FOUND;
        }
        while (true) {
            final int found = table.lookup().find(key);
            if (found != FlowLayout.NOT_FOUND) {
                if (isUsable(found) && (server == null || table.destination(found) == server.id)) {
                    return found;
                }
                connections.invalidateTemplate(found);
            }
            final Destination destination =
                server != null ? server : snapshot.destination(service.scheduler.select(packet));
            if (destination == null) {
                return NO_DESTINATION;
            }
            final int opened = open(key, service, virtualPort, destination.id, mark);
            // else another worker opened it first: whether it may be used is to be seen
            if (!WorkerConnections.isExisting(opened)) {
                return opened;
            }
        }
    }

    /** The engine "sip", the only one there is: calls are told apart by the Call-ID of SIP over UDP. */
    private boolean mixCallId(final int i, final long key) {
        final long headers = batch.headers[i];
        if (ParsedHeaders.protocol(headers) != IpProtocol.UDP) {
            return false;
        }
        final int payload = ParsedHeaders.transportOffset(headers) + UdpHeader.LENGTH;
        final long message = umemPointer + batch.addresses[i] + payload;
        final long found = SipCallId.find(message, ParsedHeaders.frameLength(headers) - payload);
        if (found == SipCallId.NONE) {
            return false;
        }
        data = message + SipCallId.offset(found);
        dataLength = SipCallId.length(found);
        virtual0 = UnsafeApi.getLong(key + FlowLayout.VIRTUAL_ADDRESS);
        virtual1 = UnsafeApi.getLong(key + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES);
        table.templates().mixEngineData(key, data, dataLength);
        return true;
    }

    /** Gives up a template that takes no more connections, since it is ending. */
    void abandon(final int template) {
        connections.invalidateTemplate(template);
    }

    private boolean isUsable(final int template) {
        return table.templates().isUsable(template, snapshot.settings.expireQuiescentTemplate())
            && snapshot.destination(table.destination(template)) != null
            && (dataLength == 0 || table.templates().hasEngineData(template, data, dataLength));
    }

    private static void writeKey(
        final long key, final long flow, final VirtualService service, final int virtualPort) {
        final ServiceKey identity = service.config.key();
        if (virtualPort == identity.port() && virtualPort != FTP_PORT) {
            TemplateKey.ofPort(key, flow, service.clientMask);
        } else if (identity.isFwmark()) {
            TemplateKey.ofMark(key, flow, service.clientMask, identity.fwmark());
        } else {
            TemplateKey.ofAddress(key, flow, service.clientMask);
        }
    }

    private int open(
        final long key, final VirtualService service, final int virtualPort, final int destination, final int mark) {
        // a template of all ports names none of the real server's
        final short port = virtualPort == service.config.key().port() && virtualPort != FTP_PORT
            ? destinations.wirePort(destination) : NO_PORT;
        final int onePacket = service.config.isOnePacket() ? ConnectionFlags.ONE_PACKET : 0;
        wanted.of(key, destination, port, destinations.connectionFlags(destination) | onePacket).firewallMark(mark);
        if (dataLength != 0) {
            wanted.engineData(virtual0, virtual1, data, dataLength);
        }
        return connections.openTemplate(wanted, now, Ticks.ofSeconds(service.config.timeoutSeconds()));
    }

    /**
     * Port at the real server of a connection that follows a template: the packet's own one, unless the service has a
     * port and the packet came to it.
     */
    short destinationPort(final long flow, final VirtualService service, final int virtualPort, final int destination) {
        final short port = destinations.wirePort(destination);
        return virtualPort == service.config.key().port() && port != NO_PORT
            ? port : UnsafeApi.getShort(flow + FlowLayout.VIRTUAL_PORT);
    }

    @Override
    public void close() {
        keys.close();
    }
}
