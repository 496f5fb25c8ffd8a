package io.ringvs.service;

/** IP protocol numbers that the director acts on. Source: IANA protocol numbers. */
public final class IpProtocol {
    /** "IP": the protocol of a persistence template of a fwmark service. */
    public static final int IP = 0;
    public static final int ICMP = 1;
    public static final int IPIP = 4;
    public static final int TCP = 6;
    public static final int UDP = 17;
    public static final int IPV6 = 41;
    public static final int GRE = 47;
    public static final int ESP = 50;
    public static final int AH = 51;
    public static final int ICMPV6 = 58;
    public static final int SCTP = 132;

    private IpProtocol() {
    }

    /** Whether it is one of IPsec's. */
    public static boolean isSecured(final int protocol) {
        return protocol == ESP || protocol == AH;
    }

    /** The name that listings show: TCP, UDP, SCTP, IP, or {@code IP_n}. */
    public static String name(final int protocol) {
        return switch (protocol) {
            case IP -> "IP";
            case ICMP -> "ICMP";
            case TCP -> "TCP";
            case UDP -> "UDP";
            case ICMPV6 -> "ICMPv6";
            case SCTP -> "SCTP";
            default -> "IP_" + protocol;
        };
    }
}
