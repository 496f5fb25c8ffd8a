/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The frames of the benchmark, as the BPF programs and the tools see them: Ethernet, IPv4 without options,
 * then TCP or UDP. Shared by BPF and user space. All fields are in network byte order.
 *
 *     0 destination MAC 6, 6 source MAC 6, 12 EtherType 2
 *    14 IPv4 header 20
 *    34 TCP header 20, or UDP header 8
 *    54 payload (zeros, or first a stamp, see flowgen) up to the frame's length
 */
#ifndef RINGVS_BENCH_FRAME_H
#define RINGVS_BENCH_FRAME_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>

#define MIN_FRAME_BYTES 60 /* the shortest Ethernet frame, without its 4 byte check sequence */

struct frame {
    struct ethhdr eth;
    struct iphdr ip;
    union {
        struct tcphdr tcp;
        struct udphdr udp;
    };
} __attribute__((packed, aligned(2)));

#define LATE_UNIT_NS 16

/* Host byte order. */
struct stamp {
    __u64 due_ns; /* CLOCK_MONOTONIC; 0 = no stamp */
    __u16 late;   /* how much later than that the source made the frame, in units of LATE_UNIT_NS */
} __attribute__((packed, aligned(2)));

static inline __u32 sum_stamp(struct stamp stamp)
{
    const __u64 due = stamp.due_ns;
    return (due & 0xffff) + (due >> 16 & 0xffff) + (due >> 32 & 0xffff) + (due >> 48) + stamp.late;
}

/* Folds a 32 bit one's complement sum into the checksum field's 16 bits (RFC 1071). */
static inline __u16 fold_checksum(__u32 sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (__u16)~sum;
}

#endif
