/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What is known of a frame while it is taken out of its tunnel. */
#ifndef RINGVS_TUNNEL_H
#define RINGVS_TUNNEL_H

#include <linux/bpf.h>
#include <linux/in.h>

#include <bpf/bpf_helpers.h>

#include "decap.h"

/* A frame as far as it is understood; offsets in bytes from its start. */
struct tunnel {
	struct xdp_md *context;
	__u32 frame_bytes;
	__u32 link_bytes;	/* Ethernet header and tags */
	__u32 position;
	__u32 end;		/* behind the outer packet */
	__u32 addresses_sum;	/* of the outer addresses, for the pseudo header of UDP's checksum */
	struct decap_key destination;	/* of the outer packet */
	__u32 checked_from;	/* where the stretch begins that UDP or GRE has a checksum of, 0 for none */
	__u32 checked_seed;	/* sum of what it is about besides that stretch */
	__u16 sum_from;		/* remote checksum offload, counted from the inner packet: ... */
	__u16 sum_to;
	__u8 remote_checksum;	/* ... whether there is something to do */
	__u8 protocol;
	__u8 inner_family;	/* 4 or 6, as the tunnel says */
	__u8 congestion;	/* of the outer packet */
};

static __always_inline int load(const struct tunnel *tunnel, __u32 offset, void *to, __u32 bytes)
{
	return bpf_xdp_load_bytes(tunnel->context, offset, to, bytes);
}

static __always_inline __u32 inner_family(__u8 protocol)
{
	return protocol == IPPROTO_IPIP ? 4 : protocol == IPPROTO_IPV6 ? 6 : 0;
}

#endif
