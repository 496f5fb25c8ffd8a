/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the sink tells its BPF program, and what that counts on each CPU. */
#ifndef RINGVS_BENCH_SINK_H
#define RINGVS_BENCH_SINK_H

#include "frame.h"

#define CHECKED_EVERY 1024u /* of so many frames one has its checksums verified; a power of two */

struct sink_constants {
    __u32 vip;              /* network byte order */
    unsigned char mac[6];   /* destination the frames must bear: the real server's */
    __u16 padding;
};

struct sink_counters {
    __u64 frames; /* to this MAC address and VIP */
    __u64 bytes;  /* of those, without the Ethernet check sequence */
    __u64 other;  /* to the VIP, but to another MAC address: not forwarded as they should be */
    __u64 broken; /* sampled frames whose IPv4 or TCP/UDP checksum is wrong */
};

#endif
