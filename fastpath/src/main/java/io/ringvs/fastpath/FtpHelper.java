package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.ExpectedConnections;
import io.ringvs.conntab.TcpStates;
import io.ringvs.conntab.WorkerConnections;
import io.ringvs.packet.FtpMessage;
import io.ringvs.packet.FtpReply;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TcpNumbers;
import io.ringvs.packet.TransportChecksum;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.Umem;

/**
 * Looks into control connections of FTP that are translated: opens the data connections that they announce, tells
 * clients the virtual address in place of the real server's, and keeps the numbers of bytes right after that.
 *
 * <pre>
 *   client: PORT, EPRT             expects client:port - VIP:20 - server:20, which the server opens
 *   client: PASV, EPSV             notes it; then
 *   server: 227, 229 with a port   expects client:? - VIP:port - server:port; the reply gets the virtual address
 * </pre>
 *
 * A data connection goes to the real server of its control connection, whatever address the server names.
 *
 * <p><b>Threading:</b> one worker; the other direction of a connection may be another worker's.
 *
 * <p><b>Source:</b> ip_vs_ftp_in and ip_vs_ftp_out of Linux 6.1 {@code ip_vs_ftp.c}; tcp_snat_handler and
 * tcp_dnat_handler of {@code ip_vs_proto_tcp.c}, which drop what has a wrong checksum.
 */
final class FtpHelper {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte BAD_CHECKSUM = Verdict.DROP_BAD_CHECKSUM.code();
    private static final byte TABLE_FULL = Verdict.DROP_TABLE_FULL.code();
    private static final byte NO_ROOM = Verdict.DROP_FTP_REPLY.code();
    private static final int MAX_PACKET = 0xffff;
    private static final short NOT_KNOWN = 0;

    private final Umem umem;
    private final ConnectionTable table;
    private final ExpectedConnections expected;
    private final PacketBatch batch;
    private final FtpMessage message = new FtpMessage();
    private final FtpReply reply = new FtpReply();

    FtpHelper(
        final Umem umem, final ConnectionTable table, final WorkerConnections connections,
        final PacketBatch batch) {
        this.umem = umem;
        this.table = table;
        this.expected = connections.expected();
        this.batch = batch;
    }

    /**
     * Looks into packet {@code i} of a client, by which its connection was stepped.
     *
     * @param now in ticks
     * @return the code of UNDECIDED, or of the verdict that it ends with
     */
    byte fromClient(final int i, final int slot, final int now) {
        final long headers = batch.headers[i];
        final long frame = umem.pointer(batch.addresses[i]);
        final int length = dataLength(frame, headers);
        if (TransportChecksum.of(frame, headers) != 0) {
            return BAD_CHECKSUM;
        }
        final long header = frame + ParsedHeaders.transportOffset(headers);
        final long word = table.helperWord(slot);
        if (FtpSession.isShifted(word) && (ParsedHeaders.event(headers) & TcpHeader.ACK) != 0) {
            acknowledge(header, word, length);
        }
        return length > 0 && table.state(slot) == TcpStates.ESTABLISHED
            ? read(slot, header, length, ParsedHeaders.isIpv6(headers), now) : UNDECIDED;
    }

    private static void acknowledge(final long header, final long word, final int dataLength) {
        TcpNumbers.acknowledgment(header, FtpSession.toServer(word, TcpNumbers.acknowledgment(header)));
        if (dataLength < 0) {
            return;
        }
        final long blocks = TcpNumbers.blocks(header, TcpHeader.length(header));
        final int end = (int)blocks + (int)(blocks >>> Integer.SIZE);
        for (int offset = (int)blocks; offset < end; offset += Integer.BYTES) {
            TcpNumbers.edge(header, offset, FtpSession.toServer(word, TcpNumbers.edge(header, offset)));
        }
    }

    private byte read(final int slot, final long header, final int length, final boolean ipv6, final int now) {
        message.of(header + TcpHeader.length(header), length);
        final int request = message.request(ipv6);
        if (request != FtpMessage.NO_REQUEST) {
            note(slot, request);
            return UNDECIDED;
        }
        if (!message.readClientAddress(ipv6)) {
            return UNDECIDED;
        }
        note(slot, FtpMessage.NO_REQUEST);
        final int opened = expected.expect(slot, message.addressWord0(), message.addressWord1(), wire(message.port()),
            before(table.virtualPort(slot)), before(table.destinationPort(slot)), now);
        return opened == WorkerConnections.TABLE_FULL ? TABLE_FULL : UNDECIDED;
    }

