/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* From the first byte of an Ethernet frame to the ports, as far as steering needs to know. */
#ifndef RINGVS_PARSE_H
#define RINGVS_PARSE_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "headers.h"
#include "steer.h"

/* How bytes of the frame are read by their offset: differs between the kinds of programs that include this. */
#ifndef load_bytes
#define load_bytes	bpf_xdp_load_bytes
#endif

#define MAX_EXTENSION_HEADERS	8	/* RFC 8200 section 4.1 lists 6 that occur once, Destination Options twice */

#define MAX_TRANSPORT_OFFSET	0x3fff	/* more than any frame has; bounds the verifier's view of it */

#define IPV6_OFFSET_MASK	0xfff8	/* RFC 8200 section 4.5 */
#define IPV6_MORE_FRAGMENTS	0x0001

#define ICMP_UNREACHABLE	3	/* RFC 792; the three types that IPVS relates to connections */
#define ICMP_QUENCH		4
#define ICMP_EXCEEDED		11
#define ICMPV6_INFORMATIONAL	128	/* RFC 4443 section 2.1: below are errors */
#define ICMP_HEADER_BYTES	8

#define KEY_EXCHANGE_PORT	500	/* RFC 7296 section 2 */

/* First 8 bytes of any extension header; none is shorter. */
struct extension {
	__u8 next;
	__u8 length;
	__be16 fragment;	/* only of a fragment header: offset, 2 reserved bits, M */
	__u32 rest;
};

struct icmp_start {
	__u8 type;
	__u8 code;
	__be16 checksum;
};

struct ports {
	__be16 source;
	__be16 destination;
};

/*
 * A frame as far as it is understood. `needs` and `verdict` say what an entry for one of its addresses must allow, and
 * what it then is; keeping the two as data rather than as branches is what keeps the verifier's work small.
 */
struct frame {
	void *context;		/* what the program was called with */
	void *start;
	void *position;
	void *end;
	__be32 destination[4];	/* network order; IPv4 in the first word */
	__be32 server[4];	/* the real server, if this is a reply: source, or destination of what an ICMP error quotes */
	__be16 source_port;	/* 0 unless the ports are to be looked up */
	__be16 destination_port;
	__u8 family;		/* 4, 6, or 0 if not IP */
	__u8 protocol;
	__u8 verdict;		/* enum steer_verdict given a match */
	__u64 vlan;		/* which VLAN it is of, as a key of the VLAN map; 0 for none */
	__u32 needs;		/* ADDRESS_ flags, one of which an address entry must have; 0: never steered */
};

static __always_inline __u64 mac_word(const __u8 *mac)
{
	__u64 word = 0;

	__builtin_memcpy(&word, mac, ETH_ALEN);
	return word;
}

/* Ethernet and tags. Returns the type of what follows in network order, 0 if the frame ends before it. */
static __always_inline __be16 parse_ethernet(struct frame *frame, __u64 *destination_mac)
{
	struct ethhdr *ethernet = frame->position;
	__u32 shift = 0;
	__be16 type;

	if ((void *)(ethernet + 1) > frame->end)
		return 0;
	*destination_mac = mac_word(ethernet->h_dest);
	type = ethernet->h_proto;
	frame->position = ethernet + 1;

#pragma unroll
	for (int i = 0; i < MAX_VLAN_TAGS; i++) {
		struct vlan_tag *tag = frame->position;
		__be16 id;

		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		if ((void *)(tag + 1) > frame->end)
			return 0;
		id = tag->control & bpf_htons(VLAN_ID_MASK);
		if (id) {
			frame->vlan |= (__u64)(type | (__u32)id << 16) << shift;
			shift += 32;
		}
		type = tag->type;
		frame->position = tag + 1;
	}
	return type;
}

/* The frame belongs to a service of its protocol if the address has one, though no port is known. */
static __always_inline void needs_any_service(struct frame *frame, __u8 verdict)
{
	frame->verdict = verdict;
	switch (frame->protocol) {
	case IPPROTO_TCP:
		frame->needs = ADDRESS_SERVED_TCP;
		return;
	case IPPROTO_UDP:
	case IPPROTO_ESP:
	case IPPROTO_AH:
		frame->needs = ADDRESS_SERVED_UDP;
		return;
	case IPPROTO_SCTP:
		frame->needs = ADDRESS_SERVED_SCTP;
		return;
	}
}

static __always_inline void parse_ports(struct frame *frame)
{
	struct ports *ports = frame->position;

	if ((void *)(ports + 1) > frame->end) {
		needs_any_service(frame, STEERED_MALFORMED);
		return;
	}
	needs_any_service(frame, STEERED_SERVICE);
	frame->needs <<= ANY_PORT_SHIFT;
	frame->source_port = ports->source;
	frame->destination_port = ports->destination;
}

/* IPsec's packets go where its keys were exchanged: by UDP, from port to port. */
static __always_inline void parse_secured(struct frame *frame)
{
	frame->protocol = IPPROTO_UDP;
	needs_any_service(frame, STEERED_SERVICE);
	frame->needs <<= ANY_PORT_SHIFT;
	frame->source_port = bpf_htons(KEY_EXCHANGE_PORT);
	frame->destination_port = bpf_htons(KEY_EXCHANGE_PORT);
}

