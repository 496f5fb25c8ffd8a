// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Writes the next flow's headers into a frame and sends it out of an interface. Runs by BPF_PROG_RUN with live
 * frames, whose pages come round again after the receiver has changed them: all headers are written every time.
 *
 * Flows come in random order: a keyed permutation of 0 .. 2^order_bits - 1, skipping what is not a flow, visits each
 * flow once per pass, and every pass has an order of its own.
 */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>

#include "flowgen.h"

#define LAG_NS 1000000ull /* a paced source that fell behind catches up with this much at most */
#define SKIPS 32          /* fewer than half the positions are not flows: more in a row is next to impossible */

const volatile struct flowgen_constants constants = {};
struct flowgen_progress progress = {};

/* Every step is a bijection on `bits` bits: odd factor, sum, xor of the high half into the low one. */
static __always_inline __u32 permute(__u32 position, __u32 bits, __u32 key)
{
    const __u32 mask = (1u << bits) - 1, half = (bits + 1) / 2;
    position = (position * (key | 1) + (key >> 7)) & mask;
    position ^= position >> half;
    position = (position * 0x9e3779b1u + (key >> 3)) & mask;
    position ^= position >> half;
    position = (position * 0x85ebca6bu) & mask;
    return position ^ position >> half;
}

static __always_inline __u32 next_flow(void)
{
    const __u32 bits = constants.order_bits & 31;
    if (bits == 0) {
        return 0;
    }
    for (int i = 0; i < SKIPS; i++) {
        const __u64 order = progress.order++;
        const __u32 pass = (order >> bits) + 1;
        const __u32 flow = permute(order & ((1u << bits) - 1), bits, constants.order_key ^ pass * 0xc2b2ae35u);
        if (flow < constants.flow_count) {
            return flow;
        }
    }
    return ~0u;
}

_Static_assert(LAG_NS / LATE_UNIT_NS <= 0xffff, "the greatest lag fits into a stamp");

/* Whether a frame is due, and if so, when it was. */
static __always_inline bool is_due(struct stamp *stamp)
{
    const __u64 now = bpf_ktime_get_ns();
    if (now < progress.due_ns) {
        return false;
    }
    if (progress.due_ns + LAG_NS < now) {
        progress.due_ns = now - LAG_NS;
    }
    stamp->due_ns = progress.due_ns;
    stamp->late = (now - progress.due_ns) / LATE_UNIT_NS;
    progress.due_ns += constants.interval_ns;
    return true;
}

/* Into the first bytes of the payload. That they are there is checked by who sets `stamped`. */
static __always_inline void write_stamp(const struct xdp_md *context, const struct stamp *stamp)
{
    char *payload = (char *)(long)context->data + sizeof(struct ethhdr) + sizeof(struct iphdr) +
                    (constants.udp ? sizeof(struct udphdr) : sizeof(struct tcphdr));
    if (payload + sizeof(*stamp) <= (const char *)(long)context->data_end) {
        __builtin_memcpy(payload, stamp, sizeof(*stamp));
    }
}

static __always_inline const volatile struct flowgen_length *next_length(void)
{
    const __u32 turn = progress.sent % MIX_PERIOD;
    return &constants.lengths[(turn < MIX_FIRST ? 0 : turn < MIX_SECOND ? 1 : 2) & 3];
}

SEC("xdp")
int generate(struct xdp_md *context)
{
    struct stamp stamp = {};
    if (progress.sent >= constants.frame_limit || (constants.interval_ns != 0 && !is_due(&stamp))) {
        return XDP_DROP;
    }
    const __u32 flow = next_flow();
    if (flow == ~0u) {
        return XDP_DROP;
    }
    const volatile struct flowgen_length *length = next_length();
    if (length->frame_bytes < constants.longest &&
        bpf_xdp_adjust_tail(context, (int)(length->frame_bytes - constants.longest)) != 0) {
        return XDP_ABORTED;
    }
    struct frame *frame = (void *)(long)context->data;
    if ((const char *)frame + MIN_FRAME_BYTES > (const char *)(long)context->data_end) {
        return XDP_ABORTED;
    }
    const __u16 service_port = bpf_htons(constants.first_port + flow % constants.service_count);
    const __u32 client = bpf_htonl(constants.first_client + (flow >> PORTS_PER_CLIENT_BITS));
    const __u16 port = bpf_htons(FIRST_CLIENT_PORT + (flow & ((1u << PORTS_PER_CLIENT_BITS) - 1)));
    const __u32 client_sum = (client & 0xffff) + (client >> 16);
    const __u16 l4_checksum = fold_checksum(length->l4_sum + client_sum + port + service_port +
                                             (constants.stamped ? sum_stamp(stamp) : 0));

    for (unsigned i = 0; i < sizeof(constants.template) / sizeof(__u64); i++) {
        ((__u64 *)frame)[i] = constants.template.words[i];
    }
    frame->ip.saddr = client;
    frame->ip.tot_len = length->ip_bytes;
    frame->ip.check = fold_checksum(length->ip_sum + client_sum);
    if (constants.udp) {
        frame->udp.source = port;
        frame->udp.dest = service_port;
        frame->udp.len = length->l4_bytes;
        frame->udp.check = l4_checksum == 0 ? 0xffff : l4_checksum;
    } else {
        frame->tcp.source = port;
        frame->tcp.dest = service_port;
        frame->tcp.check = l4_checksum;
    }
    if (constants.stamped) {
        write_stamp(context, &stamp);
    }
    progress.sent++;
    return constants.to_stack ? XDP_PASS : bpf_redirect(constants.interface, 0);
}

char _license[] SEC("license") = "GPL";
