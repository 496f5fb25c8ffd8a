package io.ringvs.xdp;

/** Where in the receive path the kernel runs an XDP program. */
public enum AttachMode {
    /** In the driver, before a socket buffer exists. */
    NATIVE(1 << 2),
    /** Generic ("SKB") mode: after a socket buffer was made; works with every driver and is slow. */
    GENERIC(1 << 1);

    /** XDP_FLAGS_DRV_MODE or XDP_FLAGS_SKB_MODE of Linux include/uapi/linux/if_link.h. */
    final int flags;

    AttachMode(final int flags) {
        this.flags = flags;
    }
}
