package io.ringvs.packet;

import org.agrona.UnsafeApi;

/**
 * What an FTP server's reply to PASV or EPSV says to the client in place of the server's own words.
 *
 * <pre>
 *   227 ... (192,168,1,11,4,1)    ->  10,0,0,100,4,1
 *   229 ... (|||1025|)            ->  |||1025|
 * </pre>
 *
 * <p><b>Threading:</b> one worker's: the text stays in the object.
 */
public final class FtpReply {
    private static final int MAX_LENGTH = 24;

    private final byte[] text = new byte[MAX_LENGTH];
    private int length;

    /**
     * Makes the text.
     *
     * @param message  the server's, with its port; extended if it has delimiters
     * @param address  the virtual address, first wire word; IPv4, only needed where the reply has an address
     * @return bytes of it
     */
    public int of(final FtpMessage message, final long address) {
        length = 0;
        if (message.isExtended()) {
            text[length++] = '|';
            text[length++] = '|';
            text[length++] = '|';
            number(message.port());
            text[length++] = '|';
        } else {
            for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
                number((int)(address >>> shift) & 0xff);
                text[length++] = ',';
            }
            number(message.port() >>> Byte.SIZE);
            text[length++] = ',';
            number(message.port() & 0xff);
        }
        return length;
    }

    private void number(final int value) {
        if (value >= 10) {
            number(value / 10);
        }
        text[length++] = (byte)('0' + value % 10);
    }

    /**
     * Puts the text in place of the server's; lengths and checksums follow.
     *
     * @param frame  pointer to the frame's first byte
     * @param data   pointer to the first byte behind the TCP header
     * @param growth bytes by which the packet becomes longer; there must be room
     * @return the packet's {@link ParsedHeaders} from now on
     */
    public long write(
        final long frame, final long headers, final long data, final FtpMessage message, final int growth) {
        final long behind = data + message.end();
        final long tail = frame + ParsedHeaders.frameLength(headers) - behind;
        UnsafeApi.copyMemory(behind, behind + growth, tail); // which minds that they overlap
        for (int i = 0; i < length; i++) {
            UnsafeApi.putByte(data + message.start() + i, text[i]);
        }
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final long resized = ParsedHeaders.resized(headers, growth);
        if (ParsedHeaders.isIpv6(headers)) {
            Ipv6Header.payloadLength(packet, Ipv6Header.payloadLength(packet) + growth);
        } else {
            Ipv4Header.totalLength(packet, Ipv4Header.totalLength(packet) + growth);
        }
        final long checksum = frame + ParsedHeaders.transportOffset(headers) + TcpHeader.CHECKSUM;
        UnsafeApi.putShort(checksum, (short)0);
        UnsafeApi.putShort(checksum, TransportChecksum.of(frame, resized));
        return resized;
    }
}
