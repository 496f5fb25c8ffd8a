package io.ringvs.packet;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.service.IpProtocol;

import org.agrona.UnsafeApi;

/**
 * Finds the headers of received frames and the flow each one belongs to. All length checks of the packet path are here:
 * what it leaves {@link Verdict#UNDECIDED} has complete headers up to and including the transport header's fixed part.
 *
 * <pre>
 *   Ethernet -> 0..2 VLAN tags -> IPv4 with options   -> TCP | UDP | SCTP -> flow entry, UNDECIDED
 *                              -> IPv6 -> extensions
 *   anything else                                                         -> a HOST_ or DROP_ verdict
 * </pre>
 *
 * <p>Fragments are marked and get a HOST_ verdict, since only the whole packet names its ports everywhere. So are IPv6
 * packets with a fragment header that are whole nevertheless, which are to lose it.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Errors:</b> none thrown; a frame of any content and length is read within its bounds.
 *
 * <p><b>Source:</b> the checks are those of Linux 6.1 ip_rcv, ip_route_input, ip6_rcv and of IPVS after them.
 */
public final class PacketParser {
    /** Extension headers followed in one packet. */
    public static final int MAX_EXTENSIONS = 8;

    private static final byte UNDECIDED = Verdict.UNDECIDED.code();
    private static final byte NOT_IP = Verdict.HOST_NOT_IP.code();
    private static final byte GROUP = Verdict.HOST_GROUP.code();
    private static final byte ICMP = Verdict.HOST_ICMP.code();
    private static final byte PROTOCOL = Verdict.HOST_PROTOCOL.code();
    private static final byte FRAGMENT = Verdict.HOST_FRAGMENT.code();
    private static final byte EXTENSIONS = Verdict.HOST_EXTENSIONS.code();
    private static final byte TRUNCATED = Verdict.DROP_TRUNCATED.code();
    private static final byte BAD_HEADER = Verdict.DROP_BAD_HEADER.code();
    private static final byte BAD_CHECKSUM = Verdict.DROP_BAD_CHECKSUM.code();
    private static final byte MARTIAN = Verdict.DROP_MARTIAN.code();

    private static final int MAX_TAGS = 2;
    private static final int LOOPBACK = 127;
    private static final int MULTICAST = 224;
    private static final int BEYOND_MULTICAST = 240;
    private static final long LIMITED_BROADCAST_WORD = 0xffff_ffffL;
    private static final long IPV6_LOOPBACK_WORD1 = 0x0100_0000_0000_0000L;

    private final long umemPointer;
    private final FlowBatch flows;
    private final PacketBatch batch;

    /**
     * @param umemPointer where the UMEM starts in this process
     * @param batch       whose frames are parsed
     * @param flows       receives the flows, entry i that of packet i
     */
    public PacketParser(final long umemPointer, final PacketBatch batch, final FlowBatch flows) {
        this.umemPointer = umemPointer;
        this.batch = batch;
        this.flows = flows;
    }

    /** Parses all frames of the batch. */
    public void parse() {
        final PacketBatch packets = batch;
        final int count = packets.count;
        packets.related = 0;
        for (int i = 0; i < count; i++) {
            final byte verdict = parse(i, umemPointer + packets.addresses[i], packets.lengths[i]);
            packets.verdicts[i] = verdict;
            if (verdict != UNDECIDED) {
                FlowKeyWriter.none(flows.entry(i));
            }
        }
    }

    /** Parses a packet of the batch that was put together from fragments. */
    public void parseReassembled(final int i) {
        final byte verdict = parse(i, umemPointer + batch.addresses[i], batch.lengths[i]);
        batch.verdicts[i] = verdict;
        batch.headers[i] |= ParsedHeaders.REASSEMBLED;
    }

    private byte parse(final int i, final long frame, final int length) {
        if (length < EthernetHeader.LENGTH) {
            return TRUNCATED;
        }
        if (EthernetHeader.isGroup(frame)) {
            return GROUP;
        }
        final short type = EthernetHeader.type(frame + EthernetHeader.TYPE);
        if (type == EthernetHeader.TYPE_IPV4) {
            return ipv4(i, frame, EthernetHeader.LENGTH, length);
        }
        return EthernetHeader.isTag(type)
            ? tagged(i, frame, length) : network(i, frame, type, EthernetHeader.LENGTH, length);
    }

