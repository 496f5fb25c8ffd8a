/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AF_XDP sockets on the bare kernel interface: the UMEM, the four rings and their bind.
 * Source: the kernel's Documentation/networking/af_xdp.rst.
 */
#ifndef RINGVS_BENCH_XSK_H
#define RINGVS_BENCH_XSK_H

#include <linux/if_xdp.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include "tool.h"

#define FRAME_BYTES 2048u
#define RING_SIZE 4096u
#define FRAME_COUNT RING_SIZE /* all start in the fill ring and come back to it: no ring can overflow */

#ifndef XDP_MAX_TX_SKB_BUDGET
#define XDP_MAX_TX_SKB_BUDGET 9 /* Linux 6.17: frames one kick sends in copy mode; 32 without it */
#endif
#define TX_BUDGET 256
#define BIND_TRIES 40
#define BIND_PAUSE_US 50000

/*
 * One side of a ring. `mine` is the index this program moves, `theirs` the last seen value of the kernel's.
 * Each index is written by one side only, with a release store that makes the descriptors before it visible to the
 * other side's acquire load; when we consume, it likewise hands the slots back.
 */
struct ring {
    uint32_t *mine_shared, *theirs_shared, *flags;
    void *descriptors;
    uint32_t mine, theirs;
};

struct xsk {
    int fd;
    struct ring fill, completion, rx, tx;
};

static inline uint64_t *ring_address(struct ring *ring, uint32_t index)
{
    return (uint64_t *)ring->descriptors + (index & (RING_SIZE - 1));
}

static inline struct xdp_desc *ring_descriptor(struct ring *ring, uint32_t index)
{
    return (struct xdp_desc *)ring->descriptors + (index & (RING_SIZE - 1));
}

/* How many entries of a consumer ring can be read, at most `wanted`. */
static inline uint32_t ring_peek(struct ring *ring, uint32_t wanted)
{
    uint32_t ready = ring->theirs - ring->mine;
    if (ready < wanted) {
        ring->theirs = __atomic_load_n(ring->theirs_shared, __ATOMIC_ACQUIRE);
        ready = ring->theirs - ring->mine;
    }
    return ready < wanted ? ready : wanted;
}

/* How many entries of a producer ring can be written, at most `wanted`. */
static inline uint32_t ring_reserve(struct ring *ring, uint32_t wanted)
{
    uint32_t room = RING_SIZE - (ring->mine - ring->theirs);
    if (room < wanted) {
        ring->theirs = __atomic_load_n(ring->theirs_shared, __ATOMIC_ACQUIRE);
        room = RING_SIZE - (ring->mine - ring->theirs);
    }
    return room < wanted ? room : wanted;
}

/* Ends a peek (release) or a reserve (submit) of `count` entries. */
static inline void ring_advance(struct ring *ring, uint32_t count)
{
    ring->mine += count;
    __atomic_store_n(ring->mine_shared, ring->mine, __ATOMIC_RELEASE);
}

static inline bool ring_needs_wakeup(const struct ring *ring)
{
    return __atomic_load_n(ring->flags, __ATOMIC_RELAXED) & XDP_RING_NEED_WAKEUP;
}

static void xsk_set(int fd, int option, const void *value, socklen_t length, const char *what)
{
    if (setsockopt(fd, SOL_XDP, option, value, length) != 0) {
        fail("cannot set up the %s: %s", what, strerror(errno));
    }
}

static struct ring map_ring(int fd, const struct xdp_ring_offset *offset, off_t page, size_t entry, bool producer)
{
    size_t length = offset->desc + RING_SIZE * entry;
    char *memory = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, fd, page);
    if (memory == MAP_FAILED) {
        fail("cannot map a ring: %s", strerror(errno));
    }
    uint32_t *produced = (uint32_t *)(memory + offset->producer), *consumed = (uint32_t *)(memory + offset->consumer);
    return (struct ring){
        .mine_shared = producer ? produced : consumed,
        .theirs_shared = producer ? consumed : produced,
        .flags = (uint32_t *)(memory + offset->flags),
        .descriptors = memory + offset->desc,
    };
}

