package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.UdpStates;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.KeyExchangeFlow;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Sends packets of IPsec, AH and ESP, to the real server that their ends exchanged keys with: they belong to the
 * connection from UDP port 500 to UDP port 500, and prolong it. They open none; what has no such connection stays with
 * the host.
 *
 * <p>They have no ports, so that NAT changes no more than an address; the answers to a local address of FULLNAT could
 * not be told apart, and its connections take no such packets. Every fragment names the addresses, so none is put
 * together.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ah_esp_conn_in_get, ah_esp_conn_out_get and ah_esp_conn_schedule of Linux 6.1
 * {@code ip_vs_proto_ah_esp.c}.
 */
final class SecuredPackets implements AutoCloseable {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte PROTOCOL = Verdict.HOST_PROTOCOL.code();
    private static final byte FRAGMENT = Verdict.HOST_FRAGMENT.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final int BYPASS = ForwardingMethod.BYPASS.value();
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final PacketBatch batch;
    private final Replies replies;
    private final TrafficCounter traffic;
    private final Translations translations;
    private final long flow = UnsafeApi.allocateMemory(FlowLayout.LENGTH);

    SecuredPackets(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final PacketBatch batch, final Replies replies, final TrafficCounter traffic, final Translations translations) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.batch = batch;
        this.replies = replies;
        this.traffic = traffic;
        this.translations = translations;
    }

    /** Whether packet {@code i} is one of these. */
    boolean concerns(final int i) {
        final byte verdict = batch.verdicts[i];
        return (verdict == PROTOCOL || verdict == FRAGMENT)
            && IpProtocol.isSecured(ParsedHeaders.protocol(batch.headers[i]));
    }

    /**
     * Treats packet {@code i}.
     *
     * @param now in ticks
     * @return the code of UNDECIDED when it is to be forwarded, otherwise of the verdict it ends with
     */
    byte take(final int i, final Snapshot snapshot, final int now) {
        final long headers = batch.headers[i];
        KeyExchangeFlow.write(flow, umemPointer + batch.addresses[i], headers);
        final int found = table.lookup().findBothWays(flow);
        if (found == FlowLayout.NOT_FOUND) {
            return batch.verdicts[i];
        }
        if (FlowLayout.isReply(found)) {
            return replies.take(i, FlowLayout.slotOfReply(found), snapshot, now);
        }
        final int method = table.forwardingMethod(found);
        if (method == FULLNAT) {
            return batch.verdicts[i];
        }
        final Destination destination = snapshot.destination(table.destination(found));
        if (destination == null && method != BYPASS) {
            return GONE;
        }
        batch.destinations[i] = table.destination(found);
        batch.methods[i] = (byte)connections.packet(found, UdpStates.PACKET, now);
        batch.translations[i] = translations.of(i, found, method);
        if (destination != null) {
            traffic.countIn(destination, ParsedHeaders.networkLength(headers));
        }
        return UNDECIDED;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(flow);
    }
}