    private byte tagged(final int i, final long frame, final int length) {
        int offset = EthernetHeader.LENGTH;
        short type = EthernetHeader.type(frame + EthernetHeader.TYPE);
        for (int tags = 0; tags < MAX_TAGS && EthernetHeader.isTag(type); tags++) {
            offset += EthernetHeader.TAG_LENGTH;
            if (length < offset) {
                return TRUNCATED;
            }
            type = EthernetHeader.type(frame + offset - Short.BYTES);
        }
        return network(i, frame, type, offset, length);
    }

    private byte network(final int i, final long frame, final short type, final int offset, final int length) {
        if (type == EthernetHeader.TYPE_IPV4) {
            return ipv4(i, frame, offset, length);
        }
        return type == EthernetHeader.TYPE_IPV6 ? ipv6(i, frame, offset, length) : NOT_IP;
    }

    private byte ipv4(final int i, final long frame, final int offset, final int length) {
        if (length < offset + Ipv4Header.MIN_LENGTH) {
            return TRUNCATED;
        }
        final int versionAndLength = Ipv4Header.versionAndLength(frame + offset);
        if (versionAndLength == Ipv4Header.VERSION_4_NO_OPTIONS) {
            // the general case with a constant, for the compiler to fold
            return ipv4(i, frame, offset, Ipv4Header.MIN_LENGTH, length);
        }
        final int headerLength = (versionAndLength & 0xf) << 2;
        return versionAndLength >>> 4 != 4 || headerLength < Ipv4Header.MIN_LENGTH
            ? BAD_HEADER : ipv4(i, frame, offset, headerLength, length);
    }

    private byte ipv4(final int i, final long frame, final int offset, final int headerLength, final int length) {
        final long header = frame + offset;
        final int totalLength = Ipv4Header.totalLength(header);
        if (length < offset + totalLength || length < offset + headerLength) {
            return TRUNCATED;
        }
        if (totalLength < headerLength) {
            return BAD_HEADER;
        }
        if (!InternetChecksum.isCorrect(header, headerLength)) {
            return BAD_CHECKSUM;
        }
        final long source = Ipv4Header.sourceWord(header);
        if (isMartianIpv4(source)) {
            return MARTIAN;
        }
        if (headerLength != Ipv4Header.MIN_LENGTH) {
            final byte verdict = IpOptions.judge(header, headerLength);
            if (verdict != UNDECIDED) {
                return verdict;
            }
        }
        final long word = ParsedHeaders.network(offset, totalLength, 0);
        final int protocol = Ipv4Header.protocol(header);
        if (Ipv4Header.isFragment(header)) {
            return fragment(i, word, offset + headerLength, protocol, Ipv4Header.isLaterFragment(header));
        }
        final byte verdict = transport(i, word, frame, offset + headerLength, offset + totalLength, protocol);
        if (verdict == UNDECIDED) {
            FlowKeyWriter.ipv4(flows.entry(i), source, Ipv4Header.destinationWord(header), protocol,
                UnsafeApi.getInt(header + headerLength));
        }
        return verdict;
    }

    private byte ipv6(final int i, final long frame, final int offset, final int length) {
        if (length < offset + Ipv6Header.LENGTH) {
            return TRUNCATED;
        }
        final long header = frame + offset;
        if (Ipv6Header.version(header) != 6) {
            return BAD_HEADER;
        }
        final int totalLength = Ipv6Header.LENGTH + Ipv6Header.payloadLength(header);
        if (length < offset + totalLength) {
            return TRUNCATED;
        }
        final long source0 = UnsafeApi.getLong(header + Ipv6Header.SOURCE);
        final long source1 = UnsafeApi.getLong(header + Ipv6Header.SOURCE + Long.BYTES);
        if (isMartianIpv6(source0, source1)) {
            return MARTIAN;
        }
        final long word = ParsedHeaders.network(offset, totalLength, ParsedHeaders.IPV6);
        final int next = Ipv6Header.nextHeader(header);
        if (Ipv6Header.isExtension(next)) {
            return extensions(i, word, frame, next);
        }
        return ipv6Transport(i, word, frame, offset + Ipv6Header.LENGTH, next);
    }

