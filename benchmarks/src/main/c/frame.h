/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * The frames of the benchmark, as the BPF programs and the tools see them: Ethernet, IPv4 without options,
 * then TCP or UDP. Shared by BPF and user space. All fields are in network byte order.
 *
 *     0 destination MAC 6, 6 source MAC 6, 12 EtherType 2
 *    14 IPv4 header 20
 *    34 TCP header 20, or UDP header 8
 *    54 payload (zeros, or first a stamp of 8 bytes: when the frame was due, see flowgen) up to the frame's length
 */
#ifndef RINGVS_BENCH_FRAME_H
#define RINGVS_BENCH_FRAME_H

#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <linux/types.h>
#include <linux/udp.h>

#define MIN_FRAME_BYTES 60 /* the shortest Ethernet frame, without its 4 byte check sequence */
#define STAMP_BYTES 8      /* CLOCK_MONOTONIC in nanoseconds, host byte order; 0 = none */

struct frame {
    struct ethhdr eth;
    struct iphdr ip;
    union {
        struct tcphdr tcp;
        struct udphdr udp;
    };
} __attribute__((packed, aligned(2)));

static inline __u32 sum_stamp(__u64 stamp)
{
    return (stamp & 0xffff) + (stamp >> 16 & 0xffff) + (stamp >> 32 & 0xffff) + (stamp >> 48);
}

/* Folds a 32 bit one's complement sum into the checksum field's 16 bits (RFC 1071). */
static inline __u16 fold_checksum(__u32 sum)
{
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    return (__u16)~sum;
}

#endif