/* Echo and neighbour discovery are the kernel's; errors may concern a connection. */
static __always_inline void parse_icmp(struct frame *frame)
{
	struct icmp_start *icmp = frame->position;
	void *quoted = frame->position + ICMP_HEADER_BYTES;

	frame->needs = ADDRESS_ICMP_ERRORS;
	if ((void *)(icmp + 1) > frame->end) {
		frame->verdict = STEERED_MALFORMED;
		return;
	}
	frame->verdict = STEERED_ICMP_ERROR;
	if (frame->family == 4) {
		struct iphdr *ip = quoted;

		if (icmp->type != ICMP_UNREACHABLE && icmp->type != ICMP_QUENCH && icmp->type != ICMP_EXCEEDED)
			frame->needs = 0;
		else if ((void *)(ip + 1) <= frame->end)
			frame->server[0] = ip->daddr;
	} else {
		struct ipv6hdr *ip = quoted;

		if (icmp->type >= ICMPV6_INFORMATIONAL)
			frame->needs = 0;
		else if ((void *)(ip + 1) <= frame->end)
			__builtin_memcpy(frame->server, &ip->daddr, sizeof(frame->server));
	}
}

static __always_inline void parse_transport(struct frame *frame)
{
	switch (frame->protocol) {
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_SCTP:
		parse_ports(frame);
		return;
	case IPPROTO_ESP:
	case IPPROTO_AH:
		parse_secured(frame);
		return;
	case IPPROTO_ICMP:
		if (frame->family == 4)
			parse_icmp(frame);
		return;
	case IPV6_ICMP:
		if (frame->family == 6)
			parse_icmp(frame);
		return;
	}
}

static __always_inline void parse_ipv4(struct frame *frame)
{
	struct iphdr *ip = frame->position;

	if ((void *)(ip + 1) > frame->end || ip->version != 4)
		return;
	frame->family = 4;
	frame->protocol = ip->protocol;
	frame->server[0] = ip->saddr;
	frame->destination[0] = ip->daddr;
	if (ip->frag_off & bpf_htons(IPV4_OFFSET_MASK | IPV4_MORE_FRAGMENTS)) {
		needs_any_service(frame, STEERED_FRAGMENT);
		return;
	}
	if (ip->ihl < 5) {
		needs_any_service(frame, STEERED_MALFORMED);
		return;
	}
	frame->position += ip->ihl * 4;
	parse_transport(frame);
}

/* The whole header of an IPv6 packet's extension, in bytes. */
static __always_inline __u32 extension_bytes(__u8 protocol, __u8 length)
{
	if (protocol == IPV6_FRAGMENT)
		return 8;
	if (protocol == IPV6_AUTHENTICATION)
		return (length + 2) * 4;	/* RFC 4302 section 2.2 */
	return (length + 1) * 8;
}

#define EXTENSIONS	(1ull << IPV6_HOP_BY_HOP | 1ull << IPV6_ROUTING | 1ull << IPV6_FRAGMENT | \
			 1ull << IPV6_AUTHENTICATION | 1ull << IPV6_DESTINATION_OPTS)

static __always_inline int is_extension(__u8 protocol)
{
	return protocol < 64 && EXTENSIONS >> protocol & 1;
}

/*
 * Leaves `position` and `protocol` at the transport header, or at the payload of a later fragment.
 * Returns the fragment fields, 0 if it is none; -1 if the chain is cut short or over the bound.
 *
 * Reads by offset through a helper: with packet pointers the verifier would follow every combination of header lengths.
 */
static __always_inline int skip_extensions(struct frame *frame)
{
	__u32 offset = frame->position - frame->start;
	struct extension header;
	int fragment = 0;

#pragma clang loop unroll(disable)
	for (int i = 0; i < MAX_EXTENSION_HEADERS && is_extension(frame->protocol); i++) {
		if (load_bytes(frame->context, offset, &header, sizeof(header)))
			return -1;
		if (frame->protocol == IPV6_FRAGMENT)
			fragment |= header.fragment & bpf_htons(IPV6_OFFSET_MASK | IPV6_MORE_FRAGMENTS);
		offset += extension_bytes(frame->protocol, header.length);
		frame->protocol = header.next;
		/* What follows a later fragment's header is payload: the rest of the chain is in the first one. */
		if (fragment & bpf_htons(IPV6_OFFSET_MASK))
			return fragment;
	}
	if (is_extension(frame->protocol) || offset > MAX_TRANSPORT_OFFSET)
		return -1;
	frame->position = frame->start + offset;
	return fragment;
}

static __always_inline void parse_ipv6(struct frame *frame)
{
	struct ipv6hdr *ip = frame->position;
	int fragment;

	if ((void *)(ip + 1) > frame->end || ip->version != 6)
		return;
	frame->family = 6;
	frame->protocol = ip->nexthdr;
	__builtin_memcpy(frame->server, &ip->saddr, sizeof(frame->server));
	__builtin_memcpy(frame->destination, &ip->daddr, sizeof(frame->destination));
	frame->position = ip + 1;

	fragment = skip_extensions(frame);
	if (fragment < 0) {
		/* Which protocol it would have been is unknown: any service of the address claims it. */
		frame->verdict = STEERED_MALFORMED;
		frame->needs = ADDRESS_SERVED_ANY;
	} else if (fragment) {
		needs_any_service(frame, STEERED_FRAGMENT);
	} else {
		parse_transport(frame);
	}
}

#endif
