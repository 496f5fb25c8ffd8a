package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.SctpHeader;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Looks whether a packet that the lookup found no connection for comes from a real server:
 *
 * <ul>
 * <li>an answer that needs no translation, since its server has the virtual address itself (direct routing, tunnels),
 * but happens to pass this host. Of IPv6 only: a host with that address takes no IPv4 packet from it;</li>
 * <li>the first packet of a call that a real server begins ({@link ServerCalls});</li>
 * <li>with nat_icmp_send, one that should have been translated, but belongs to no connection: it is refused.</li>
 * </ul>
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_out_hook of Linux 6.1 {@code ip_vs_core.c}.
 */
final class ServerPackets {
    /** It comes from no real server. */
    static final byte OTHER = Verdict.UNDECIDED.code();

    private static final byte UNEXPECTED = Verdict.DROP_UNEXPECTED_ANSWER.code();
    private static final int NAT = ForwardingMethod.NAT.value();

    private final ConnectionTable table;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final Replies replies;
    private final ServerCalls calls;
    private final ReversedFlow reversed;

    ServerPackets(
        final ConnectionTable table, final FlowBatch flows, final PacketBatch batch, final Replies replies,
        final ServerCalls calls) {
        this.table = table;
        this.flows = flows;
        this.batch = batch;
        this.replies = replies;
        this.calls = calls;
        reversed = new ReversedFlow(table);
    }

    /**
     * Treats packet {@code i} if it is one.
     *
     * @param now in ticks
     * @return the code of FORWARD once it is queued, or of the verdict it ends with; or {@link #OTHER}
     */
    byte take(final int i, final Snapshot snapshot, final int now) {
        final long headers = batch.headers[i];
        final long flow = flows.entry(i);
        final Family family = ParsedHeaders.isIpv6(headers) ? Family.IPV6 : Family.IPV4;
        final int protocol = ParsedHeaders.protocol(headers);
        final long source0 = UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS);
        final long source1 = UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS + Long.BYTES);
        final int port = Short.reverseBytes(UnsafeApi.getShort(flow + FlowLayout.CLIENT_PORT)) & 0xffff;
        if (family == Family.IPV6 && snapshot.services.find(family, protocol, source0, source1, port, 0) != null) {
            final int slot = reversed.find(flow);
            if (slot != FlowLayout.NOT_FOUND && table.forwardingMethod(slot) != NAT) {
                return replies.take(i, slot, snapshot, now);
            }
        }
        if (snapshot.natServers.isEmpty()) {
            return OTHER;
        }
        final Destination server = snapshot.natServers.find(family, protocol, source0, source1, port);
        if (server == null || !replies.passes(i, snapshot)) {
            return OTHER;
        }
        final byte verdict = calls.take(i, server, snapshot, now);
        return verdict != OTHER || !snapshot.settings.natIcmpSend() || endsConnection(headers)
            ? verdict : refuse(i, server);
    }

    private byte refuse(final int i, final Destination server) {
        batch.destinations[i] = server.id;
        batch.methods[i] = (byte)NAT;
        return UNEXPECTED;
    }

    /** Whether the packet is a TCP reset or an SCTP abort. */
    private static boolean endsConnection(final long headers) {
        final int event = ParsedHeaders.event(headers);
        final int protocol = ParsedHeaders.protocol(headers);
        return protocol == IpProtocol.TCP && (event & TcpHeader.RST) != 0
            || protocol == IpProtocol.SCTP && event == SctpHeader.ABORT;
    }

    void close() {
        calls.close();
        reversed.close();
    }
}
