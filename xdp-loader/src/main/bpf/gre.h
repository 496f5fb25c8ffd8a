/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Generic Routing Encapsulation: from its header to the inner packet. */
#ifndef RINGVS_GRE_H
#define RINGVS_GRE_H

#include <linux/if_ether.h>

#include <bpf/bpf_endian.h>

#include "tunnel.h"

#define GRE_CHECKSUM		0x8000	/* RFC 2784; other flags make it another tunnel than ours (RFC 2890) */

struct gre_header {
	__be16 flags;
	__be16 type;
};

static __always_inline __u32 parse_gre(struct tunnel *tunnel)
{
	__u32 start = tunnel->position;
	struct gre_header gre;

	if (load(tunnel, start, &gre, sizeof(gre)) || gre.flags & ~bpf_htons(GRE_CHECKSUM))
		return PASS_FOREIGN;
	tunnel->inner_family = gre.type == bpf_htons(ETH_P_IP) ? 4 : gre.type == bpf_htons(ETH_P_IPV6) ? 6 : 0;
	tunnel->position += sizeof(gre);
	if (gre.flags) {
		tunnel->position += sizeof(__be32);	/* checksum and 16 reserved bits */
		if (tunnel->position > tunnel->end)
			return PASS_FOREIGN;
		tunnel->checked_from = start;
	}
	return UNWRAPPED_GRE;
}

#endif
