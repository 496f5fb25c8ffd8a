package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.SctpStates;
import io.ringvs.conntab.TcpStates;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.VirtualService;

import org.agrona.UnsafeApi;

/**
 * Decides what becomes of packets that have no connection, and of those that ask for a new one in place of an old one.
 *
 * <p>It keeps account of what it changed since the batch was looked up, so that a later packet of the batch never uses a
 * connection that has ended, nor opens one that is there.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_hook, ip_vs_schedule and ip_vs_leave of Linux 6.1 {@code ip_vs_core.c}; is_new_conn_expected
 * of {@code net/ip_vs.h}.
 */
final class ConnectionOpener {
    /** In place of a slot: the packet has no connection to be stepped; see {@link #opened}. */
    static final int NO_SLOT = -1;

    private static final byte NO_CONNECTION = Verdict.HOST_NO_CONNECTION.code();
    private static final byte NO_SERVICE = Verdict.HOST_NO_SERVICE.code();
    private static final byte FTP_DATA = Verdict.HOST_FTP_DATA.code();
    private static final byte FTP_PORT_UNANNOUNCED = Verdict.HOST_FTP_PORT.code();
    private static final byte NO_DESTINATION = Verdict.DROP_NO_DESTINATION.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final byte TABLE_FULL = Verdict.DROP_TABLE_FULL.code();

    private static final int FTP_PORT = 21;
    private static final int FTP_DATA_SOURCE_PORT = 20;
    /** conn_reuse_mode: bit 1 lets FIN_WAIT be reused where replies are not seen. */
    private static final int REUSE_FIN_WAIT = 2;

    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final DestinationTable destinations;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final TrafficCounter traffic;
    private final SchedulingRequest request = new SchedulingRequest();
    private final NewConnection wanted = new NewConnection();

    private Snapshot snapshot;
    private IpvsSettings settings;
    private int now;
    /** Whether connections were opened, or ended, since the batch was looked up. */
    private boolean anyOpened;
    private boolean anyEnded;
    private Destination opened;

    ConnectionOpener(
        final ConnectionTable table, final WorkerConnections connections, final DestinationTable destinations,
        final FlowBatch flows, final PacketBatch batch, final TrafficCounter traffic) {
        this.table = table;
        this.connections = connections;
        this.destinations = destinations;
        this.flows = flows;
        this.batch = batch;
        this.traffic = traffic;
    }

    /** Begins a batch that was just looked up. */
    void begin(final Snapshot batchSnapshot, final int nowTicks) {
        snapshot = batchSnapshot;
        settings = batchSnapshot.settings;
        now = nowTicks;
        anyOpened = false;
        anyEnded = false;
    }

    /** Whether {@link #review} is to look at a packet although its connection was found. */
    boolean mustReview(final long headers) {
        return anyEnded || ProtocolEvent.isOpening(headers);
    }

    /**
     * Decides about a packet without a connection, or one to be reviewed.
     *
     * @param found what the lookup said
     * @return the slot of a connection that is to be stepped, or {@link #NO_SLOT}: then the packet has opened a
     *         connection, or has got a verdict
     */
    int review(final int i, final int found) {
        opened = null;
        int slot = found;
        if (slot >= 0 ? anyEnded && !table.isLive(slot) : anyOpened) {
            slot = table.find(flows.entry(i));
        }
        if (slot >= 0 && !(ProtocolEvent.isOpening(batch.headers[i]) && mayReplace(i, slot))) {
            return slot;
        }
        if (slot >= 0) {
            end(slot);
        }
        return schedule(i);
    }

    /** Of the last packet without a slot: the destination of the connection it opened, or null if it got a verdict. */
    Destination opened() {
        return opened;
    }

    /**
     * Decides about a packet whose connection's real server was removed.
     *
     * @return the destination of the connection it opened instead, or null if it got a verdict
     */
    Destination destinationGone(final int i, final int slot) {
        opened = null;
        if (settings.expireNodestConn()) {
            end(slot);
            final int existing = schedule(i);
            if (existing == NO_SLOT) {
                return opened;
            }
        }
        end(i, GONE);
        return null;
    }

    private void end(final int slot) {
        anyEnded |= connections.expireNow(slot);
    }

    /** Whether a packet that asks for a new connection is not to use this one. */
    private boolean mayReplace(final int i, final int slot) {
        if (settings.expireNodestConn()) {
            final int destination = table.destination(slot);
            if (destination != DestinationTable.NONE && destinations.weight(destination) == 0) {
                return true;
            }
        }
        return settings.connReuseMode() != 0 && expectsNewConnection(ParsedHeaders.protocol(batch.headers[i]), slot);
    }

