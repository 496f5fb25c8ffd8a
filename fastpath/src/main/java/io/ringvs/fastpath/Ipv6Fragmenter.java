package io.ringvs.fastpath;

import java.util.concurrent.ThreadLocalRandom;

import io.ringvs.packet.Ipv6Header;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.Umem;

import org.agrona.UnsafeApi;

/**
 * Divides an outer IPv6 packet, whose source is the director itself, where the IPv4 packet inside may be divided. The first
 * fragment stays in the packet's frame, the others take free frames; each gets a fragment header behind the IPv6 header.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip6_fragment of Linux 6.1 {@code net/ipv6/ip6_output.c}; RFC 8200 section 4.5.
 */
final class Ipv6Fragmenter {
    private static final byte FORWARD = Verdict.FORWARD.code();
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
     * Divides a packet without extension headers and queues its fragments.
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

    private void finish(final long header, final int payload, final int protocol, final int offsetAndMore) {
        UnsafeApi.putShort(
            header + Ipv6Header.PAYLOAD_LENGTH, Short.reverseBytes((short)(FRAGMENT_HEADER + payload)));
        UnsafeApi.putByte(header + Ipv6Header.NEXT_HEADER, (byte)Ipv6Header.FRAGMENT);
        Ipv6Header.writeFragment(header + Ipv6Header.LENGTH, protocol, offsetAndMore, identification);
    }
}
