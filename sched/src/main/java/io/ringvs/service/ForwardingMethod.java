package io.ringvs.service;

/**
 * How packets of a connection reach their real server.
 *
 * <p><b>Source:</b> the IP_VS_CONN_F_* forwarding values of Linux {@code include/uapi/linux/ip_vs.h}; the names in
 * listings are ipvsadm's.
 */
public enum ForwardingMethod {
    NAT(0, "Masq"),
    LOCAL(1, "Local"),
    TUNNEL(2, "Tunnel"),
    DIRECT(3, "Route"),
    BYPASS(4, "Bypass"),
    /** Not Linux's: both addresses and ports change. Value and name are those of DPVS. */
    FULLNAT(5, "FullNat");

    private final int value;
    private final String listingName;

    ForwardingMethod(final int value, final String listingName) {
        this.value = value;
        this.listingName = listingName;
    }

    /** The value in connection flags and netlink attributes. */
    public int value() {
        return value;
    }

    public String listingName() {
        return listingName;
    }

    /** Whether real servers answer the director, which translates the answers. */
    public boolean isTranslating() {
        return this == NAT || this == FULLNAT;
    }

    /** The method of a value 0..5, or null if there is none. */
    public static ForwardingMethod ofValue(final int value) {
        return switch (value) {
            case 0 -> NAT;
            case 1 -> LOCAL;
            case 2 -> TUNNEL;
            case 3 -> DIRECT;
            case 4 -> BYPASS;
            case 5 -> FULLNAT;
            default -> null;
        };
    }
}
