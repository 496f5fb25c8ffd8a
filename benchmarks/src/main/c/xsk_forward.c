// SPDX-License-Identifier: Apache-2.0
/*
 * A minimal AF_XDP forwarder, the floor RingVS is compared with: it receives the frames for one address on a queue,
 * writes the real server's MAC address over the destination (what direct routing does, without looking anything up)
 * and transmits them from the same UMEM frame, on the same interface or on another one with a shared UMEM.
 * With --tunnel-to it also puts an IPv4 header before the packet (IPIP, what a tunnel does).
 *
 *     fill ring -> kernel RX -> RX ring -> MAC rewrite -> TX ring -> kernel TX -> completion ring -> fill ring
 */
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>

#include "frame.h"
#include "xsk.h"

#define BATCH 64
#define TUNNEL_TTL 63       /* one hop less than the source's frames have */
#define IDLE_SPINS 2000     /* empty turns before the adaptive strategy sleeps */
#define POLL_TIMEOUT_MS 100 /* bounds how long a stop request can wait */

struct options {
    int in, out, cpu;
    uint32_t queue;
    bool adaptive;
    uint32_t tunnel_from, tunnel_to;
    struct {
        uint32_t vip;
    } constants;
    unsigned char real_server[6], own[6];
};

struct forwarder {
    struct xsk in, shared, *out; /* `out` is `in` when one-arm, `shared` when two-arm */
    char *umem;
    bool tunnel;
    struct {
        struct ethhdr eth; /* as every frame leaves */
        struct iphdr ip;   /* of the tunnel, without its length; the checksum of that */
    } __attribute__((packed)) header;
    uint64_t received, transmitted, dropped;
};

/* Gives sent frames back to the fill ring: completions are all that ever refill it, so there is always room. */
static void recycle(struct forwarder *f)
{
    uint32_t count = ring_peek(&f->out->completion, BATCH);
    if (count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        *ring_address(&f->in.fill, f->in.fill.mine + i) =
            *ring_address(&f->out->completion, f->out->completion.mine + i) & ~(uint64_t)(FRAME_BYTES - 1);
    }
    ring_advance(&f->out->completion, count);
    ring_advance(&f->in.fill, count);
}

static void kick(struct forwarder *f)
{
    if (ring_needs_wakeup(&f->out->tx) && sendto(f->out->fd, NULL, 0, MSG_DONTWAIT, NULL, 0) < 0 &&
        errno != EAGAIN && errno != EBUSY && errno != ENOBUFS && errno != ENETDOWN && errno != EINTR) {
        fail("cannot transmit: %s", strerror(errno));
    }
}

/* Rewrites a frame; with a tunnel it then begins earlier, in the room before it. */
static struct xdp_desc forward_frame(const struct forwarder *f, struct xdp_desc frame)
{
    if (!f->tunnel) {
        memcpy(f->umem + frame.addr, &f->header.eth, 2 * ETH_ALEN);
        return (struct xdp_desc){.addr = frame.addr, .len = frame.len};
    }
    frame.addr -= sizeof(struct iphdr);
    frame.len += sizeof(struct iphdr);
    memcpy(f->umem + frame.addr, &f->header, sizeof(f->header));
    struct iphdr *ip = (struct iphdr *)(f->umem + frame.addr + sizeof(struct ethhdr));
    ip->tot_len = htons(frame.len - sizeof(struct ethhdr));
    ip->check = fold_checksum((uint16_t)~ip->check + ip->tot_len);
    return (struct xdp_desc){.addr = frame.addr, .len = frame.len};
}

/* One turn: receive, rewrite, transmit. Returns how many frames it received. */
static uint32_t forward_batch(struct forwarder *f)
{
    recycle(f);
    uint32_t count = ring_peek(&f->in.rx, BATCH);
    if (count == 0) {
        if (f->out->tx.mine != __atomic_load_n(f->out->tx.theirs_shared, __ATOMIC_ACQUIRE)) {
            kick(f); /* frames that an earlier kick left behind */
        }
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        __builtin_prefetch(f->umem + ring_descriptor(&f->in.rx, f->in.rx.mine + i)->addr, 1);
    }
    uint32_t room = ring_reserve(&f->out->tx, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct xdp_desc received = *ring_descriptor(&f->in.rx, f->in.rx.mine + i);
        if (i < room) {
            *ring_descriptor(&f->out->tx, f->out->tx.mine + i) = forward_frame(f, received);
        } else {
            *ring_address(&f->in.fill, f->in.fill.mine + i - room) = received.addr & ~(uint64_t)(FRAME_BYTES - 1);
        }
    }
    ring_advance(&f->in.rx, count);
    ring_advance(&f->out->tx, room);
    if (room < count) {
        ring_advance(&f->in.fill, count - room);
    }
    kick(f);
    f->received += count;
    f->transmitted += room;
    f->dropped += count - room;
    return count;
}

