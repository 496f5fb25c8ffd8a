package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.EthernetHeader;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Translation;
import io.ringvs.packet.Verdict;
import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;
import io.ringvs.snapshot.VirtualService;

import org.agrona.UnsafeApi;

/**
 * Decides what becomes of packets that have no connection, and of those that ask for a new one in place of an old one.
 *
 * <p>It keeps account of what it changed since the batch was looked up, so that a later packet of the batch never uses
 * a connection that has ended, nor opens one that is there.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_in_hook, ip_vs_schedule and ip_vs_leave of Linux 6.1 {@code ip_vs_core.c};
 * is_new_conn_expected of {@code net/ip_vs.h}; fib_validate_source of {@code fib_frontend.c}.
 */
final class ConnectionOpener {
    /** In place of a slot: the packet has no connection to be stepped. */
    static final int NO_SLOT = -1;

    private static final byte NO_CONNECTION = Verdict.HOST_NO_CONNECTION.code();
    private static final byte NO_SERVICE = Verdict.HOST_NO_SERVICE.code();
    private static final byte FTP_DATA = Verdict.HOST_FTP_DATA.code();
    private static final byte FTP_PORT_UNANNOUNCED = Verdict.HOST_FTP_PORT.code();
    private static final byte NO_DESTINATION = Verdict.DROP_NO_DESTINATION.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final byte TABLE_FULL = Verdict.DROP_TABLE_FULL.code();
    private static final byte MARTIAN = Verdict.DROP_MARTIAN.code();
    private static final byte ENGINE = Verdict.DROP_ENGINE.code();
    private static final byte DEFENCE = Verdict.DROP_DEFENCE.code();
    private static final byte NO_LOCAL_ADDRESS = Verdict.DROP_NO_LOCAL_ADDRESS.code();
    private static final byte NO_LOCAL_PORT = Verdict.DROP_NO_LOCAL_PORT.code();

    private static final byte ICMP = Verdict.HOST_ICMP.code();
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();

    private static final int NO_MARK = 0;
    private static final int NAT = ForwardingMethod.NAT.value();
    private static final short NO_PORT = 0;
    private static final int BYPASS = ForwardingMethod.BYPASS.value();
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();
    private static final int FTP_PORT = 21;
    private static final int FTP_DATA_SOURCE_PORT = 20;

    /** First bytes of IP addresses that are not unicast: 224.0.0.0/4 and, besides 255.255.255.255, 0.0.0.0/8. */
    private static final int IPV4_MULTICAST = 0xe0;
    private static final int IPV4_MULTICAST_MASK = 0xf0;
    private static final int IPV4_BROADCAST = 0xffff_ffff;
    private static final int IPV6_MULTICAST = 0xff;

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final DestinationTable destinations;
    private final FtpPorts ftpPorts;
    private final Persistence persistence;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final TrafficCounter traffic;
    private final Translations translations;
    private final SchedulingRequest request = new SchedulingRequest();
    private final NewConnection wanted = new NewConnection();

    private Snapshot snapshot;
    private IpvsSettings settings;
    private int now;
    /** Whether connections were opened, or ended, since the batch was looked up. */
    private boolean anyOpened;
    private boolean anyEnded;
    /** Firewall mark of the packet that is being scheduled. */
    private int mark;
    /** What that packet means to its protocol. */
    private int event;