    private void note(final int slot, final int request) {
        long word;
        do {
            word = table.helperWord(slot);
            // CAS: the worker with the server's packets changes the word, too
        } while (!table.helperWord(slot, word, FtpSession.withRequest(word, request)));
    }

    /**
     * Looks into packet {@code i} of a real server, before its connection is stepped by it. It may become longer or
     * shorter: the batch then has its new length.
     *
     * @param now in ticks
     * @return as above
     */
    byte fromServer(final int i, final int slot, final int now) {
        final long headers = batch.headers[i];
        final long frame = umem.pointer(batch.addresses[i]);
        final int length = dataLength(frame, headers);
        if (TransportChecksum.of(frame, headers) != 0) {
            return BAD_CHECKSUM;
        }
        final long header = frame + ParsedHeaders.transportOffset(headers);
        final int sequence = TcpHeader.sequence(header);
        long word = table.helperWord(slot);
        if (length > 0 && table.state(slot) == TcpStates.ESTABLISHED
            && isReply(header, length, word, sequence, headers)) {
            final byte verdict = rewrite(i, slot, header, sequence, now);
            if (verdict != UNDECIDED) {
                return verdict;
            }
            word = table.helperWord(slot);
        }
        if (FtpSession.isShifted(word)) {
            TcpNumbers.sequence(header, FtpSession.toClient(word, sequence));
        }
        return UNDECIDED;
    }

    private boolean isReply(
        final long header, final int length, final long word, final int sequence, final long headers) {
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        message.of(header + TcpHeader.length(header), length);
        if (FtpSession.isRewritten(word, sequence)) {
            return message.readServerAddress(FtpMessage.PASSIVE, ipv6)
                || message.readServerAddress(FtpMessage.EXTENDED_PASSIVE, ipv6);
        }
        return FtpSession.request(word) != FtpMessage.NO_REQUEST && FtpSession.isNew(word, sequence)
            && message.readServerAddress(FtpSession.request(word), ipv6);
    }

    private byte rewrite(final int i, final int slot, final long header, final int sequence, final int now) {
        final long word = table.helperWord(slot);
        final boolean again = FtpSession.isRewritten(word, sequence);
        final int growth = reply.of(message, table.virtualWord0(slot)) - (message.end() - message.start());
        if (growth > room(i) || !again && !FtpSession.hasRoom(word, growth)) {
            return NO_ROOM;
        }
        if (!again) {
            final short port = wire(message.port());
            final int opened = expected.expect(
                slot, table.clientWord0(slot), table.clientWord1(slot), NOT_KNOWN, port, port, now);
            if (opened == WorkerConnections.TABLE_FULL) {
                return TABLE_FULL;
            }
            // CAS: fails if the client asked for something else meanwhile, which does not make this reply another one
            if (!table.helperWord(slot, word, FtpSession.rewritten(word, sequence, growth))) {
                return rewrite(i, slot, header, sequence, now);
            }
        }
        batch.headers[i] = reply.write(
            umem.pointer(batch.addresses[i]), batch.headers[i], header + TcpHeader.length(header), message, growth);
        batch.lengths[i] = ParsedHeaders.frameLength(batch.headers[i]);
        return UNDECIDED;
    }

    /**
     * Bytes that the packet may grow by where it lies. What was put together from fragments lies where all have room.
     */
    private int room(final int i) {
        final long address = batch.addresses[i];
        final long headers = batch.headers[i];
        final int packet = MAX_PACKET - ParsedHeaders.networkLength(headers);
        return ParsedHeaders.isReassembled(headers) ? packet : (int)Math.min(packet,
            umem.frameStart(address) + umem.frameSize() - address - ParsedHeaders.frameLength(headers));
    }

    /** Bytes behind the TCP header; negative if there is none that fits. */
    private static int dataLength(final long frame, final long headers) {
        final int transport = ParsedHeaders.transportOffset(headers);
        final int header = TcpHeader.length(frame + transport);
        return header < TcpHeader.MIN_LENGTH ? -1 : ParsedHeaders.frameLength(headers) - transport - header;
    }

    private static short wire(final int port) {
        return Short.reverseBytes((short)port);
    }

    /** The port before one, as that of data is before that of control. */
    private static short before(final short port) {
        return wire((Short.reverseBytes(port) & 0xffff) - 1);
    }
}
