package io.ringvs.packet;

/**
 * The checksum of TCP and UDP: over the transport header, the payload, and a pseudo header of addresses, protocol and
 * length.
 *
 * <p><b>Threading:</b> static functions of their arguments.
 *
 * <p><b>Source:</b> RFC 9293 section 3.1, RFC 768, RFC 8200 section 8.1.
 */
public final class TransportChecksum {
    private TransportChecksum() {
    }

    /**
     * The checksum to store natively where the field is 0; 0 where the field is filled in rightly. Over all of the
     * packet behind the IP header, as Linux does it, whatever a length field of the transport header says.
     *
     * @param frame pointer to the frame's first byte
     */
    public static short of(final long frame, final long headers) {
        final long packet = frame + ParsedHeaders.networkOffset(headers);
        final int transport = ParsedHeaders.transportOffset(headers);
        final int length = ParsedHeaders.frameLength(headers) - transport;
        long sum = ParsedHeaders.isIpv6(headers)
            ? InternetChecksum.add(0, packet + Ipv6Header.SOURCE, Ipv6Header.LENGTH - Ipv6Header.SOURCE)
            : InternetChecksum.add(0, packet + Ipv4Header.SOURCE, Ipv4Header.MIN_LENGTH - Ipv4Header.SOURCE);
        sum = InternetChecksum.addNumber(sum, ParsedHeaders.protocol(headers));
        sum = InternetChecksum.addNumber(sum, length);
        return InternetChecksum.finish(InternetChecksum.add(sum, frame + transport, length));
    }
}