    private boolean expectsNewConnection(final int protocol, final int slot) {
        final int state = table.state(slot);
        if (protocol == IpProtocol.SCTP) {
            return state == SctpStates.CLOSED;
        }
        return state == TcpStates.TIME_WAIT || state == TcpStates.CLOSE
            || (settings.connReuseMode() & REUSE_FIN_WAIT) != 0 && state == TcpStates.FIN_WAIT
            && (table.flags(slot) & ConnectionFlags.NO_OUTPUT) != 0;
    }

    private int schedule(final int i) {
        final long headers = batch.headers[i];
        if (!ProtocolEvent.maySchedule(headers, settings)) {
            return end(i, NO_CONNECTION);
        }
        final long flow = flows.entry(i);
        final Family family = ParsedHeaders.isIpv6(headers) ? Family.IPV6 : Family.IPV4;
        final int virtualPort = port(flow + FlowLayout.VIRTUAL_PORT);
        final VirtualService service = snapshot.services.find(
            family, ParsedHeaders.protocol(headers), UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS),
            UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES), virtualPort, 0);
        if (service == null) {
            return end(i, NO_SERVICE);
        }
        if (port(flow + FlowLayout.CLIENT_PORT) == FTP_DATA_SOURCE_PORT) {
            return end(i, FTP_DATA);
        }
        final int destinationId = select(service, family, flow, virtualPort);
        final Destination destination = snapshot.destination(destinationId);
        if (destination == null) {
            return leave(i, service.config.key(), virtualPort);
        }
        return open(i, flow, service, destination);
    }

    private int select(
        final VirtualService service, final Family family, final long flow, final int virtualPort) {
        final ServiceKey key = service.config.key();
        if (!key.isFwmark() && key.port() != virtualPort) {
            return Scheduler.NO_DESTINATION;
        }
        final SchedulingRequest asked = request;
        asked.family = family;
        asked.protocol = UnsafeApi.getByte(flow + FlowLayout.PROTOCOL) & 0xff;
        asked.clientWord0 = UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS);
        asked.clientWord1 = UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS + Long.BYTES);
        asked.clientPort = port(flow + FlowLayout.CLIENT_PORT);
        asked.virtualWord0 = UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS);
        asked.virtualWord1 = UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES);
        asked.nowTicks = now;
        return service.scheduler.select(asked);
    }

    /** No real server takes the connection. */
    private int leave(final int i, final ServiceKey key, final int virtualPort) {
        final boolean ftpData = !key.isFwmark() && key.port() == FTP_PORT && virtualPort != FTP_PORT;
        return end(i, ftpData ? FTP_PORT_UNANNOUNCED : NO_DESTINATION);
    }

    private int open(final int i, final long flow, final VirtualService service, final Destination destination) {
        final int flags = destinations.connectionFlags(destination.id);
        final boolean oneOfItsOwn =
            service.config.isOnePacket() && ParsedHeaders.protocol(batch.headers[i]) == IpProtocol.UDP;
        if (oneOfItsOwn) {
            // begins and ends with this packet; the thresholds of the real server see it nevertheless
            destinations.connectionBound(destination.id, false);
            destinations.connectionUnbound(destination.id, false);
        } else {
            final short wirePort = destinations.wirePort(destination.id);
            wanted.of(flow, destination.id,
                wirePort != 0 ? wirePort : UnsafeApi.getShort(flow + FlowLayout.VIRTUAL_PORT), flags);
            final int result = connections.open(wanted, ProtocolEvent.of(batch.headers[i]), now);
            if (result < 0) {
                return end(i, TABLE_FULL);
            }
            if (WorkerConnections.isExisting(result)) {
                return WorkerConnections.slotOf(result);
            }
            anyOpened = true;
        }
        traffic.countConnection(destination);
        batch.destinations[i] = destination.id;
        batch.methods[i] = (byte)(flags & ConnectionFlags.FORWARDING_MASK);
        opened = destination;
        return NO_SLOT;
    }

    private int end(final int i, final byte verdict) {
        batch.verdicts[i] = verdict;
        return NO_SLOT;
    }

    /** A port in host order. */
    private static int port(final long address) {
        return Short.reverseBytes(UnsafeApi.getShort(address)) & 0xffff;
    }
}
