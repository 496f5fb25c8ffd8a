package io.ringvs.replay;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.forward.IcmpErrors;
import io.ringvs.packet.IcmpHeader;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.PacketBatch;
import io.ringvs.packet.PacketParser;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TransportChecksum;
import io.ringvs.packet.UdpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.Adjacency;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The transport layer of a host on which nothing listens: it resets TCP connections, and tells by ICMP that UDP ports
 * cannot be reached. Packets with a wrong checksum get no answer.
 *
 * <p><b>Source:</b> RFC 9293 section 3.10.7.1; RFC 1122 section 4.1.3.1; tcp_v4_send_reset and __udp4_lib_rcv of Linux
 * 6.1.
 */
final class HostStack implements AutoCloseable {
    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    /** More than the longest frame, and an error's headers before it. */
    private static final int ROOM = 1 << 17;
    private static final int START = 256;
    private static final int MAX_FRAME = ROOM / 2 - START;
    private static final int HOPS = 64;
    private static final int IDENTIFICATION = 0;

    private final TopologyHost host;
    private final PacketBatch batch = new PacketBatch(1);
    private final FlowBatch flows = new FlowBatch(1);
    private final long memory = UnsafeApi.allocateMemory(ROOM);
    private final PacketParser parser = new PacketParser(memory, batch, flows);

    HostStack(final TopologyHost host) {
        this.host = host;
    }

    /** The frame that answers one that the host received, or null. */
    PortFrame answer(final byte[] received) {
        if (received.length > MAX_FRAME) {
            return null;
        }
        new UnsafeBuffer(memory, ROOM).putBytes(START, received);
        final long headers = parse(START, received.length);
        final long packet = memory + START + ParsedHeaders.networkOffset(headers);
        if (batch.verdicts[0] != UNDECIDED || !host.isLocal(address(packet, headers, false))) {
            return null;
        }
        final Adjacency way = host.adjacency(address(packet, headers, true));
        if (way.state != Adjacency.State.RESOLVED) {
            return null;
        }
        return switch (ParsedHeaders.protocol(headers)) {
            case IpProtocol.TCP -> reset(headers, way);
            case IpProtocol.UDP -> unreachable(headers, way);
            default -> null;
        };
    }

    private long parse(final int offset, final int length) {
        batch.count = 1;
        batch.addresses[0] = offset;
        batch.lengths[0] = length;
        batch.headers[0] = 0;
        parser.parse();
        return batch.headers[0];
    }

    private static IpAddress address(final long packet, final long headers, final boolean source) {
        final boolean ipv6 = ParsedHeaders.isIpv6(headers);
        final int offset = ipv6 ? source ? Ipv6Header.SOURCE : Ipv6Header.DESTINATION
            : source ? Ipv4Header.SOURCE : Ipv4Header.DESTINATION;
        final byte[] bytes = new byte[ipv6 ? 2 * Long.BYTES : Integer.BYTES];
        new UnsafeBuffer(packet + offset, bytes.length).getBytes(0, bytes);
        return IpAddress.of(bytes);
    }

    private PortFrame unreachable(final long headers, final Adjacency way) {
        final long frame = memory + START;
        final short checksum = UnsafeApi.getShort(frame + ParsedHeaders.transportOffset(headers) + UdpHeader.CHECKSUM);
        if (checksum != 0 && TransportChecksum.of(frame, headers) != 0) {
            return null;
        }
        final int error = ParsedHeaders.isIpv6(headers)
            ? IcmpHeader.V6_PORT_UNREACHABLE : IcmpHeader.PORT_UNREACHABLE;
        final int length = IcmpErrors.write(frame, headers, error, 0, IDENTIFICATION);
        return leave(START - IcmpErrors.shift(headers), length, way);
    }

