// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Sends IPv4 frames for one address to the AF_XDP socket of their queue; everything else goes to the kernel. */
#include <linux/bpf.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "frame.h"

struct constants {
    __u32 vip; /* network byte order */
};
const volatile struct constants constants = {};

struct {
    __uint(type, BPF_MAP_TYPE_XSKMAP);
    __uint(max_entries, 64);
    __type(key, __u32);
    __type(value, __u32);
} sockets SEC(".maps");

SEC("xdp")
int steer(struct xdp_md *context)
{
    const struct frame *frame = (void *)(long)context->data;
    const void *end = (void *)(long)context->data_end;

    if ((const void *)(frame + 1) > end || frame->eth.h_proto != bpf_htons(ETH_P_IP) ||
        frame->ip.daddr != constants.vip) {
        return XDP_PASS;
    }
    return bpf_redirect_map(&sockets, context->rx_queue_index, XDP_PASS);
}

char _license[] SEC("license") = "GPL";
