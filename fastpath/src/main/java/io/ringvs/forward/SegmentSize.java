package io.ringvs.forward;

import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.ParsedHeaders;
import io.ringvs.packet.TcpHeader;

import org.agrona.UnsafeApi;

/**
 * Lowers the maximum segment size in a server's SYN, so that the client's segments leave room for an option that the
 * director adds.
 *
 * <p><b>Threading:</b> static functions; the frame belongs to the caller.
 *
 * <p><b>Source:</b> RFC 9293 section 3.2 (option 2, length 4).
 */
public final class SegmentSize {
    private static final int END = 0;
    private static final int NO_OPERATION = 1;
    private static final int KIND = 2;
    private static final int LENGTH = 4;
    private static final int VALUE = 2;

    private SegmentSize() {
    }

    /** Lowers the size by what an option with an address of the packet's family takes, if there is a size in it. */
    public static void leaveRoomForOption(final long frame, final long headers) {
        final long tcp = frame + ParsedHeaders.transportOffset(headers);
        final long end = tcp + Math.min(TcpHeader.length(tcp),
            ParsedHeaders.frameLength(headers) - ParsedHeaders.transportOffset(headers));
        long option = tcp + TcpHeader.MIN_LENGTH;
        while (option + LENGTH <= end && UnsafeApi.getByte(option) != END) {
            final int length = UnsafeApi.getByte(option) == NO_OPERATION ? 1 : UnsafeApi.getByte(option + 1) & 0xff;
            if (UnsafeApi.getByte(option) == KIND && length == LENGTH) {
                lower(tcp, option + VALUE, ClientOption.length(ParsedHeaders.isIpv6(headers)));
                return;
            }
            if (length == 0) {
                return;
            }
            option += length;
        }
    }

    private static void lower(final long tcp, final long field, final int by) {
        final short former = UnsafeApi.getShort(field);
        final int size = Short.reverseBytes(former) & 0xffff;
        if (size > 2 * by) {
            final short lowered = Short.reverseBytes((short)(size - by));
            UnsafeApi.putShort(field, lowered);
            final boolean straddles = (field - tcp & 1) != 0; // its bytes are the other halves of two words of the sum
            final long change = (~former & 0xffff) + (lowered & 0xffff);
            final int corrected = UnsafeApi.getShort(tcp + TcpHeader.CHECKSUM);
            UnsafeApi.putShort(tcp + TcpHeader.CHECKSUM, InternetChecksum.finish(
                (~corrected & 0xffff) + (straddles ? (change << Byte.SIZE) : change)));
        }
    }
}