    private PortFrame reset(final long headers, final Adjacency way) {
        final long frame = memory + START;
        if ((ParsedHeaders.event(headers) & TcpHeader.RST) != 0 || TransportChecksum.of(frame, headers) != 0) {
            return null;
        }
        final int linkLength = ParsedHeaders.networkOffset(headers);
        final int offset = ROOM / 2;
        UnsafeApi.copyMemory(frame, memory + offset, linkLength);
        final int header = offset + linkLength;
        final int ipLength = networkHeader(memory + header, frame + linkLength, ParsedHeaders.isIpv6(headers));
        final int length = linkLength + ipLength + TcpHeader.MIN_LENGTH;
        final long segment = memory + header + ipLength;
        segment(segment, frame + ParsedHeaders.transportOffset(headers), headers);
        UnsafeApi.putShort(
            segment + TcpHeader.CHECKSUM, TransportChecksum.of(memory + offset, parse(offset, length)));
        return leave(offset, length, way);
    }

    /** Writes the IP header of a segment that answers a packet; returns its length in bytes. */
    private static int networkHeader(final long header, final long packet, final boolean ipv6) {
        if (ipv6) {
            Ipv6Header.write(header, 0, TcpHeader.MIN_LENGTH, IpProtocol.TCP, HOPS);
            UnsafeApi.copyMemory(packet + Ipv6Header.DESTINATION, header + Ipv6Header.SOURCE, 2 * Long.BYTES);
            UnsafeApi.copyMemory(packet + Ipv6Header.SOURCE, header + Ipv6Header.DESTINATION, 2 * Long.BYTES);
            return Ipv6Header.LENGTH;
        }
        Ipv4Header.write(header, Ipv4Header.typeOfService(packet), Ipv4Header.MIN_LENGTH + TcpHeader.MIN_LENGTH,
            Ipv4Header.WIRE_DO_NOT_FRAGMENT << Short.SIZE, HOPS, IpProtocol.TCP,
            Ipv4Header.destinationWord(packet) | Ipv4Header.sourceWord(packet) << Integer.SIZE);
        return Ipv4Header.MIN_LENGTH;
    }

    /** Writes the reset, without a checksum, that answers the segment at {@code received}. */
    private static void segment(final long reset, final long received, final long headers) {
        final int flags = ParsedHeaders.event(headers);
        final int data = ParsedHeaders.frameLength(headers) - ParsedHeaders.transportOffset(headers)
            - TcpHeader.length(received);
        final int taken = data + ((flags & TcpHeader.SYN) != 0 ? 1 : 0) + ((flags & TcpHeader.FIN) != 0 ? 1 : 0);
        final boolean acknowledging = (flags & TcpHeader.ACK) != 0;
        UnsafeApi.setMemory(reset, TcpHeader.MIN_LENGTH, (byte)0);
        UnsafeApi.putInt(reset, Integer.rotateLeft(UnsafeApi.getInt(received), Short.SIZE));
        if (acknowledging) {
            UnsafeApi.putInt(reset + TcpHeader.SEQUENCE, UnsafeApi.getInt(received + TcpHeader.ACKNOWLEDGMENT));
        } else {
            UnsafeApi.putInt(
                reset + TcpHeader.ACKNOWLEDGMENT, Integer.reverseBytes(TcpHeader.sequence(received) + taken));
        }
        UnsafeApi.putByte(reset + TcpHeader.DATA_OFFSET, (byte)(TcpHeader.MIN_LENGTH << 2));
        UnsafeApi.putByte(reset + TcpHeader.FLAGS, (byte)(TcpHeader.RST | (acknowledging ? 0 : TcpHeader.ACK)));
    }

    private PortFrame leave(final int offset, final int length, final Adjacency way) {
        UnsafeApi.putLong(memory + offset, way.macWord);
        UnsafeApi.putInt(memory + offset + Long.BYTES, way.macTail);
        final byte[] bytes = new byte[length];
        new UnsafeBuffer(memory + offset, length).getBytes(0, bytes);
        return new PortFrame(host.interfaces().get(way.interfaceIndex - 1), bytes);
    }

    @Override
    public void close() {
        flows.close();
        UnsafeApi.freeMemory(memory);
    }
}
