/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the decapsulation program and its loader agree on: keys, flags and verdicts.
 *
 * io.ringvs.xdp.DecapAddresses and io.ringvs.xdp.DecapVerdict mirror this file.
 */
#ifndef RINGVS_DECAP_H
#define RINGVS_DECAP_H

#include <linux/types.h>

/*
 * Key of the map of addresses, 20 bytes.
 *
 *   0  address  16 bytes, network order; IPv4 in the first 4, the rest 0
 *  16  family   u32, 4 or 6
 */
struct decap_key {
	__be32 address[4];
	__u32 family;
};

/* Value of an address. */
#define DECAP_HOST	0x1u	/* of this host: tunnels may end here */
#define DECAP_VIP	0x2u	/* packets to it are taken out of their tunnel */

/* What became of a frame; index into the counters. */
enum decap_verdict {
	PASS_NOT_IP,
	PASS_NO_TUNNEL,
	PASS_OTHER_HOST,
	PASS_FRAGMENT,
	PASS_FOREIGN,
	PASS_NO_VIP,
	DROP_BROKEN,
	DROP_CHECKSUM,
	DROP_CONGESTION,
	UNWRAPPED_IPIP,
	UNWRAPPED_GUE,
	UNWRAPPED_GRE,
	DECAP_VERDICTS,
};

#endif