    private byte extensions(final int i, final long word, final long frame, final int first) {
        final int end = ParsedHeaders.frameLength(word);
        int number = first;
        int offset = ParsedHeaders.networkOffset(word) + Ipv6Header.LENGTH;
        for (int followed = 0; Ipv6Header.isExtension(number); followed++) {
            if (followed == MAX_EXTENSIONS) {
                return EXTENSIONS;
            }
            if (end < offset + Ipv6Header.MIN_EXTENSION_LENGTH) {
                return TRUNCATED;
            }
            final long extension = frame + offset;
            if (number == Ipv6Header.FRAGMENT) {
                return fragment(i, word, offset + Ipv6Header.MIN_EXTENSION_LENGTH,
                    Ipv6Header.extensionNext(extension), Ipv6Header.isLaterFragment(extension));
            }
            offset += Ipv6Header.extensionLength(number, extension);
            number = Ipv6Header.extensionNext(extension);
        }
        return ipv6Transport(i, word, frame, offset, number);
    }

    private byte ipv6Transport(
        final int i, final long word, final long frame, final int offset, final int protocol) {
        final byte verdict = transport(i, word, frame, offset, ParsedHeaders.frameLength(word), protocol);
        if (verdict == UNDECIDED) {
            FlowKeyWriter.ipv6(
                flows.entry(i), frame + ParsedHeaders.networkOffset(word), protocol, UnsafeApi.getInt(frame + offset));
        }
        return verdict;
    }

    private byte fragment(
        final int i, final long word, final int payloadOffset, final int protocol, final boolean later) {
        batch.related++;
        batch.headers[i] = ParsedHeaders.transport(word, payloadOffset, protocol, 0)
            | (later ? ParsedHeaders.LATER_FRAGMENT : ParsedHeaders.FIRST_FRAGMENT);
        return FRAGMENT;
    }

    /** @param end of the packet, in bytes from the start of the frame, as offsets are */
    private byte transport(
        final int i, final long word, final long frame, final int offset, final int end, final int protocol) {
        final int available = end - offset;
        int event = 0;
        if (protocol == IpProtocol.TCP) {
            if (available < TcpHeader.MIN_LENGTH) {
                return TRUNCATED;
            }
            event = TcpHeader.flags(frame + offset);
        } else if (protocol == IpProtocol.UDP) {
            if (available < UdpHeader.LENGTH) {
                return TRUNCATED;
            }
        } else if (protocol == IpProtocol.SCTP) {
            if (available < SctpHeader.MIN_LENGTH) {
                return TRUNCATED;
            }
            event = SctpHeader.event(frame + offset, available);
        } else {
            return other(i, word, frame, offset, protocol);
        }
        batch.headers[i] = ParsedHeaders.transport(word, offset, protocol, event);
        return UNDECIDED;
    }

    private byte other(final int i, final long word, final long frame, final int offset, final int protocol) {
        if (protocol != (ParsedHeaders.isIpv6(word) ? IpProtocol.ICMPV6 : IpProtocol.ICMP)) {
            batch.headers[i] = ParsedHeaders.transport(word, offset, protocol, 0);
            batch.related += IpProtocol.isSecured(protocol) ? 1 : 0;
            return PROTOCOL;
        }
        if (ParsedHeaders.frameLength(word) - offset < IcmpHeader.LENGTH) {
            return TRUNCATED;
        }
        batch.headers[i] = ParsedHeaders.transport(word, offset, protocol, IcmpHeader.type(frame + offset));
        batch.related++;
        return ICMP;
    }

    /** 0.0.0.0/8, 127.0.0.0/8, 224.0.0.0/4 or the limited broadcast address; the first byte is the word's lowest. */
    private static boolean isMartianIpv4(final long sourceWord) {
        final int first = (int)sourceWord & 0xff;
        // ranges, because each is one comparison
        if (first > 0 && first < LOOPBACK || first > LOOPBACK && first < MULTICAST) {
            return false;
        }
        return first < BEYOND_MULTICAST || sourceWord == LIMITED_BROADCAST_WORD;
    }

    /** ff00::/8 or ::1. */
    private static boolean isMartianIpv6(final long word0, final long word1) {
        return ((int)word0 & 0xff) == 0xff || word0 == 0 && word1 == IPV6_LOOPBACK_WORD1;
    }
}
