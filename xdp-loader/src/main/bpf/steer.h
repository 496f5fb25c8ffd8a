/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * What the steering program and its loader agree on: keys, flags and verdicts.
 *
 * io.ringvs.xdp.SteeringLayout and io.ringvs.xdp.XdpVerdict mirror this file.
 */
#ifndef RINGVS_STEER_H
#define RINGVS_STEER_H

#include <linux/types.h>

/* Which address of a packet an entry speaks of. */
enum steer_direction {
	STEER_TO_SERVICE = 0,	/* destination is a virtual service */
	STEER_FROM_SERVER = 1,	/* source is a real server whose replies come back through us (NAT) */
	STEER_TO_HOST = 2,	/* destination is this machine itself: not a reply to be translated */
	STEER_LOCAL_SERVER = 3,	/* source is a real server on this machine: looked for in what the machine sends */
};

/*
 * Key of the steering map, 24 bytes.
 *
 *   0  address    16 bytes, network order; IPv4 in the first 4, the rest 0
 *  16  port       u16, network order
 *  18  protocol   u8, IP protocol number
 *  19  family     u8, 4 or 6
 *  20  direction  u8, enum steer_direction
 *  21  zero       3 bytes
 *
 * An entry with protocol and port set stands for one service. An entry with both 0 tells about the address as a whole
 * (ADDRESS_ flags); it exists as long as the address has any entry of that direction.
 */
struct steer_key {
	__be32 address[4];
	__be16 port;
	__u8 protocol;
	__u8 family;
	__u8 direction;
	__u8 zero[3];
};

/* Value of an entry with a port. */
#define SERVICE_STEER	0x00001u

/* Value of an address entry. SERVED: the protocol has a service on some port, so fragments may belong to it. */
#define ADDRESS_SERVED_TCP	0x00001u
#define ADDRESS_SERVED_UDP	0x00002u
#define ADDRESS_SERVED_SCTP	0x00004u
#define ADDRESS_SERVED_ANY	0x00007u
/* ANY_PORT: every port of the protocol is served ("port 0" service). */
#define ADDRESS_ANY_PORT_TCP	0x00100u
#define ADDRESS_ANY_PORT_UDP	0x00200u
#define ADDRESS_ANY_PORT_SCTP	0x00400u
#define ANY_PORT_SHIFT		8
/* ICMP errors sent to the address concern connections of its services. */
#define ADDRESS_ICMP_ERRORS	0x10000u

/*
 * Key of the map of prefixes (a longest-prefix-match trie), 24 bytes.
 *
 *   0  length   u32, host order: 32 + bits of the prefix, since the trie compares family and zero too
 *   4  family   u8, 4 or 6
 *   5  zero     3 bytes
 *   8  address  16 bytes, as in steer_key
 *
 * Its value is ADDRESS_ flags: those of the prefix and of every wider one that covers it.
 */
struct prefix_key {
	__u32 length;
	__u8 family;
	__u8 zero[3];
	__be32 address[4];
};
#define PREFIX_KEY_BITS		160u

/* Flags of the steering configuration, one u32. */
#define CONFIG_SERVER_REPLIES	0x1u	/* there are STEER_FROM_SERVER entries: look at sources too */
#define CONFIG_PREFIXES		0x2u	/* there are prefixes: look for them when an address is not found */
#define CONFIG_LOCAL_SERVERS	0x4u	/* there are STEER_LOCAL_SERVER entries: look at what this machine sends */

/* Why a frame went where it went; index into the counters. */
enum steer_verdict {
	PASS_NOT_IP,
	PASS_OTHER_MAC,
	PASS_VLAN,
	PASS_NO_SERVICE,
	PASS_TO_HOST,
	PASS_NO_SOCKET,
	STEERED_SERVICE,
	STEERED_REPLY,
	STEERED_FRAGMENT,
	STEERED_ICMP_ERROR,
	STEERED_MALFORMED,
	STEER_VERDICTS,
};

#endif
