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
    BYPASS(4, "Bypass");

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

    /** The method of a value 0..4, or null if there is none. */
    public static ForwardingMethod ofValue(final int value) {
        return switch (value) {
            case 0 -> NAT;
            case 1 -> LOCAL;
            case 2 -> TUNNEL;
            case 3 -> DIRECT;
            case 4 -> BYPASS;
            default -> null;
        };
    }
}
