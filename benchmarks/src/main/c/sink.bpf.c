// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/* Counts and drops the frames for the VIP, verifying the checksums of a sample; the rest goes to the kernel. */
#include <linux/bpf.h>
#include <linux/in.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include <stdbool.h>
#include <stddef.h>

#include "sink.h"

const volatile struct sink_constants constants = {};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, struct sink_counters);
} counters SEC(".maps");

static __always_inline bool is_for_real_server(const struct ethhdr *eth)
{
    for (int i = 0; i < ETH_ALEN; i++) {
        if (eth->h_dest[i] != constants.mac[i]) {
            return false;
        }
    }
    return true;
}

static __always_inline __u32 sum_words(const __u16 *word, int count)
{
    __u32 sum = 0;
    for (int i = 0; i < count; i++) {
        sum += word[i];
    }
    return sum;
}

/* The payload is zeros, which add nothing: the headers are all there is to sum. */
static __always_inline bool has_good_checksums(const struct frame *frame)
{
    const __u16 *ip = (const void *)((const char *)frame + sizeof(struct ethhdr));
    const __u16 *l4 = (const void *)((const char *)ip + sizeof(struct iphdr));
    const __u16 *addresses = (const void *)((const char *)ip + offsetof(struct iphdr, saddr));
    const bool udp = frame->ip.protocol == IPPROTO_UDP;
    const __u32 l4_bytes = bpf_ntohs(frame->ip.tot_len) - sizeof(struct iphdr);
    const __u32 l4_sum = sum_words(addresses, 4) + bpf_htons(frame->ip.protocol) + bpf_htons(l4_bytes) +
                         (udp ? sum_words(l4, sizeof(struct udphdr) / 2) : sum_words(l4, sizeof(struct tcphdr) / 2));
    return fold_checksum(sum_words(ip, sizeof(struct iphdr) / 2)) == 0 && fold_checksum(l4_sum) == 0;
}

enum verdict { NOT_OURS, COUNTED };

static __always_inline enum verdict account(const void *data, const void *end)
{
    const struct frame *frame = data;
    const __u32 zero = 0;

    if ((const void *)(frame + 1) > end || frame->eth.h_proto != bpf_htons(ETH_P_IP) ||
        frame->ip.daddr != constants.vip) {
        return NOT_OURS;
    }
    struct sink_counters *mine = bpf_map_lookup_elem(&counters, &zero);
    if (mine == NULL) {
        return NOT_OURS;
    }
    if (!is_for_real_server(&frame->eth)) {
        mine->other++;
        return COUNTED;
    }
    mine->frames++;
    mine->bytes += end - data;
    if (mine->frames % CHECKED_EVERY == 0 && !has_good_checksums(frame)) {
        mine->broken++;
    }
    return COUNTED;
}

SEC("xdp")
int count_xdp(struct xdp_md *context)
{
    const void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
    return account(data, end) == COUNTED ? XDP_DROP : XDP_PASS;
}

SEC("tc")
int count_tc(struct __sk_buff *context)
{
    const void *data = (void *)(long)context->data, *end = (void *)(long)context->data_end;
    return account(data, end) == COUNTED ? TC_ACT_SHOT : TC_ACT_OK;
}

char _license[] SEC("license") = "GPL";
