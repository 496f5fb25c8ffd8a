package io.ringvs.xdp;

/**
 * What the decapsulation program did with a frame; every frame is counted under exactly one.
 *
 * <p><b>Source</b>: {@code enum decap_verdict} in {@code decap.h}, in the same order.
 */
public enum DecapVerdict {
    PASS_NOT_IP("neither IPv4 nor IPv6, or too short to be"),
    PASS_NO_TUNNEL("ordinary IP, no tunnel"),
    PASS_OTHER_HOST("a tunnel to an address that is not this host's"),
    PASS_FRAGMENT("a fragment to this host that may be a tunnel packet's: only the kernel can put it together"),
    PASS_FOREIGN("a tunnel to this host of a form that no director sends (GRE with a key, ...)"),
    PASS_NO_VIP("in a tunnel, but to an address that was not given with --vip"),
    DROP_BROKEN("in a tunnel, but cut short or in contradiction with itself"),
    DROP_CHECKSUM("in a tunnel whose UDP or GRE checksum is wrong"),
    DROP_CONGESTION("met congestion in the tunnel, and its ends do not understand marks of it (RFC 6040)"),
    UNWRAPPED_IPIP("taken out of IPIP (4in4, 6in4, 4in6, 6in6)"),
    UNWRAPPED_GUE("taken out of GUE"),
    UNWRAPPED_GRE("taken out of GRE");

    private final String meaning;

    DecapVerdict(final String meaning) {
        this.meaning = meaning;
    }

    /** What is to be said of such a packet. */
    public String meaning() {
        return meaning;
    }

    /** Whether such frames go to the kernel as they came. */
    public boolean isPassed() {
        return compareTo(DROP_BROKEN) < 0;
    }

    /** Whether such frames go to the kernel without their tunnel. */
    public boolean isUnwrapped() {
        return compareTo(UNWRAPPED_IPIP) >= 0;
    }
}