static char *allocate_umem(void)
{
    char *umem = mmap(NULL, (size_t)FRAME_COUNT * FRAME_BYTES, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (umem == MAP_FAILED) {
        fail("cannot allocate the UMEM: %s", strerror(errno));
    }
    return umem;
}

/* Opens a socket on a queue: the owner of `umem`, or, when `owner` is given, one that shares its UMEM. */
static struct xsk open_xsk(int interface, uint32_t queue, char *umem, const struct xsk *owner)
{
    struct xsk xsk = {.fd = socket(AF_XDP, SOCK_RAW | SOCK_CLOEXEC, 0)};
    if (xsk.fd < 0) {
        fail("cannot open an AF_XDP socket: %s (CAP_NET_RAW is needed)", strerror(errno));
    }
    if (owner == NULL) {
        struct xdp_umem_reg reg = {
            .addr = (uintptr_t)umem, .len = (uint64_t)FRAME_COUNT * FRAME_BYTES, .chunk_size = FRAME_BYTES};
        xsk_set(xsk.fd, XDP_UMEM_REG, &reg, sizeof(reg), "UMEM (CAP_IPC_LOCK lifts the locked-memory limit)");
    }
    const uint32_t size = RING_SIZE, budget = TX_BUDGET;
    xsk_set(xsk.fd, XDP_UMEM_FILL_RING, &size, sizeof(size), "fill ring");
    xsk_set(xsk.fd, XDP_UMEM_COMPLETION_RING, &size, sizeof(size), "completion ring");
    xsk_set(xsk.fd, XDP_RX_RING, &size, sizeof(size), "RX ring");
    xsk_set(xsk.fd, XDP_TX_RING, &size, sizeof(size), "TX ring");
    /* Kernels before 6.17 refuse this; a kick then sends 32 frames. */
    (void)setsockopt(xsk.fd, SOL_XDP, XDP_MAX_TX_SKB_BUDGET, &budget, sizeof(budget));

    struct xdp_mmap_offsets offsets;
    socklen_t length = sizeof(offsets);
    if (getsockopt(xsk.fd, SOL_XDP, XDP_MMAP_OFFSETS, &offsets, &length) != 0 || length != sizeof(offsets)) {
        fail("cannot read the ring offsets: %s", strerror(errno));
    }
    xsk.fill = map_ring(xsk.fd, &offsets.fr, XDP_UMEM_PGOFF_FILL_RING, sizeof(uint64_t), true);
    xsk.completion = map_ring(xsk.fd, &offsets.cr, XDP_UMEM_PGOFF_COMPLETION_RING, sizeof(uint64_t), false);
    xsk.rx = map_ring(xsk.fd, &offsets.rx, XDP_PGOFF_RX_RING, sizeof(struct xdp_desc), false);
    xsk.tx = map_ring(xsk.fd, &offsets.tx, XDP_PGOFF_TX_RING, sizeof(struct xdp_desc), true);

    struct sockaddr_xdp address = {
        .sxdp_family = AF_XDP, .sxdp_ifindex = interface, .sxdp_queue_id = queue,
        .sxdp_flags = owner == NULL ? XDP_COPY | XDP_USE_NEED_WAKEUP : XDP_SHARED_UMEM,
        .sxdp_shared_umem_fd = owner == NULL ? 0 : owner->fd};
    /* The kernel frees the queue of a socket that was closed a moment ago only after a grace period of its own. */
    for (int tries = 0; bind(xsk.fd, (struct sockaddr *)&address, sizeof(address)) != 0; tries++) {
        if (errno != EBUSY || tries == BIND_TRIES) {
            fail("cannot bind to queue %u: %s", queue, strerror(errno));
        }
        usleep(BIND_PAUSE_US);
    }
    return xsk;
}

#endif
