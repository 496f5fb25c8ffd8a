/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the sink tells its BPF program, and what that counts on each CPU. */
#ifndef RINGVS_BENCH_SINK_H
#define RINGVS_BENCH_SINK_H

#include "frame.h"

#define CHECKED_EVERY 1024u /* of so many frames one has its checksums verified; a power of two */

/*
 * The layout of an HdrHistogram: values below 2^LINEAR_BITS have a bucket each, every power of two above is divided
 * into 2^(LINEAR_BITS - 1) buckets, so that a bucket's width is at most 1/64 of its values.
 */
#define LINEAR_BITS 7
#define HALF_BUCKETS (1u << (LINEAR_BITS - 1))
#define VALUE_BITS 34 /* nanoseconds: up to 17 s */
#define BUCKETS ((VALUE_BITS - LINEAR_BITS + 2) * HALF_BUCKETS)

struct sink_constants {
    __u32 address;          /* destination of the frames, network byte order */
    unsigned char mac[6];   /* destination the frames must bear: the real server's */
    __u16 tunnel;           /* 1: the frames are IPv4 in IPv4 */
};

struct sink_counters {
    __u64 frames;   /* to this MAC address and IP address */
    __u64 bytes;    /* of those, without the Ethernet check sequence */
    __u64 other;    /* to the IP address, but to another MAC address: not forwarded as they should be */
    __u64 broken;   /* sampled frames whose IPv4 or TCP/UDP checksum is wrong */
    __u64 last_ns;  /* when the last stamped frame came */
    __u64 gap_ns;   /* the longest time between two stamped frames */
};

#endif
