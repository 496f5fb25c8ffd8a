/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* Header layouts and numbers that the kernel's own headers lack. */
#ifndef RINGVS_HEADERS_H
#define RINGVS_HEADERS_H

#include <linux/types.h>

#define MAX_VLAN_TAGS		2	/* 802.1ad outer, 802.1Q inner */
#define VLAN_ID_MASK		0x0fff	/* IEEE 802.1Q; number 0 stands for no VLAN, the tag tells a priority only */

#define IPV4_OFFSET_MASK	0x1fff	/* RFC 791 section 3.1 */
#define IPV4_MORE_FRAGMENTS	0x2000

#define IPV6_HOP_BY_HOP		0
#define IPV6_ROUTING		43
#define IPV6_FRAGMENT		44
#define IPV6_AUTHENTICATION	51
#define IPV6_ICMP		58
#define IPV6_DESTINATION_OPTS	60

struct vlan_tag {
	__be16 control;
	__be16 type;
};

#endif
