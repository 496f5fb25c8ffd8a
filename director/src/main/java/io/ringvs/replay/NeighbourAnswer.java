package io.ringvs.replay;

import java.util.Arrays;

import io.ringvs.host.MacAddress;
import io.ringvs.service.IpAddress;

/**
 * What a frame tells of its sender's Ethernet address: an ARP reply, or an IPv6 neighbour advertisement with a
 * link-layer address.
 *
 * <pre>
 *   ARP                      Ethernet 14  hardware u16  protocol u16  lengths 2 x u8  operation u16  MAC 6  IP 4 ..
 *   neighbour advertisement  Ethernet 14  IPv6 40  type u8 136  code u8  checksum u16  flags u32  target 16  options
 * </pre>
 *
 * <p><b>Source:</b> RFC 826; RFC 4861 section 4.4.
 */
record NeighbourAnswer(IpAddress address, MacAddress mac) {
    private static final int ARP_OPERATION = 20;
    private static final int ARP_SENDER_MAC = 22;
    private static final int ARP_SENDER_ADDRESS = 28;
    private static final int ARP_END = 42;
    private static final int ARP_REPLY = 2;
    private static final int NEXT_HEADER = 20;
    private static final int HOP_LIMIT = 21;
    private static final int ICMP = 54;
    private static final int TARGET = ICMP + 8;
    private static final int OPTION = TARGET + 16;
    private static final int OPTION_MAC = OPTION + 2;
    private static final int ADVERTISEMENT_END = OPTION + 8;
    private static final int ICMPV6 = 58;
    private static final int NEIGHBOUR_ADVERTISEMENT = 136;
    private static final int TARGET_LINK_ADDRESS = 2;

    /** The answer that a frame is, or null. */
    static NeighbourAnswer of(final byte[] frame) {
        if (frame.length >= ARP_END && isType(frame, 0x08, 0x06) && frame[ARP_OPERATION] == 0
            && frame[ARP_OPERATION + 1] == ARP_REPLY) {
            return answer(frame, ARP_SENDER_ADDRESS, 4, ARP_SENDER_MAC);
        }
        if (frame.length >= ADVERTISEMENT_END && isType(frame, 0x86, 0xdd) && frame[NEXT_HEADER] == ICMPV6
            && (frame[HOP_LIMIT] & 0xff) == 255 && (frame[ICMP] & 0xff) == NEIGHBOUR_ADVERTISEMENT
            && frame[OPTION] == TARGET_LINK_ADDRESS) {
            return answer(frame, TARGET, 16, OPTION_MAC);
        }
        return null;
    }

    private static boolean isType(final byte[] frame, final int high, final int low) {
        return (frame[12] & 0xff) == high && (frame[13] & 0xff) == low;
    }

    private static NeighbourAnswer answer(
        final byte[] frame, final int address, final int addressLength, final int mac) {
        return new NeighbourAnswer(
            IpAddress.of(Arrays.copyOfRange(frame, address, address + addressLength)),
            MacAddress.of(Arrays.copyOfRange(frame, mac, mac + MacAddress.LENGTH)));
    }
}
