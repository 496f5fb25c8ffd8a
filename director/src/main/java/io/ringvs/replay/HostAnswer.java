package io.ringvs.replay;

import java.util.Arrays;
import java.util.Set;

/**
 * Recognizes recorded frames that the host's own stack sent and not IPVS.
 *
 * <p>ARP and ICMP redirects are always the host's. If an input was left to the host, so are TCP resets, answers to echo
 * and timestamp requests, protocol and port unreachable, and parameter problems that left by the interface the input
 * came in by.
 */
final class HostAnswer {
    private static final int ETHERNET_LENGTH = 14;
    private static final int IPV4_LENGTH = 20;
    private static final int IPV6_LENGTH = 40;
    private static final int ARP = -2;
    private static final int UNKNOWN = -1;
    private static final int ICMP = 1;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMPV6 = 58;
    private static final int TCP_FLAGS = 13;
    private static final int TCP_RESET = 0x04;
    private static final int ICMP_REDIRECT = 5;
    /** Type and code of ICMP: protocol unreachable, parameter problem, echo reply, timestamp reply. */
    private static final Set<Integer> ICMP_ANSWERS = Set.of(0x0302, 0x0c00, 0x0000, 0x0e00);
    private static final int ICMP_PORT_UNREACHABLE = 0x0303;
    private static final int ICMPV6_ECHO_REPLY = 129;
    private static final int ICMPV6_PARAMETER_PROBLEM = 4;
    private static final int ICMPV6_PORT_UNREACHABLE = 0x0104;

    private HostAnswer() {
    }

    /** Whether a frame is the host's business whatever the input was. */
    static boolean isAlwaysHosts(final PortFrame frame) {
        final int protocol = protocol(frame.bytes());
        final byte[] transport = transport(frame.bytes());
        return protocol == ARP || protocol == ICMP && transport.length > 0 && transport[0] == ICMP_REDIRECT;
    }

    /** Whether an output may be the host's answer to an input that was left to it. */
    static boolean isAnswer(final PortFrame input, final PortFrame output) {
        final byte[] transport = transport(output.bytes());
        if (!output.interfaceName().equals(input.interfaceName()) || transport.length < 2) {
            return false;
        }
        final int asked = protocol(input.bytes());
        final int typeAndCode = (transport[0] & 0xff) << 8 | transport[1] & 0xff;
        return switch (protocol(output.bytes())) {
            case TCP -> asked == TCP && transport.length > TCP_FLAGS && (transport[TCP_FLAGS] & TCP_RESET) != 0;
            case ICMP -> ICMP_ANSWERS.contains(typeAndCode) || asked == UDP && typeAndCode == ICMP_PORT_UNREACHABLE;
            case ICMPV6 -> typeAndCode >>> 8 == ICMPV6_ECHO_REPLY || typeAndCode >>> 8 == ICMPV6_PARAMETER_PROBLEM
                || asked == UDP && typeAndCode == ICMPV6_PORT_UNREACHABLE;
            default -> false;
        };
    }

    private static int protocol(final byte[] frame) {
        final int type = type(frame);
        if (type == 0x0806) {
            return ARP;
        }
        if (type == 0x0800 && frame.length >= ETHERNET_LENGTH + IPV4_LENGTH) {
            return frame[ETHERNET_LENGTH + 9] & 0xff;
        }
        return type == 0x86dd && frame.length >= ETHERNET_LENGTH + IPV6_LENGTH
            ? frame[ETHERNET_LENGTH + 6] & 0xff : UNKNOWN;
    }

    private static byte[] transport(final byte[] frame) {
        final int type = type(frame);
        int start = frame.length;
        if (type == 0x0800 && frame.length >= ETHERNET_LENGTH + IPV4_LENGTH) {
            start = ETHERNET_LENGTH + (frame[ETHERNET_LENGTH] & 0xf) * 4;
        } else if (type == 0x86dd && frame.length >= ETHERNET_LENGTH + IPV6_LENGTH) {
            start = ETHERNET_LENGTH + IPV6_LENGTH;
        }
        return start < frame.length ? Arrays.copyOfRange(frame, start, frame.length) : new byte[0];
    }

    private static int type(final byte[] frame) {
        return frame.length < ETHERNET_LENGTH ? 0 : (frame[12] & 0xff) << 8 | frame[13] & 0xff;
    }
}
