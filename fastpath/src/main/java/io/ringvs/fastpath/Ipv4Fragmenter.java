package io.ringvs.fastpath;

import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.Ipv4Header;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.Umem;

import org.agrona.UnsafeApi;

/**
 * Divides an IPv4 packet that is larger than the MTU of its way and does not forbid it. The first fragment stays in the
 * packet's frame, the others take free frames.
 *
 * <p>All fragments but the last are as large as the MTU allows; those after the first keep only the IP options that are
 * to be copied, the others become no-operations.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_do_fragment of Linux 6.1 {@code net/ipv4/ip_output.c}, ip_options_fragment of {@code
 * ip_options.c}; RFC 791 section 3.2.
 */
final class Ipv4Fragmenter {
    private static final byte FORWARD = Verdict.FORWARD.code();
    private static final byte TOO_BIG = Verdict.DROP_TOO_BIG.code();
    private static final byte NO_FRAME = Verdict.DROP_NO_FRAME.code();

    /** Bytes of payload that the fragment offset counts in. */
    private static final int UNIT = 8;
    private static final int OPTION_END = 0;
    private static final int OPTION_NO_OPERATION = 1;
    private static final int OPTION_COPIED = 0x80;

    private final long umemPointer;
    private final FrameStack frames;
    private final WorkerCounters counters;

    Ipv4Fragmenter(final long umemPointer, final FrameStack frames, final WorkerCounters counters) {
        this.umemPointer = umemPointer;
        this.frames = frames;
        this.counters = counters;
    }

    /**
     * Divides a packet and queues its fragments.
     *
     * @param address    UMEM address of the frame's first byte
     * @param linkLength bytes before the IP header
     * @param mtu        bytes of the largest packet
     * @return the code of FORWARD, or of the verdict the packet ends with because it cannot be divided
     */
    byte send(final EgressQueue queue, final long address, final int linkLength, final int mtu) {
        final long first = umemPointer + address + linkLength;
        final int headerLength = (Ipv4Header.versionAndLength(first) & 0xf) << 2;
        final int payload = Ipv4Header.totalLength(first) - headerLength;
        final int room = (mtu - headerLength) / UNIT * UNIT;
        if (room <= 0) {
            return TOO_BIG;
        }
        if (frames.size() < (payload - 1) / room) {
            return NO_FRAME;
        }
        final int field = Ipv4Header.fragmentField(first);
        finish(first, headerLength, room, field | Ipv4Header.MORE_FRAGMENTS);
        queue.add(address, linkLength + headerLength + room);
        sendRest(queue, address, linkLength, headerLength, payload, room, field);
        return FORWARD;
    }

    /**
     * Queues copies of a packet's parts, in free frames, or of the whole if it is small enough; the packet itself may
     * lie anywhere and stays where it is.
     *
     * <p>Parameters and result as before.
     */
    byte sendCopies(final EgressQueue queue, final long address, final int linkLength, final int mtu) {
        final long packet = umemPointer + address + linkLength;
        final int headerLength = (Ipv4Header.versionAndLength(packet) & 0xf) << 2;
        final int payload = Ipv4Header.totalLength(packet) - headerLength;
        final int room = (mtu - headerLength) / UNIT * UNIT;
        final int field = Ipv4Header.fragmentField(packet);
        if (payload <= mtu - headerLength) {
            if (frames.size() == 0) {
                return NO_FRAME;
            }
            queue.add(copy(address, linkLength, headerLength, 0, payload, field), linkLength + headerLength + payload);
            return FORWARD;
        }
        if (room <= 0) {
            return TOO_BIG;
        }
        if (frames.size() < (payload - 1) / room + 1) {
            return NO_FRAME;
        }
        queue.add(copy(address, linkLength, headerLength, 0, room, field | Ipv4Header.MORE_FRAGMENTS),
            linkLength + headerLength + room);
        sendRest(queue, address, linkLength, headerLength, payload, room, field);
        return FORWARD;
    }

    /** Queues copies of all parts but the first, each {@code room} bytes of payload, the last one what is left. */
    private void sendRest(
        final EgressQueue queue, final long address, final int linkLength, final int headerLength, final int payload,
        final int room, final int field) {
        for (int done = room; done < payload; done += room) {
            final int length = Math.min(room, payload - done);
            queue.addOwn(copy(address, linkLength, headerLength, done, length,
                done + length < payload ? field + done / UNIT | Ipv4Header.MORE_FRAGMENTS : field + done / UNIT),
                linkLength + headerLength + length);
        }
        counters.countFragmented();
        // other packets of the batch rely on the room that the fragments took
        queue.flush();
    }

    /** Copies a part of a packet into a free frame; returns its address. */
    private long copy(
        final long address, final int linkLength, final int headerLength, final int from, final int length,
        final int fragmentField) {
        final int headersLength = linkLength + headerLength;
        final long fragment = frames.pop() + Umem.XDP_PACKET_HEADROOM;
        final long pointer = umemPointer + fragment;
        UnsafeApi.copyMemory(umemPointer + address, pointer, headersLength);
        UnsafeApi.copyMemory(umemPointer + address + headersLength + from, pointer + headersLength, length);
        if (from != 0) {
            dropOptions(pointer + linkLength, headerLength);
        }
        finish(pointer + linkLength, headerLength, length, fragmentField);
        return fragment;
    }

    private static void finish(final long header, final int headerLength, final int payload, final int fragmentField) {
        UnsafeApi.putShort(header + Ipv4Header.TOTAL_LENGTH, Short.reverseBytes((short)(headerLength + payload)));
        UnsafeApi.putShort(header + Ipv4Header.FRAGMENT, Short.reverseBytes((short)fragmentField));
        UnsafeApi.putShort(header + Ipv4Header.CHECKSUM, (short)0);
        UnsafeApi.putShort(header + Ipv4Header.CHECKSUM, InternetChecksum.of(header, headerLength));
    }

    /** Replaces the options that later fragments do not carry. Options that overrun the header are left as they are. */
    private static void dropOptions(final long header, final int headerLength) {
        int offset = Ipv4Header.MIN_LENGTH;
        while (offset < headerLength) {
            final int option = UnsafeApi.getByte(header + offset) & 0xff;
            if (option == OPTION_END) {
                return;
            }
            int length = 1;
            if (option != OPTION_NO_OPERATION) {
                length = offset + 1 < headerLength ? UnsafeApi.getByte(header + offset + 1) & 0xff : 0;
                if (length < 2 || offset + length > headerLength) {
                    return;
                }
                if ((option & OPTION_COPIED) == 0) {
                    UnsafeApi.setMemory(header + offset, length, (byte)OPTION_NO_OPERATION);
                }
            }
            offset += length;
        }
    }
}
