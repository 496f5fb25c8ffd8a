/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What flowgen tells its BPF program (constants, .rodata) and reads back (progress, .bss). */
#ifndef RINGVS_BENCH_FLOWGEN_H
#define RINGVS_BENCH_FLOWGEN_H

#include "frame.h"

#define PORTS_PER_CLIENT_BITS 6 /* 64 flows share a client address */
#define FIRST_CLIENT_PORT 1024

#define MIX_PERIOD 12 /* of 12 frames 7 have the first length, 4 the second, 1 the third: the "simple IMIX" */
#define MIX_FIRST 7
#define MIX_SECOND 11
#define MIX_LENGTHS 3

struct flowgen_length {
    __u32 frame_bytes;
    __u16 ip_bytes; /* network byte order, as the next */
    __u16 l4_bytes;
    __u32 ip_sum;   /* one's complement sums of the template (TCP/UDP: with the pseudo header), without the client's */
    __u32 l4_sum;   /* address and port; host loads of network order words */
};

struct flowgen_constants {
    union {
        struct frame frame; /* client address, ports, lengths and both checksums zero */
        __u64 words[(sizeof(struct frame) + 7) / 8];
    } template;
    struct flowgen_length lengths[MIX_LENGTHS + 1]; /* one more than used: an index masked to 2 bits stays inside */
    __u32 longest;               /* bytes of the frames that the kernel lays out; shorter ones are cut */
    __u32 first_port;            /* of the services, host byte order */
    __u32 service_count;         /* flow f is one of service f modulo this */
    __u32 stamped;               /* 1: the payload begins with a stamp */
    __u32 to_stack;              /* 1: frames are received by the interface's own host instead of sent */
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
