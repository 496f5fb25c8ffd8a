package io.ringvs.packet;

import io.ringvs.service.IpProtocol;

/**
 * The flow by which the ends of an IPsec packet exchanged its keys: UDP from port 500 to port 500 (RFC 7296 section 2).
 *
 * <p><b>Threading:</b> static functions; frame and flow belong to the caller.
 */
public final class KeyExchangeFlow {
    /** 500 twice in network order, as one native load of both ports. */
    private static final int PORTS = 0xf401_f401;

    private KeyExchangeFlow() {
    }

    /**
     * Writes the key of the flow that goes the same way as a packet.
     *
     * @param flow    receives it
     * @param frame   pointer to the frame's first byte
     * @param headers its {@link ParsedHeaders}
     */
    public static void write(final long flow, final long frame, final long headers) {
        final long header = frame + ParsedHeaders.networkOffset(headers);
        if (ParsedHeaders.isIpv6(headers)) {
            FlowKeyWriter.ipv6(flow, header, IpProtocol.UDP, PORTS);
        } else {
            FlowKeyWriter.ipv4(
                flow, Ipv4Header.sourceWord(header), Ipv4Header.destinationWord(header), IpProtocol.UDP, PORTS);
        }
    }
}
