package io.ringvs.fastpath;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Opens connections that real servers begin, so that what is called answers to the virtual address and the answers find
 * their way: UDP packets of a translated server of a service with a persistence engine, from the server's port.
 *
 * <p>With one-packet scheduling, where no connection stays, so go all packets of such a server.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_new_conn_out of Linux 6.1 {@code ip_vs_core.c}, ip_vs_sip_conn_out of {@code ip_vs_pe_sip.c}.
 */
final class ServerCalls implements AutoCloseable {
    /** It begins no call. */
    private static final byte OTHER = Verdict.UNDECIDED.code();

    private final WorkerConnections connections;
    private final DestinationTable destinations;
    private final Persistence persistence;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final Replies replies;
    private final TrafficCounter traffic;
    /** Key of the connection: of the answers to come. */
    private final FlowBatch keys = new FlowBatch(1);
    private final NewConnection wanted = new NewConnection();

    ServerCalls(
        final WorkerConnections connections, final DestinationTable destinations, final Persistence persistence,
        final FlowBatch flows, final PacketBatch batch, final Replies replies, final TrafficCounter traffic) {
        this.connections = connections;
        this.destinations = destinations;
        this.persistence = persistence;
        this.flows = flows;
        this.batch = batch;
        this.replies = replies;
        this.traffic = traffic;
    }

    /**
     * Treats packet {@code i} of a real server, of no connection, and to a host that is not this one.
     *
     * @param now in ticks
     * @return the code of FORWARD once it is queued, or of the verdict it ends with; or that of UNDECIDED if it begins
     *         no call, or there is no room for one
     */
    byte take(final int i, final Destination server, final Snapshot snapshot, final int now) {
        final ServiceConfig service = server.service.config;
        if (service.engine() == null || service.key().isFwmark() || service.key().port() == 0
            || ParsedHeaders.protocol(batch.headers[i]) != IpProtocol.UDP || serverPort(i) == 0) {
            return OTHER;
        }
        final long key = writeKey(i, service.key());
        while (true) {
            final int template = service.isPersistent()
                ? persistence.templateOf(server, i, key) : NewConnection.NO_PARENT;
            if (service.isPersistent() && template < 0) {
                return OTHER;
            }
            if (service.isOnePacket()) {
                return takeOnly(i, server, template, snapshot, now);
            }
            final int slot = open(i, key, server, template, now);
            if (slot >= 0) {
                return replies.take(i, slot, snapshot, now);
            }
            if (slot != WorkerConnections.PARENT_ENDED) {
                return OTHER;
            }
            persistence.abandon(template);
        }
    }

    private short serverPort(final int i) {
        return UnsafeApi.getShort(flows.entry(i) + FlowLayout.CLIENT_PORT);
    }

    /** The packet's destination is the client, and the service what it sees. */
    private long writeKey(final int i, final ServiceKey service) {
        final long flow = flows.entry(i);
        final long key = keys.entry(0);
        for (int offset = 0; offset < FlowLayout.VIRTUAL_ADDRESS; offset += Long.BYTES) {
            UnsafeApi.putLong(key + FlowLayout.CLIENT_ADDRESS + offset,
                UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + offset));
        }
        UnsafeApi.putLong(key + FlowLayout.VIRTUAL_ADDRESS, service.address().word0());
        UnsafeApi.putLong(key + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES, service.address().word1());
        UnsafeApi.putLong(key + FlowLayout.PORTS, FlowLayout.portsWord(
            UnsafeApi.getShort(flow + FlowLayout.VIRTUAL_PORT), Short.reverseBytes((short)service.port()),
            IpProtocol.UDP, UnsafeApi.getByte(flow + FlowLayout.KIND)));
        return key;
    }

    private byte takeOnly(
        final int i, final Destination server, final int template, final Snapshot snapshot, final int now) {
        destinations.connectionBound(server.id, false);
        destinations.connectionUnbound(server.id, false);
        if (template != NewConnection.NO_PARENT) {
            connections.restartTemplate(template, now);
        }
        traffic.countConnection(server);
        return replies.takeOnly(i, server, snapshot);
    }

    /** @return the connection's slot, or what {@link WorkerConnections#open} says in place of one */
    private int open(final int i, final long key, final Destination server, final int template, final int now) {
        wanted.of(key, server.id, serverPort(i), destinations.connectionFlags(server.id)).controlledBy(template);
        final int result = connections.open(wanted, WorkerConnections.NO_EVENT, now);
        if (WorkerConnections.isExisting(result)) {
            return WorkerConnections.slotOf(result);
        }
        if (result >= 0) {
            traffic.countConnection(server);
        }
        return result;
    }

    @Override
    public void close() {
        keys.close();
    }
}
