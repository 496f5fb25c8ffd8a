package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Translation;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.LocalAddress;
import io.ringvs.snapshot.Destination;
import io.ringvs.snapshot.VirtualService;

import org.agrona.UnsafeApi;

/**
 * Says what becomes of the addresses and ports of packets of translated connections, as {@link Translation}s; takes
 * local ends for new FULLNAT connections; and says in which of their packets the server is told the client's address.
 *
 * <p>TCP servers are told in the SYN, and in whatever the client sends before it has seen data of the server: which
 * segment makes the server's socket is the server's affair. UDP servers are told in the first packets.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> as DPVS does: tcp_fnat_in_handler of its {@code ip_vs_proto_tcp.c}; {@code uoa.md}.
 */
final class Translations {
    private static final int NAT = ForwardingMethod.NAT.value();
    private static final int FULLNAT = ForwardingMethod.FULLNAT.value();
    /** Methods whose packets have a translation, a bit for each. */
    private static final int TRANSLATED = 1 << NAT | 1 << FULLNAT;
    private static final int NOT_ESTABLISHED = TcpHeader.SYN | TcpHeader.FIN | TcpHeader.RST;
    /** Packets of a UDP client that the server is told its address in. */
    private static final int UDP_PACKETS = 3;

    private final long umemPointer;
    private final ConnectionTable table;
    private final PacketBatch batch;
    private final int worker;
    private int turn;
    private boolean toa;
    private int uoa;

    Translations(final long umemPointer, final ConnectionTable table, final PacketBatch batch, final int worker) {
        this.umemPointer = umemPointer;
        this.table = table;
        this.batch = batch;
        this.worker = worker;
    }

    /** Begins a batch. */
    void begin(final IpvsSettings settings) {
        toa = settings.fullnatToa();
        uoa = settings.fullnatUoa();
    }

    /** Whether packets of connections with this method have a translation. */
    static boolean isTranslated(final int method) {
        return (TRANSLATED >>> method & 1) != 0;
    }

    /** Translation of packet {@code i}, which was counted as one of its connection's. */
    long of(final int i, final int slot, final int method) {
        final short port = table.destinationPort(slot);
        return method == FULLNAT
            ? Translation.of(port, table.localEnd(slot), form(i, slot)) : Translation.toPort(port);
    }

    private int form(final int i, final int slot) {
        final long headers = batch.headers[i];
        return switch (ParsedHeaders.protocol(headers)) {
            case IpProtocol.TCP -> {
                final int firstAnswer = table.firstAnswer(slot);
                yield toa && (isOpening(headers) || firstAnswer != 0 && firstAnswer == acknowledgment(i, headers))
                    ? Translation.TOA : Translation.SILENT;
            }
            case IpProtocol.UDP -> uoa != 0 && Integer.compareUnsigned(table.inPackets(slot), UDP_PACKETS) <= 0
                ? udpForm() : Translation.SILENT;
            default -> Translation.SILENT;
        };
    }

    private static boolean isOpening(final long headers) {
        return (ParsedHeaders.event(headers) & (TcpHeader.SYN | TcpHeader.ACK)) == TcpHeader.SYN;
    }

    /** What a segment acknowledges; 0 if it is not one of an open connection. */
    private int acknowledgment(final int i, final long headers) {
        return (ParsedHeaders.event(headers) & NOT_ESTABLISHED) != 0 ? 0
            : TcpHeader.acknowledgment(umemPointer + batch.addresses[i] + ParsedHeaders.transportOffset(headers));
    }

    private int udpForm() {
        return uoa == 1 ? Translation.UOA_OPTION : Translation.UOA_PROTOCOL;
    }

    /** Translation of packet {@code i}, which opens a connection. */
    long ofFirst(final int i, final short port, final int localEnd) {
        final int protocol = ParsedHeaders.protocol(batch.headers[i]);
        final boolean told = protocol == IpProtocol.TCP ? toa : protocol == IpProtocol.UDP && uoa != 0;
        return Translation.of(port, localEnd,
            told ? protocol == IpProtocol.TCP ? Translation.TOA : udpForm() : Translation.SILENT);
    }

    /**
     * Takes a local end for a new connection, of the service's local addresses in turn.
     *
     * @param port at the server, network order as natively loaded
     * @return {@link LocalAddress#NONE} if there is none left
     */
    int take(final VirtualService service, final Destination destination, final short port, final int protocol) {
        final LocalAddress[] addresses = service.localAddresses;
        int localEnd = LocalAddress.NONE;
        for (int tried = 0; tried < addresses.length && localEnd == LocalAddress.NONE; tried++) {
            turn = turn + 1 < addresses.length ? turn + 1 : 0;
            localEnd = addresses[turn].take(
                worker, destination.addressWord0, destination.addressWord1, port, protocol);
        }
        return localEnd;
    }

    /** Gives back a local end whose connection was not opened. */
    void giveBack(final int localEnd) {
        if (localEnd != LocalAddress.NONE) {
            table.localAddresses().free(localEnd);
        }
    }

    /** Whether a server's answer is its SYN, and what the client sends next is to tell the client's address. */
    boolean isToldAfter(final long headers) {
        return toa && ParsedHeaders.protocol(headers) == IpProtocol.TCP
            && (ParsedHeaders.event(headers) & (TcpHeader.SYN | TcpHeader.ACK)) == (TcpHeader.SYN | TcpHeader.ACK);
    }
}
