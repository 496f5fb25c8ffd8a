// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Direct routing inside the kernel with as little as can be: find the frame's flow in a hash map, count, write the
 * flow's MAC addresses, send. A flow that is not there yet is entered. Everything else goes to the kernel.
 */
#include <linux/bpf.h>
#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stddef.h>

#include "xdp_forward.h"

const volatile struct forward_constants constants = {};

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, 1);
    __type(key, struct flow_key);
    __type(value, struct flow);
} flows SEC(".maps");

static __always_inline struct flow *enter(const struct flow_key *key)
{
    struct flow flow = {};
    for (int i = 0; i < ETH_ALEN; i++) {
        flow.mac_header[i] = constants.real_server[i];
        flow.mac_header[ETH_ALEN + i] = constants.own[i];
    }
    bpf_map_update_elem(&flows, key, &flow, BPF_NOEXIST);
    return bpf_map_lookup_elem(&flows, key);
}

SEC("xdp")
int forward(struct xdp_md *context)
{
    struct frame *frame = (void *)(long)context->data;
    const void *end = (void *)(long)context->data_end;

    if ((const void *)(frame + 1) > end || frame->eth.h_proto != bpf_htons(ETH_P_IP) ||
        frame->ip.daddr != constants.vip || frame->ip.ihl != 5 ||
        (frame->ip.protocol != IPPROTO_TCP && frame->ip.protocol != IPPROTO_UDP)) {
        return XDP_PASS;
    }
    /* TCP and UDP have their ports in the same place */
    const struct flow_key key = {.client = frame->ip.saddr, .service = frame->ip.daddr,
                                 .client_port = frame->udp.source, .service_port = frame->udp.dest,
                                 .protocol = frame->ip.protocol};
    struct flow *flow = bpf_map_lookup_elem(&flows, &key);
    if (flow == NULL && (flow = enter(&key)) == NULL) {
        return XDP_DROP;
    }
    flow->packets++;
    __builtin_memcpy(frame, flow->mac_header, sizeof(flow->mac_header));
    return constants.out == 0 ? XDP_TX : bpf_redirect(constants.out, 0);
}

char _license[] SEC("license") = "GPL";
