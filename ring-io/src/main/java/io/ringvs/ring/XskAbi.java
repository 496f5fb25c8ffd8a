package io.ringvs.ring;

/**
 * Numbers and structures of the kernel's AF_XDP interface; host byte order throughout.
 *
 * <p><b>Source</b>: Linux include/uapi/linux/if_xdp.h, include/uapi/asm-generic/socket.h.
 */
final class XskAbi {
    static final int XDP_MMAP_OFFSETS = 1;
    static final int XDP_RX_RING = 2;
    static final int XDP_TX_RING = 3;
    static final int XDP_UMEM_REG = 4;
    static final int XDP_UMEM_FILL_RING = 5;
    static final int XDP_UMEM_COMPLETION_RING = 6;
    static final int XDP_STATISTICS = 7;
    static final int XDP_OPTIONS = 8;
    /** Packets that one system call sends in copy mode; Linux 6.17 and later. */
    static final int XDP_MAX_TX_SKB_BUDGET = 9;

    static final int XDP_OPTIONS_ZEROCOPY = 1;

    static final int XDP_SHARED_UMEM = 1;
    static final int XDP_COPY = 1 << 1;
    static final int XDP_ZEROCOPY = 1 << 2;
    static final int XDP_USE_NEED_WAKEUP = 1 << 3;

    static final long XDP_PGOFF_RX_RING = 0;
    static final long XDP_PGOFF_TX_RING = 0x80000000L;
    static final long XDP_UMEM_PGOFF_FILL_RING = 0x100000000L;
    static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000L;

    static final int SO_BUSY_POLL = 46;
    static final int SO_PREFER_BUSY_POLL = 69;
    static final int SO_BUSY_POLL_BUDGET = 70;

    /** {@code struct xdp_umem_reg}; what follows flags is 0 here: no TX metadata. */
    static final int UMEM_REG_BYTES = 32;
    static final int UMEM_REG_ADDRESS = 0;
    static final int UMEM_REG_LENGTH = 8;
    static final int UMEM_REG_CHUNK_SIZE = 16;
    static final int UMEM_REG_HEADROOM = 20;
    static final int UMEM_REG_FLAGS = 24;
    static final int XDP_UMEM_UNALIGNED_CHUNK_FLAG = 1;

    /** {@code struct sockaddr_xdp}. */
    static final int SOCKADDR_BYTES = 16;
    static final int SOCKADDR_FAMILY = 0;
    static final int SOCKADDR_FLAGS = 2;
    static final int SOCKADDR_INTERFACE_INDEX = 4;
    static final int SOCKADDR_QUEUE = 8;
    static final int SOCKADDR_SHARED_FD = 12;

    /** {@code struct xdp_mmap_offsets}: one {@code struct xdp_ring_offset} for each of RX, TX, fill and completion. */
    static final int MMAP_OFFSETS_BYTES = 128;
    static final int MMAP_OFFSETS_RX = 0;
    static final int MMAP_OFFSETS_TX = 32;
    static final int MMAP_OFFSETS_FILL = 64;
    static final int MMAP_OFFSETS_COMPLETION = 96;

    /** {@code struct xdp_ring_offset}, four u64. */
    static final int RING_OFFSET_PRODUCER = 0;
    static final int RING_OFFSET_CONSUMER = 8;
    static final int RING_OFFSET_ENTRIES = 16;
    static final int RING_OFFSET_FLAGS = 24;

    /** {@code struct xdp_statistics}, six u64; kernels before 5.9 know the first three. */
    static final int STATISTICS_BYTES = 48;

    private XskAbi() {
    }
}
