package io.ringvs.packet;

/**
 * Offsets of the UDP header.
 *
 * <pre>
 *   0  source port u16     2  destination port u16     4  length u16     6  checksum u16
 * </pre>
 *
 * <p><b>Source</b>: RFC 768.
 */
public final class UdpHeader {
    public static final int LENGTH = 8;

    private UdpHeader() {
    }
}
