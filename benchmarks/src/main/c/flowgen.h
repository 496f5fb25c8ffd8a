/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What flowgen tells its BPF program (constants, .rodata) and reads back (progress, .bss). */
#ifndef RINGVS_BENCH_FLOWGEN_H
#define RINGVS_BENCH_FLOWGEN_H

#include "frame.h"

#define PORTS_PER_CLIENT_BITS 6 /* 64 flows share a client address */
#define FIRST_CLIENT_PORT 1024

struct flowgen_constants {
    union {
        struct frame frame; /* client address, client port and both checksums zero */
        __u64 words[(sizeof(struct frame) + 7) / 8];
    } template;
    __u32 ip_sum;                /* one's complement sums of the template (TCP/UDP: with the pseudo header), */
    __u32 l4_sum;                /* without the client's address and port; host loads of network order words */
    __u32 interface;             /* where the frames leave */
    __u32 first_client;          /* host byte order */
    __u32 flow_count;
    __u32 order_bits;            /* the smallest n with 2^n >= flow_count */
    __u32 order_key;
    __u32 udp;                   /* 1: UDP, 0: TCP */
    __u64 interval_ns;           /* between frames; 0 = as fast as possible */
    __u64 frame_limit;
};

struct flowgen_progress {
    __u64 sent;
    __u64 order; /* position in the endless random order */
    __u64 due_ns;
};

#endif
