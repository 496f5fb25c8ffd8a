package io.ringvs.replay;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads and writes capture files of the classic format with Ethernet frames.
 *
 * <pre>
 *   file:    magic u32  major u16  minor u16  zone s32  accuracy u32  longest u32  link type u32
 *   packet:  seconds u32  micro- or nanoseconds u32  captured u32  length on the wire u32  bytes
 * </pre>
 *
 * The magic tells the byte order and the unit of the second word.
 *
 * <p><b>Source:</b> draft-ietf-opsawg-pcap.
 */
final class Pcap {
    private static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int HEADER_LENGTH = 24;
    private static final int PACKET_HEADER_LENGTH = 16;
    private static final int LONGEST = 262144;
    private static final int LINK_ETHERNET = 1;
    /** The link type is in the low bits; others may tell of a frame check sequence. */
    private static final int LINK_MASK = 0x03ff_ffff;

    /** @param timeNs since 1970, or since the start */
    record Packet(long timeNs, byte[] bytes) {
    }

    private Pcap() {
    }

    static List<Packet> read(final Path file) throws ReplayException {
        try {
            return read(ByteBuffer.wrap(Files.readAllBytes(file)));
        } catch (final IOException | IllegalArgumentException | BufferUnderflowException corrupt) {
            final String reason = corrupt instanceof BufferUnderflowException
                ? "it ends in the middle of a packet" : corrupt.getMessage();
            throw new ReplayException(file + " cannot be read: " + reason, corrupt);
        }
    }

    private static List<Packet> read(final ByteBuffer file) {
        final int magic = file.getInt();
        final boolean swapped = Integer.reverseBytes(magic) == MAGIC_MICROSECONDS
            || Integer.reverseBytes(magic) == MAGIC_NANOSECONDS;
        file.order(swapped ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        final int known = file.getInt(0);
        if (known != MAGIC_MICROSECONDS && known != MAGIC_NANOSECONDS) {
            throw new IllegalArgumentException(
                "it is no capture file of the classic format (pcapng has to be converted)");
        }
        if (file.limit() < HEADER_LENGTH) {
            throw new IllegalArgumentException("it ends in its header");
        }
        if ((file.getInt(HEADER_LENGTH - Integer.BYTES) & LINK_MASK) != LINK_ETHERNET) {
            throw new IllegalArgumentException("its packets are not Ethernet frames");
        }
        file.position(HEADER_LENGTH);
        final long unitNs = known == MAGIC_MICROSECONDS ? 1000 : 1;
        final List<Packet> packets = new ArrayList<>();
        while (file.hasRemaining()) {
            final long timeNs =
                Integer.toUnsignedLong(file.getInt()) * 1_000_000_000L + Integer.toUnsignedLong(file.getInt()) * unitNs;
            final int captured = file.getInt();
            final int length = file.getInt();
            if (captured != length) {
                throw new IllegalArgumentException("packet " + packets.size() + " was captured only in part ("
                    + Integer.toUnsignedString(captured) + " of " + Integer.toUnsignedString(length) + " bytes)");
            }
            if (captured < 0 || captured > file.remaining()) {
                throw new BufferUnderflowException();
            }
            final byte[] bytes = new byte[captured];
            file.get(bytes);
            packets.add(new Packet(timeNs, bytes));
        }
        return packets;
    }

    static void write(final Path file, final List<Packet> packets) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(little(HEADER_LENGTH).putInt(MAGIC_MICROSECONDS).putShort((short)2).putShort((short)4)
                .putInt(0).putInt(0).putInt(LONGEST).putInt(LINK_ETHERNET).array());
            for (final Packet packet : packets) {
                final int length = packet.bytes().length;
                out.write(little(PACKET_HEADER_LENGTH).putInt((int)(packet.timeNs() / 1_000_000_000L))
                    .putInt((int)(packet.timeNs() % 1_000_000_000L / 1000)).putInt(length).putInt(length).array());
                out.write(packet.bytes());
            }
        }
    }

    private static ByteBuffer little(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }
}
