package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.forward.IcmpTranslation;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.QuotedPacket;
import io.ringvs.packet.Translation;
import io.ringvs.packet.Verdict;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.LocalAddress;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.Snapshot;

import org.agrona.UnsafeApi;

/**
 * Finds the connection that a packet belongs to which does not have its ports: {@link SecuredPackets}, and ICMP errors.
 *
 * <p>An error to a virtual address is forwarded to the real server whose packet it is about; one from a real server
 * whose packets are translated becomes one that the client understands. What belongs to no connection stays with the
 * host.
 *
 * <p>The error counts as a packet of the connection, but neither changes its state nor prolongs its life.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p>Linux verifies the checksum of ICMPv6 errors from clients nowhere, and so does this.
 *
 * <p><b>Source:</b> ip_vs_in_icmp, ip_vs_in_icmp_v6, ip_vs_out_icmp and ip_vs_out_icmp_v6 of Linux 6.1 {@code
 * ip_vs_core.c}.
 */
final class RelatedStage implements AutoCloseable {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte ICMP = Verdict.HOST_ICMP.code();
    private static final byte GONE = Verdict.DROP_DESTINATION_GONE.code();
    private static final byte BAD_CHECKSUM = Verdict.DROP_BAD_CHECKSUM.code();

    private static final int BYPASS = ForwardingMethod.BYPASS.value();
    private static final int DIRECT = ForwardingMethod.DIRECT.value();
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();

    private final long umemPointer;
    private final ConnectionTable table;
    private final WorkerConnections connections;
    private final ConnectionOpener opener;
    private final FlowBatch flows;
    private final PacketBatch batch;
    private final Replies replies;
    private final TunnelErrors tunnelErrors;
    private final SecuredPackets securedPackets;
    private final TrafficCounter traffic;
    private final Translations translations;
    /** Key of the connection looked for. */
    private final long flow = UnsafeApi.allocateMemory(FlowLayout.LENGTH);

    RelatedStage(
        final long umemPointer, final ConnectionTable table, final WorkerConnections connections,
        final ConnectionOpener opener, final FlowBatch flows, final PacketBatch batch, final Replies replies,
        final TunnelErrors tunnelErrors, final SecuredPackets securedPackets, final TrafficCounter traffic,
        final Translations translations) {
        this.tunnelErrors = tunnelErrors;
        this.securedPackets = securedPackets;
        this.replies = replies;
        this.umemPointer = umemPointer;
        this.table = table;
        this.connections = connections;
        this.opener = opener;
        this.flows = flows;
        this.batch = batch;
        this.traffic = traffic;
        this.translations = translations;
    }

    /**
     * Makes those ICMP messages and IPsec packets of the batch undecided that are to be forwarded.
     *
     * @param nowTicks the time as connections keep it
     * @param nowNs    the same time in nanoseconds
     */
    void relate(final Snapshot snapshot, final int nowTicks, final long nowNs) {
        for (int i = 0; i < batch.count; i++) {
            if (batch.verdicts[i] == ICMP) {
                final byte verdict = tunnelErrors.take(i, flow, snapshot, nowNs);
                batch.verdicts[i] = verdict == TunnelErrors.OTHER ? relate(i, snapshot) : verdict;
            } else if (securedPackets.concerns(i)) {
                batch.verdicts[i] = securedPackets.take(i, snapshot, nowTicks);
            }
        }
    }

    private byte relate(final int i, final Snapshot snapshot) {
        final long frame = umemPointer + batch.addresses[i];
        final long headers = batch.headers[i];
        final int ports = QuotedPacket.readFlow(frame, headers, flow);
        final int slot = ports == QuotedPacket.NONE ? FlowLayout.NOT_FOUND : table.lookup().findBothWays(flow);
        if (slot == FlowLayout.NOT_FOUND) {
            return ports != QuotedPacket.NONE && snapshot.settings.scheduleIcmp() ? open(i, ports, snapshot) : ICMP;
        }
        final boolean fromServer = FlowLayout.isReply(slot);
        if ((fromServer || !ParsedHeaders.isIpv6(headers)) && !IcmpTranslation.isChecksumCorrect(frame, headers)) {
            return BAD_CHECKSUM;
        }
        if (fromServer) {
            return replies.takeError(i, FlowLayout.slotOfReply(slot), ports, snapshot);
        }
        batch.destinations[i] = table.destination(slot);
        batch.methods[i] = (byte)table.forwardingMethod(slot);
        if (Translations.isTranslated(batch.methods[i])) {
            batch.translations[i] = translations.of(i, slot, batch.methods[i]);
        }
        connections.relatedPacket(slot);
        return toServer(i, ports, snapshot);
    }

    /** Opens a connection that packet {@code i}, the error, belongs to, as schedule_icmp has it. */
    private byte open(final int i, final int ports, final Snapshot snapshot) {
        final long frame = umemPointer + batch.addresses[i];
        QuotedPacket.readFlow(frame, batch.headers[i], flows.entry(i));
        final byte verdict = opener.openRelated(i);
        if (verdict != UNDECIDED) {
            return verdict;
        }
        if (!ParsedHeaders.isIpv6(batch.headers[i]) && !IcmpTranslation.isChecksumCorrect(frame, batch.headers[i])) {
            return BAD_CHECKSUM;
        }
        final int slot = table.lookup().findExactly(flow);
        if (slot != FlowLayout.NOT_FOUND) {
            connections.relatedPacket(slot);
        }
        return toServer(i, ports, snapshot);
    }

    private byte toServer(final int i, final int ports, final Snapshot snapshot) {
        final long headers = batch.headers[i];
        final Destination destination = snapshot.destination(batch.destinations[i]);
        if (destination == null && batch.methods[i] != BYPASS) {
            return GONE;
        }
        if (Translations.isTranslated(batch.methods[i])) {
            final long translation = batch.translations[i];
            IcmpTranslation.toServer(umemPointer + batch.addresses[i], headers, ports, destination.addressWord0,
                destination.addressWord1, Translation.port(translation));
            if (batch.methods[i] == FULLNAT) {
                fromLocalEnd(umemPointer + batch.addresses[i], headers, ports, Translation.localEnd(translation));
            }
            // translated, it needs no more than the server's MAC address
            batch.methods[i] = (byte)DIRECT;
        }
        if (destination != null) {
            traffic.countIn(destination, ParsedHeaders.networkLength(headers));
        }
        return UNDECIDED;
    }

    /** To the real server the error comes from the director, as the client's packets do. */
    private void fromLocalEnd(final long frame, final long headers, final int ports, final int localEnd) {
        final LocalAddress local = table.localAddresses().of(localEnd);
        if (local != null) {
            IcmpTranslation.toClient(frame, headers, ports, local.address().word0(), local.address().word1(),
                LocalAddress.portOf(localEnd));
        }
    }

    @Override
    public void close() {
        securedPackets.close();
        UnsafeApi.freeMemory(flow);
    }
}
