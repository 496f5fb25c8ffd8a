// SPDX-License-Identifier: GPL-2.0 OR Apache-2.0
/*
 * Counts and drops the frames for one address, verifying the checksums of a sample and the age of stamped ones; the
 * rest goes to the kernel.
 */
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

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, BUCKETS);
    __type(key, __u32);
    __type(value, __u64);
} ages SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, BUCKETS);
    __type(key, __u32);
    __type(value, __u64);
} ways SEC(".maps");

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

static __always_inline bool has_good_ip_checksum(const struct frame *frame)
{
    return fold_checksum(sum_words((const void *)((const char *)frame + sizeof(struct ethhdr)),
                                   sizeof(struct iphdr) / 2)) == 0;
}

/* Of the headers alone when there is no stamp: the rest of the payload is zeros, which add nothing. */
static __always_inline bool has_good_checksums(const struct frame *frame, struct stamp stamp)
{
    const __u16 *ip = (const void *)((const char *)frame + sizeof(struct ethhdr));
    const __u16 *l4 = (const void *)((const char *)ip + sizeof(struct iphdr));
    const __u16 *addresses = (const void *)((const char *)ip + offsetof(struct iphdr, saddr));
    const bool udp = frame->ip.protocol == IPPROTO_UDP;
    const __u32 l4_bytes = bpf_ntohs(frame->ip.tot_len) - sizeof(struct iphdr);
    const __u32 l4_sum = sum_words(addresses, 4) + bpf_htons(frame->ip.protocol) + bpf_htons(l4_bytes) +
                         sum_stamp(stamp) +
                         (udp ? sum_words(l4, sizeof(struct udphdr) / 2) : sum_words(l4, sizeof(struct tcphdr) / 2));
    return has_good_ip_checksum(frame) && fold_checksum(l4_sum) == 0;
}

static __always_inline struct stamp stamp_of(const struct frame *frame, const void *end)
{
    const char *payload = (const char *)frame + sizeof(struct ethhdr) + sizeof(struct iphdr) +
                          (frame->ip.protocol == IPPROTO_UDP ? sizeof(struct udphdr) : sizeof(struct tcphdr));
    struct stamp stamp = {};
    if ((const void *)(payload + sizeof(stamp)) <= end) {
        __builtin_memcpy(&stamp, payload, sizeof(stamp));
    }
    return stamp;
}

static __always_inline __u32 log2_of(__u64 value)
{
    __u32 log = 0;
    for (__u32 step = 32; step != 0; step /= 2) {
        if (value >> step != 0) {
            value >>= step;
            log += step;
        }
    }
    return log;
}

static __always_inline __u32 bucket_of(__u64 value)
{
    const __u32 log = log2_of(value | 1);
    if (log < LINEAR_BITS) {
        return value;
    }
    const __u32 shift = log - LINEAR_BITS + 1;
    const __u32 bucket = shift * HALF_BUCKETS + (value >> shift);
    return bucket < BUCKETS ? bucket : BUCKETS - 1;
}

static __always_inline void count_in(void *histogram, __u64 from, __u64 until)
{
    const __u32 bucket = bucket_of(until > from ? until - from : 0);
    __u64 *count = bpf_map_lookup_elem(histogram, &bucket);
    if (count != NULL) {
        ++*count;
    }
}

static __always_inline void note_age(struct sink_counters *mine, struct stamp stamp)
{
    const __u64 now = bpf_ktime_get_ns();
    count_in(&ages, stamp.due_ns, now);
    count_in(&ways, stamp.due_ns + stamp.late * LATE_UNIT_NS, now);
    if (mine->last_ns != 0 && now - mine->last_ns > mine->gap_ns) {
        mine->gap_ns = now - mine->last_ns;
    }
    mine->last_ns = now;
}

enum verdict { NOT_OURS, COUNTED };

static __always_inline enum verdict account(const void *data, const void *end)
{
    const struct frame *outer = data;
    /* in a tunnel, what stands where its Ethernet header would be is none */
    const struct frame *frame = data + (constants.tunnel ? sizeof(struct iphdr) : 0);
    const __u32 zero = 0;

    if ((const void *)(outer + 1) > end || (const void *)(frame + 1) > end ||
        outer->eth.h_proto != bpf_htons(ETH_P_IP) || outer->ip.daddr != constants.address ||
        (constants.tunnel && outer->ip.protocol != IPPROTO_IPIP)) {
        return NOT_OURS;
    }
    struct sink_counters *mine = bpf_map_lookup_elem(&counters, &zero);
    if (mine == NULL) {
        return NOT_OURS;
    }
    if (!is_for_real_server(&outer->eth)) {
        mine->other++;
        return COUNTED;
    }
    mine->frames++;
    mine->bytes += end - data;
    const struct stamp stamp = stamp_of(frame, end);
    if (stamp.due_ns != 0) {
        note_age(mine, stamp);
    }
    if (mine->frames % CHECKED_EVERY == 0 &&
        (!has_good_checksums(frame, stamp) || (constants.tunnel && !has_good_ip_checksum(outer)))) {
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
