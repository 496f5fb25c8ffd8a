package io.ringvs.fastpath;

import java.util.concurrent.ThreadLocalRandom;

import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.Umem;

import org.agrona.UnsafeApi;

/**
 * Divides IPv6 packets: an outer one, whose source is the director itself, where the IPv4 packet inside may be divided;
 * and one that came in fragments. Each part gets a fragment header.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip6_fragment of Linux 6.1 {@code net/ipv6/ip6_output.c}; RFC 8200 section 4.5.
 */
final class Ipv6Fragmenter {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte TOO_BIG = Verdict.DROP_TOO_BIG.code();
    private static final byte NO_FRAME = Verdict.DROP_NO_FRAME.code();

    /** Bytes of payload that the fragment offset counts in. */
    private static final int UNIT = 8;
    private static final int FRAGMENT_HEADER = Ipv6Header.MIN_EXTENSION_LENGTH;
    private static final int MORE_FRAGMENTS = 1;

    private final long umemPointer;
    private final FrameStack frames;
    private final WorkerCounters counters;
    private int identification = ThreadLocalRandom.current().nextInt();

    Ipv6Fragmenter(final long umemPointer, final FrameStack frames, final WorkerCounters counters) {
        this.umemPointer = umemPointer;
        this.frames = frames;
        this.counters = counters;
    }

    /**
     * Divides a packet without extension headers and queues its fragments. The first one stays in the packet's frame,
     * the others take free frames.
     *
     * @param address    UMEM address of the frame's first byte
     * @param linkLength bytes before the IP header
     * @param mtu        bytes of the largest packet: 1280 at least
     * @return the code of FORWARD, or of the verdict the packet ends with because it cannot be divided
     */
    byte send(final EgressQueue queue, final long address, final int linkLength, final int mtu) {
        final long header = umemPointer + address + linkLength;
        final int payload = Ipv6Header.payloadLength(header);
        final int room = (mtu - Ipv6Header.LENGTH - FRAGMENT_HEADER) / UNIT * UNIT;
        if (frames.size() < (payload - 1) / room) {
            return NO_FRAME;
        }
        identification++;
        final int protocol = Ipv6Header.nextHeader(header);
        final int headersLength = linkLength + Ipv6Header.LENGTH;
        final long firstAddress = address - FRAGMENT_HEADER;
        final long first = umemPointer + firstAddress;
        UnsafeApi.copyMemory(umemPointer + address, first, headersLength);
        finish(first + linkLength, room, protocol, MORE_FRAGMENTS);
        queue.add(firstAddress, headersLength + FRAGMENT_HEADER + room);
        for (int done = room; done < payload; done += room) {
            final int length = Math.min(room, payload - done);
            final long fragment = frames.pop() + Umem.XDP_PACKET_HEADROOM;
            final long pointer = umemPointer + fragment;
            UnsafeApi.copyMemory(first, pointer, headersLength);
            UnsafeApi.copyMemory(
                header + Ipv6Header.LENGTH + done, pointer + headersLength + FRAGMENT_HEADER, length);
            finish(pointer + linkLength, length, protocol, done + length < payload ? done | MORE_FRAGMENTS : done);
            queue.addOwn(fragment, headersLength + FRAGMENT_HEADER + length);
        }
        counters.countFragmented();
        // other packets of the batch rely on the room that the fragments took
        queue.flush();
        return FORWARD;
    }

    /**
     * Queues copies of a packet's parts, in free frames, or of the whole if it is small enough; the packet itself may
     * lie anywhere and stays where it is. Parameters and result as before.
     *
     * @param limit bytes of the largest packet that stays whole
     */
    byte sendCopies(
        final EgressQueue queue, final long address, final int linkLength, final int limit, final int mtu) {
        final long header = umemPointer + address + linkLength;
        final int kept = Ipv6Header.unfragmentableLength(header);
        final int payload = Ipv6Header.LENGTH + Ipv6Header.payloadLength(header) - kept;
        final int room = (mtu - kept - FRAGMENT_HEADER) / UNIT * UNIT;
        if (kept + payload <= limit) {
            if (frames.size() == 0) {
                return NO_FRAME;
            }
            final long whole = frames.pop() + Umem.XDP_PACKET_HEADROOM;
            UnsafeApi.copyMemory(umemPointer + address, umemPointer + whole, linkLength + kept + payload);
            queue.add(whole, linkLength + kept + payload);
            return FORWARD;
        }
        if (room <= 0) {
            return TOO_BIG;
        }
        if (frames.size() < (payload - 1) / room + 1) {
            return NO_FRAME;
        }
        identification++;
        final int field = (int)(Ipv6Header.nextHeaderField(header, kept) - header);
        for (int done = 0; done < payload; done += room) {
            final int length = Math.min(room, payload - done);
            final long fragment = copy(
                address, linkLength, kept, field, done, length, done + length < payload ? done | MORE_FRAGMENTS : done);
            final int frameLength = linkLength + kept + FRAGMENT_HEADER + length;
            if (done == 0) {
                queue.add(fragment, frameLength);
            } else {
                queue.addOwn(fragment, frameLength);
            }
        }
        counters.countFragmented();
        queue.flush();
        return FORWARD;
    }

    /** Copies a part of a packet into a free frame; returns its address. */
    private long copy(
        final long address, final int linkLength, final int kept, final int nextHeaderField, final int from,
        final int length, final int offsetAndMore) {
        final int headersLength = linkLength + kept;
        final long fragment = frames.pop() + Umem.XDP_PACKET_HEADROOM;
        final long pointer = umemPointer + fragment;
        final long header = pointer + linkLength;
        UnsafeApi.copyMemory(umemPointer + address, pointer, headersLength);
        UnsafeApi.copyMemory(umemPointer + address + headersLength + from,
            pointer + headersLength + FRAGMENT_HEADER, length);
        final int protocol = UnsafeApi.getByte(header + nextHeaderField) & 0xff;
        UnsafeApi.putByte(header + nextHeaderField, (byte)Ipv6Header.FRAGMENT);
        UnsafeApi.putShort(header + Ipv6Header.PAYLOAD_LENGTH,
            Short.reverseBytes((short)(kept - Ipv6Header.LENGTH + FRAGMENT_HEADER + length)));
        Ipv6Header.writeFragment(header + kept, protocol, offsetAndMore, identification);
        return fragment;
    }

    private void finish(final long header, final int payload, final int protocol, final int offsetAndMore) {
        UnsafeApi.putShort(
            header + Ipv6Header.PAYLOAD_LENGTH, Short.reverseBytes((short)(FRAGMENT_HEADER + payload)));
        UnsafeApi.putByte(header + Ipv6Header.NEXT_HEADER, (byte)Ipv6Header.FRAGMENT);
        Ipv6Header.writeFragment(header + Ipv6Header.LENGTH, protocol, offsetAndMore, identification);
    }
}