    ConnectionOpener(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final DestinationTable destinations, final FtpPorts ftpPorts, final Persistence persistence,
        final FlowBatch flows, final PacketBatch batch, final TrafficCounter traffic,
        final Translations translations) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.destinations = destinations;
        this.ftpPorts = ftpPorts;
        this.persistence = persistence;
        this.flows = flows;
        this.batch = batch;
        this.traffic = traffic;
        this.translations = translations;
    }

    /** Begins a batch that was just looked up. */
    void begin(final Snapshot batchSnapshot, final int nowTicks) {
        snapshot = batchSnapshot;
        settings = batchSnapshot.settings;
        now = nowTicks;
        persistence.begin(batchSnapshot, nowTicks);
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
        int slot = found;
        if (slot >= 0 ? anyEnded : anyOpened) {
            slot = table.lookup().find(flows.entry(i));
        }
        if (slot >= 0 && !(ProtocolEvent.isOpening(batch.headers[i]) && mayReplace(i, slot))) {
            return slot;
        }
        if (slot >= 0) {
            end(slot);
        }
        return schedule(i);
    }

    /**
     * Decides about a packet whose connection's real server was removed: it opens another connection, or gets a
     * verdict.
     */
    void destinationGone(final int i, final int slot) {
        if (settings.expireNodestConn()) {
            end(slot);
            if (schedule(i) == NO_SLOT) {
                return;
            }
        }
        end(i, GONE);
    }

    /** Ends a connection, or takes one that controls others out of sight until they have ended. */
    private void end(final int slot) {
        if (!connections.expireNow(slot)) {
            connections.hide(slot);
        }
        anyEnded = true;
    }

    /** Whether a packet that asks for a new connection is not to use this one. */
    private boolean mayReplace(final int i, final int slot) {
        if (settings.expireNodestConn()) {
            final int destination = table.destination(slot);
            if (destination != DestinationTable.NONE && destinations.weight(destination) == 0) {
                return true;
            }
        }
        final int mode = settings.connReuseMode();
        return mode != 0 && table.isNewConnectionExpected(slot, ProtocolEvent.of(batch.headers[i]), mode);
    }

    /**
     * Opens a connection for an ICMP error, by the packet that it quotes: the flow of packet {@code i} is that one's.
     * Nothing is known of that packet but its ports, so that the connection has no state yet and lives a few seconds.
     *
     * @return UNDECIDED once the error has a real server, otherwise the verdict it ends with
     */
    byte openRelated(final int i) {
        final long flow = flows.entry(i);
        final SchedulingRequest asked = ask(i, flow);
        final VirtualService service = snapshot.services.find(
            asked.family, asked.protocol, asked.virtualWord0, asked.virtualWord1, asked.virtualPort, NO_MARK);
        if (service == null || asked.clientPort == FTP_DATA_SOURCE_PORT) {
            return ICMP;
        }
        if (connections.isPacketToDrop()) {
            return DEFENCE;
        }
        mark = NO_MARK;
        event = ProtocolEvent.NONE;
        batch.verdicts[i] = UNDECIDED;
        if (service.config.isPersistent()) {
            follow(i, flow, service);
        } else {
            choose(i, flow, service);
        }
        return batch.verdicts[i];
    }

    private int schedule(final int i) {
        if (!ProtocolEvent.maySchedule(batch.headers[i], settings)) {
            return end(i, NO_CONNECTION);
        }
        final long flow = flows.entry(i);
        final SchedulingRequest asked = ask(i, flow);
        mark = snapshot.marks.isEmpty() ? 0 : snapshot.marks.markOf(asked);
        final VirtualService service = snapshot.services.find(
            asked.family, asked.protocol, asked.virtualWord0, asked.virtualWord1, asked.virtualPort, mark);
        if (service == null) {
            return end(i, NO_SERVICE);
        }
        if (asked.family == Family.IPV4 && snapshot.clients.isOwnIpv4(asked.clientWord0)) {
            return end(i, MARTIAN); // the kernel's routing drops it before IPVS could see it
        }
        if (connections.isPacketToDrop()) {
            return end(i, DEFENCE);
        }
        if (asked.clientPort == FTP_DATA_SOURCE_PORT) {
            return end(i, FTP_DATA);
        }
        event = ProtocolEvent.of(batch.headers[i]);
        return service.config.isPersistent() ? follow(i, flow, service) : choose(i, flow, service);
    }

    /** Fills in what marks, services and schedulers go by. */
    private SchedulingRequest ask(final int i, final long flow) {
        final SchedulingRequest asked = request;
        asked.family = UnsafeApi.getByte(flow + FlowLayout.KIND) == FlowLayout.IPV6 ? Family.IPV6 : Family.IPV4;
        asked.protocol = UnsafeApi.getByte(flow + FlowLayout.PROTOCOL) & 0xff;
        asked.clientWord0 = UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS);
        asked.clientWord1 = UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS + Long.BYTES);
        asked.clientPort = port(flow + FlowLayout.CLIENT_PORT);
        asked.virtualWord0 = UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS);
        asked.virtualWord1 = UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + Long.BYTES);
        asked.virtualPort = port(flow + FlowLayout.VIRTUAL_PORT);
        asked.interfaceIndex = batch.interfaceIndex;
        asked.vlan = EthernetHeader.vlan(umemPointer + batch.addresses[i], ParsedHeaders.tags(batch.headers[i]));
        asked.nowTicks = now;
        return asked;
    }

    /** The scheduler chooses the real server. */
    private int choose(final int i, final long flow, final VirtualService service) {
        final ServiceKey key = service.config.key();
        final boolean ofOtherPort = !key.isFwmark() && key.port() != request.virtualPort;
        final Destination destination =
            ofOtherPort ? null : snapshot.destination(service.scheduler.select(request));
        if (destination == null) {
            return leave(i, flow, service);
        }
        final short port = destinations.wirePort(destination.id);
        return open(i, flow, service, destination,
            port != 0 ? port : UnsafeApi.getShort(flow + FlowLayout.VIRTUAL_PORT), NewConnection.NO_PARENT);
    }

    /** The client's template names the real server. */
    private int follow(final int i, final long flow, final VirtualService service) {
        while (true) {
            final int template = persistence.template(i, flow, service, request, mark);
            if (template < 0) {
                return switch (template) {
                    case Persistence.TABLE_FULL -> end(i, TABLE_FULL);
                    case Persistence.NOTHING_FOUND -> end(i, ENGINE);
                    default -> leave(i, flow, service);
                };
            }
            final Destination destination = snapshot.destination(table.destination(template));
            final int result = open(i, flow, service, destination,
                persistence.destinationPort(flow, service, request.virtualPort, destination.id), template);
            if (result != WorkerConnections.PARENT_ENDED) {
                return result;
            }
            persistence.abandon(template);
        }
    }

    /** No real server takes the connection. */
    private int leave(final int i, final long flow, final VirtualService service) {
        final ServiceKey key = service.config.key();
        if (settings.cacheBypass() && key.isFwmark() && isToOthers()) {
            return bypass(i, flow, service);
        }
        if (key.isFwmark() || key.port() != FTP_PORT || request.virtualPort == FTP_PORT) {
            return end(i, NO_DESTINATION);
        }
        // another worker may have filled the client port in since the look-up
        final int slot = table.lookup().findExactly(flow);
        return slot >= 0 ? slot : end(i, FTP_PORT_UNANNOUNCED);
    }

    /** Whether the packet is to a unicast address, of IPv4 none of the host's own; those of IPv6 end when routed. */
    private boolean isToOthers() {
        final int first = (int)request.virtualWord0 & 0xff;
        if (request.family == Family.IPV6) {
            return first != IPV6_MULTICAST && (request.virtualWord0 | request.virtualWord1) != 0;
        }
        return first != 0 && (first & IPV4_MULTICAST_MASK) != IPV4_MULTICAST
            && (int)request.virtualWord0 != IPV4_BROADCAST && !snapshot.clients.isOwnIpv4(request.virtualWord0);
    }

    /**
     * Opens a connection to where its packets are addressed. Linux does not mark it as one whose answers are unseen.
     */
    private int bypass(final int i, final long flow, final VirtualService service) {
        if (!isOnePacket(service)) {
            wanted.of(flow, DestinationTable.NONE, NO_PORT, BYPASS).firewallMark(mark);
            final int result = connections.open(wanted, event, now);
            if (result < 0) {
                return end(i, TABLE_FULL);
            }
            if (WorkerConnections.isExisting(result)) {
                return WorkerConnections.slotOf(result);
            }
            anyOpened = true;
        }
        batch.destinations[i] = DestinationTable.NONE;
        batch.methods[i] = (byte)BYPASS;
        return NO_SLOT;
    }

    private boolean isOnePacket(final VirtualService service) {
        return service.config.isOnePacket() && request.protocol == IpProtocol.UDP;
    }

    /** @return the slot of a connection that was there, {@link #NO_SLOT}, or {@link WorkerConnections#PARENT_ENDED} */
    private int open(
        final int i, final long flow, final VirtualService service, final Destination destination,
        final short destinationPort, final int template) {
        final int flags = destinations.connectionFlags(destination.id);
        final int method = flags & ConnectionFlags.FORWARDING_MASK;
        long translation = Translation.toPort(destinationPort);
        if (isOnePacket(service)) {
            // begins and ends with this packet; the thresholds of the real server see it nevertheless
            destinations.connectionBound(destination.id, false);
            destinations.connectionUnbound(destination.id, false);
            if (template != NewConnection.NO_PARENT) {
                connections.restartTemplate(template, now);
            }
        } else {
            if (!anyOpened) {
                table.lookup().touchPlaces(flows);
            }
            wanted.of(flow, destination.id, destinationPort, flags).controlledBy(template).firewallMark(mark);
            if (method == NAT && request.protocol == IpProtocol.TCP && ftpPorts.contains(request.virtualPort)) {
                wanted.helped();
            } else if (method == FULLNAT) {
                final int localEnd = translations.take(service, destination, destinationPort, request.protocol);
                if (localEnd == LocalAddress.NONE) {
                    return end(i, service.localAddresses.length == 0 ? NO_LOCAL_ADDRESS : NO_LOCAL_PORT);
                }
                wanted.localEnd(localEnd);
                translation = translations.ofFirst(i, destinationPort, localEnd);
            }
            final int result = connections.open(wanted, event, now);
            if (result < 0 || WorkerConnections.isExisting(result)) {
                translations.giveBack(Translation.localEnd(translation));
                return result == WorkerConnections.PARENT_ENDED ? result
                    : result < 0 ? end(i, TABLE_FULL) : WorkerConnections.slotOf(result);
            }
            anyOpened = true;
        }
        traffic.countConnection(destination);
        batch.destinations[i] = destination.id;
        batch.methods[i] = (byte)method;
        batch.translations[i] = translation;
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
