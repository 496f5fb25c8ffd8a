/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Generic UDP Encapsulation: from behind the UDP header to the inner packet. */
#ifndef RINGVS_GUE_H
#define RINGVS_GUE_H

#include <linux/in.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>

#include "tunnel.h"

#define GUE_VERSION_SHIFT	6	/* first byte: version 2 bits, control 1, length of the options in words 5 */
#define GUE_CONTROL		0x20
#define GUE_WORDS_MASK		0x1f
#define GUE_DIRECT		1	/* version: no GUE header, the packet follows the UDP header, as FOU has it too */
#define GUE_PRIVATE		0x0001	/* the only option that Linux sends: private flags follow */
#define GUE_REMOTE_CHECKSUM	0x80000000u	/* the only private flag: where a checksum is left to the receiver */

struct gue_header {
	__u8 first;
	__u8 protocol;
	__be16 flags;
};

struct gue_options {
	__be32 private_flags;
	__be16 sum_from;
	__be16 sum_to;
};

/* Options: none, or private flags with or without a remote checksum. Returns whether they are understood. */
static __always_inline int parse_gue_options(struct tunnel *tunnel, const struct gue_header *gue, __u32 bytes)
{
	struct gue_options options = {};

	if (!gue->flags)
		return 1;
	if (gue->flags != bpf_htons(GUE_PRIVATE) || bytes < sizeof(options.private_flags) ||
	    load(tunnel, tunnel->position, &options, sizeof(options.private_flags)))
		return 0;
	if (!options.private_flags)
		return 1;
	if (options.private_flags != bpf_htonl(GUE_REMOTE_CHECKSUM) || bytes < sizeof(options) ||
	    load(tunnel, tunnel->position, &options, sizeof(options)))
		return 0;
	tunnel->remote_checksum = 1;
	tunnel->sum_from = bpf_ntohs(options.sum_from);
	tunnel->sum_to = bpf_ntohs(options.sum_to);
	return 1;
}

/* draft-ietf-intarea-gue; the options are those that Linux 6.1 knows (include/net/gue.h). */
static __always_inline __u32 parse_gue(struct tunnel *tunnel, const struct udphdr *udp, __u32 udp_offset)
{
	__u32 seed = tunnel->addresses_sum + bpf_htons(IPPROTO_UDP) + udp->len;
	struct gue_header gue;
	__u32 options;

	if (load(tunnel, tunnel->position, &gue, sizeof(gue)))
		return PASS_FOREIGN;
	if (gue.first >> GUE_VERSION_SHIFT == GUE_DIRECT) {
		tunnel->inner_family = gue.first >> 4;
	} else {
		options = (gue.first & GUE_WORDS_MASK) * 4;
		tunnel->position += sizeof(gue);
		tunnel->inner_family = inner_family(gue.protocol);
		if (gue.first >> GUE_VERSION_SHIFT || gue.first & GUE_CONTROL ||
		    tunnel->position + options > tunnel->end || !parse_gue_options(tunnel, &gue, options))
			return PASS_FOREIGN;
		tunnel->position += options;
	}
	if (udp->check) {
		tunnel->checked_from = udp_offset;
		tunnel->checked_seed = seed < tunnel->addresses_sum ? seed + 1 : seed;	/* the carry comes round */
	}
	return UNWRAPPED_GUE;
}

#endif
