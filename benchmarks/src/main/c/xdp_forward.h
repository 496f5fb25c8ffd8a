/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What xdp_forward tells its BPF program. */
#ifndef RINGVS_BENCH_XDP_FORWARD_H
#define RINGVS_BENCH_XDP_FORWARD_H

#include "frame.h"

struct forward_constants {
    __u32 vip;                   /* network byte order */
    unsigned char real_server[6];
    unsigned char own[6];
    __u32 out;                   /* interface to redirect to; 0 = back out of the one the frame came from */
};

struct flow_key { /* network byte order */
    __u32 client, service;
    __u16 client_port, service_port;
    __u32 protocol;
};

struct flow {
    unsigned char mac_header[12]; /* destination and source, as its frames leave */
    __u32 padding;
    __u64 packets;
};

#endif