static void run(struct forwarder *f, bool adaptive)
{
    uint32_t idle = 0;
    while (!stopped) {
        if (forward_batch(f) > 0) {
            idle = 0;
        } else if (adaptive && ++idle > IDLE_SPINS) {
            struct pollfd pollfd = {.fd = f->in.fd, .events = POLLIN};
            (void)poll(&pollfd, 1, POLL_TIMEOUT_MS);
            idle = 0;
        } else {
            __builtin_ia32_pause();
        }
    }
}

static void set_header(struct forwarder *f, const struct options *o)
{
    memcpy(f->header.eth.h_dest, o->real_server, ETH_ALEN);
    memcpy(f->header.eth.h_source, o->own, ETH_ALEN);
    f->header.eth.h_proto = htons(ETH_P_IP);
    f->tunnel = o->tunnel_to != 0;
    f->header.ip = (struct iphdr){.version = 4, .ihl = 5, .frag_off = htons(0x4000), .ttl = TUNNEL_TTL,
                                  .protocol = IPPROTO_IPIP, .saddr = o->tunnel_from, .daddr = o->tunnel_to};
    uint32_t sum = 0;
    for (size_t i = 0; i < sizeof(struct iphdr) / 2; i++) {
        sum += ((const uint16_t *)&f->header.ip)[i];
    }
    f->header.ip.check = fold_checksum(sum);
}

static void usage(void)
{
    fail("usage: xsk_forward --interface IF --vip ADDRESS --real-server-mac MAC [--out IF] [--queue N]"
         " [--cpu N] [--idle busy|adaptive]\n"
         "                   [--tunnel-from ADDRESS --tunnel-to ADDRESS]");
}

static struct options parse_options(int argc, char **argv)
{
    static const struct option names[] = {
        {"interface", required_argument, NULL, 'i'}, {"out", required_argument, NULL, 'o'},
        {"vip", required_argument, NULL, 'v'},       {"real-server-mac", required_argument, NULL, 'm'},
        {"queue", required_argument, NULL, 'q'},     {"cpu", required_argument, NULL, 'c'},
        {"idle", required_argument, NULL, 'I'},      {"tunnel-from", required_argument, NULL, 's'},
        {"tunnel-to", required_argument, NULL, 't'}, {0}};
    struct options o = {.cpu = -1};
    bool mac_given = false;
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'i': o.in = interface_argument("interface", optarg); break;
        case 'o': o.out = interface_argument("out", optarg); break;
        case 'v': o.constants.vip = address_argument("vip", optarg); break;
        case 'm': mac_argument("real-server-mac", optarg, o.real_server); mac_given = true; break;
        case 'q': o.queue = number_argument("queue", optarg, 63); break;
        case 'c': o.cpu = number_argument("cpu", optarg, CPU_SETSIZE - 1); break;
        case 's': o.tunnel_from = address_argument("tunnel-from", optarg); break;
        case 't': o.tunnel_to = address_argument("tunnel-to", optarg); break;
        case 'I':
            o.adaptive = strcmp(optarg, "adaptive") == 0;
            if (!o.adaptive && strcmp(optarg, "busy") != 0) {
                fail("--idle wants busy or adaptive, not '%s'", optarg);
            }
            break;
        default: usage();
        }
    }
    if (o.in == 0 || o.constants.vip == 0 || !mac_given || optind != argc || !o.tunnel_from != !o.tunnel_to) {
        usage();
    }
    if (o.out == 0) {
        o.out = o.in;
    }
    interface_mac(o.out, o.own);
    return o;
}

int main(int argc, char **argv)
{
    struct options o = parse_options(argc, argv);
    stop_on_signals();
    pin_to_cpu(o.cpu);

    struct bpf_object *object = open_bpf_object();
    set_bpf_constants(object, &o.constants, sizeof(o.constants));
    load_bpf_object(object);

    static struct forwarder f;
    f.umem = allocate_umem();
    f.in = open_xsk(o.in, o.queue, f.umem, NULL);
    f.out = &f.in;
    if (o.out != o.in) {
        f.shared = open_xsk(o.out, o.queue, f.umem, &f.in);
        f.out = &f.shared;
    }
    set_header(&f, &o);
    for (uint32_t i = 0; i < RING_SIZE; i++) {
        *ring_address(&f.in.fill, i) = (uint64_t)i * FRAME_BYTES;
    }
    ring_advance(&f.in.fill, RING_SIZE);

    if (bpf_map_update_elem(bpf_object__find_map_fd_by_name(object, "sockets"), &o.queue, &f.in.fd, BPF_ANY) != 0) {
        fail("cannot enter the socket into the map: %s", strerror(errno));
    }
    attach_xdp(o.in, bpf_program_fd(object, "steer"));
    puts("ready");
    fflush(stdout);

    run(&f, o.adaptive);

    printf("{\"received\": %lu, \"transmitted\": %lu, \"dropped\": %lu}\n", f.received, f.transmitted, f.dropped);
    return 0;
}
