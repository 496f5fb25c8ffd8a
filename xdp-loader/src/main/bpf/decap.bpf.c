/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Takes packets to virtual addresses out of the tunnels in which a director sends them to this real server.
 *
 *   frame -> Ethernet, VLAN tags -> IPv4 | IPv6 to this host -> IPIP | UDP + GUE | GRE -> packet to a virtual address?
 *         -> Ethernet, VLAN tags, packet: to the kernel, as if it had come without a tunnel
 *         -> else XDP_PASS, untouched; XDP_DROP only of what no receiver could use
 *
 * Headers are read by offset through a helper: where they begin varies, and with packet pointers the verifier would
 * follow every combination.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>

#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#include "checksum.h"
#include "decap.h"
#include "gre.h"
#include "gue.h"
#include "headers.h"
#include "tunnel.h"

#define MAX_ADDRESSES	4096

#define CONGESTION_MASK		0x3	/* RFC 3168: the low bits of TOS and traffic class */
#define CONGESTION_EXPERIENCED	0x3
#define IPV6_CONGESTION_SHIFT	4	/* of these bits in the second byte of an IPv6 header */

#define TAG_BYTES_MASK		0xc	/* tags have 0, 4 or 8 bytes; the verifier takes 12 for possible */

/* Addresses of this host and virtual addresses. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct decap_key);
	__type(value, __u32);
	__uint(max_entries, MAX_ADDRESSES);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} rvs_addresses SEC(".maps");

/* The UDP port of GUE, in host order. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} rvs_gue_port SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, DECAP_VERDICTS);
} rvs_counters SEC(".maps");

static __always_inline __u32 address_flags(const struct decap_key *key)
{
	__u32 *flags = bpf_map_lookup_elem(&rvs_addresses, key);

	return flags ? *flags : 0;
}

/* Returns the type of what follows the tags, 0 if the frame ends before. */
static __always_inline __be16 parse_link(struct tunnel *tunnel)
{
	struct ethhdr ethernet;
	__be16 type;

	if (load(tunnel, 0, &ethernet, sizeof(ethernet)))
		return 0;
	type = ethernet.h_proto;
	tunnel->link_bytes = sizeof(ethernet);

#pragma unroll
	for (int i = 0; i < MAX_VLAN_TAGS; i++) {
		struct vlan_tag tag;

		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		if (load(tunnel, tunnel->link_bytes, &tag, sizeof(tag)))
			return 0;
		type = tag.type;
		tunnel->link_bytes += sizeof(tag);
	}
	tunnel->position = tunnel->link_bytes;
	return type;
}

static __always_inline int may_be_tunnel(__u8 protocol)
{
	return protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6 || protocol == IPPROTO_GRE || protocol == IPPROTO_UDP;
}

/* Returns DECAP_VERDICTS as long as the packet may be a tunnel's. */
static __always_inline __u32 parse_outer_ipv4(struct tunnel *tunnel)
{
	struct iphdr ip;

	if (load(tunnel, tunnel->position, &ip, sizeof(ip)) || ip.version != 4)
		return PASS_NOT_IP;
	if (!may_be_tunnel(ip.protocol))
		return PASS_NO_TUNNEL;
	tunnel->destination.family = 4;
	tunnel->destination.address[0] = ip.daddr;
	tunnel->protocol = ip.protocol;
	tunnel->congestion = ip.tos & CONGESTION_MASK;
	tunnel->addresses_sum = bpf_csum_diff(0, 0, &ip.saddr, 2 * sizeof(ip.saddr), 0);
	tunnel->end = tunnel->position + bpf_ntohs(ip.tot_len);
	tunnel->position += ip.ihl * 4;
	if (ip.ihl < 5 || tunnel->position > tunnel->end || tunnel->end > tunnel->frame_bytes)
		return PASS_FOREIGN;
	return ip.frag_off & bpf_htons(IPV4_OFFSET_MASK | IPV4_MORE_FRAGMENTS) ? PASS_FRAGMENT : DECAP_VERDICTS;
}

static __always_inline __u32 parse_outer_ipv6(struct tunnel *tunnel)
{
	struct ipv6hdr ip;
	__u8 protocol;

	if (load(tunnel, tunnel->position, &ip, sizeof(ip)) || ip.version != 6)
		return PASS_NOT_IP;
	tunnel->position += sizeof(ip);
	protocol = ip.nexthdr;
	if (protocol == IPV6_FRAGMENT && load(tunnel, tunnel->position, &protocol, sizeof(protocol)))
		return PASS_NOT_IP;
	if (!may_be_tunnel(protocol))
		return PASS_NO_TUNNEL;
	tunnel->destination.family = 6;
	__builtin_memcpy(tunnel->destination.address, &ip.daddr, sizeof(ip.daddr));
	tunnel->protocol = protocol;
	tunnel->congestion = ip.flow_lbl[0] >> IPV6_CONGESTION_SHIFT & CONGESTION_MASK;
	tunnel->addresses_sum = bpf_csum_diff(0, 0, (__be32 *)&ip.saddr, 2 * sizeof(ip.saddr), 0);
	tunnel->end = tunnel->position + bpf_ntohs(ip.payload_len);
	if (tunnel->end > tunnel->frame_bytes)
		return PASS_FOREIGN;
	return ip.nexthdr == IPV6_FRAGMENT ? PASS_FRAGMENT : DECAP_VERDICTS;
}

static __always_inline __u32 parse_udp(struct tunnel *tunnel)
{
	__u32 start = tunnel->position;
	__u32 zero = 0;
	__u32 *port = bpf_map_lookup_elem(&rvs_gue_port, &zero);
	struct udphdr udp;

	if (!port || load(tunnel, start, &udp, sizeof(udp)) || udp.dest != bpf_htons(*port))
		return PASS_NO_TUNNEL;
	if (!(address_flags(&tunnel->destination) & DECAP_HOST))
		return PASS_OTHER_HOST;
	tunnel->position += sizeof(udp);
	if (start + bpf_ntohs(udp.len) > tunnel->end || bpf_ntohs(udp.len) < sizeof(udp))
		return PASS_FOREIGN;
	tunnel->end = start + bpf_ntohs(udp.len);
	return parse_gue(tunnel, &udp, start);
}

/* Leaves `position` at the inner packet. Returns which tunnel it is, or why it is none of ours. */
static __always_inline __u32 parse_tunnel(struct tunnel *tunnel)
{
	if (tunnel->protocol == IPPROTO_UDP)
		return parse_udp(tunnel);
	if (!(address_flags(&tunnel->destination) & DECAP_HOST))
		return PASS_OTHER_HOST;
	if (tunnel->protocol == IPPROTO_GRE)
		return parse_gre(tunnel);
	tunnel->inner_family = inner_family(tunnel->protocol);
	return UNWRAPPED_IPIP;
}

/* Returns DECAP_VERDICTS if the inner packet is whole and to one of the virtual addresses. */
static __always_inline __u32 check_inner_ipv4(struct tunnel *tunnel)
{
	struct decap_key destination = { .family = 4 };
	__u32 bytes = tunnel->end - tunnel->position;
	struct iphdr ip;

	if (bytes < sizeof(ip) || load(tunnel, tunnel->position, &ip, sizeof(ip)) || ip.version != 4)
		return DROP_BROKEN;
	destination.address[0] = ip.daddr;
	if (!(address_flags(&destination) & DECAP_VIP))
		return PASS_NO_VIP;
	if (ip.ihl < 5 || bpf_ntohs(ip.tot_len) < ip.ihl * 4 || bpf_ntohs(ip.tot_len) > bytes)
		return DROP_BROKEN;
	return DECAP_VERDICTS;
}

static __always_inline __u32 check_inner_ipv6(struct tunnel *tunnel)
{
	struct decap_key destination = { .family = 6 };
	__u32 bytes = tunnel->end - tunnel->position;
	struct ipv6hdr ip;

	if (bytes < sizeof(ip) || load(tunnel, tunnel->position, &ip, sizeof(ip)) || ip.version != 6)
		return DROP_BROKEN;
	__builtin_memcpy(destination.address, &ip.daddr, sizeof(ip.daddr));
	if (!(address_flags(&destination) & DECAP_VIP))
		return PASS_NO_VIP;
	return sizeof(ip) + bpf_ntohs(ip.payload_len) > bytes ? DROP_BROKEN : DECAP_VERDICTS;
}

/*
 * Congestion seen by the tunnel's routers is told to the receiver, who tells the sender; or to the sender by the loss,
 * if he understands nothing else (RFC 6040 section 4.2). Returns whether the packet may go on.
 */
static __always_inline int mark_congestion(struct tunnel *tunnel)
{
	__u32 shift = tunnel->inner_family == 4 ? 0 : IPV6_CONGESTION_SHIFT;
	struct iphdr ip;	/* or as much of an IPv6 header, whose traffic class begins in the same two bytes */
	__be16 old, new;

	if (load(tunnel, tunnel->position, &ip, sizeof(ip)) || !(ip.tos >> shift & CONGESTION_MASK))
		return 0;
	__builtin_memcpy(&old, &ip, sizeof(old));
	ip.tos |= CONGESTION_EXPERIENCED << shift;
	__builtin_memcpy(&new, &ip, sizeof(new));
	if (tunnel->inner_family == 4)
		ip.check = ~fold((__u16)~ip.check + (__u16)~old + new);	/* RFC 1624 equation 3 */
	return !bpf_xdp_store_bytes(tunnel->context, tunnel->position, &ip, sizeof(ip));
}

/* Remote checksum offload: the sender left the sum of the pseudo header in the field, the rest is summed here. */
static __always_inline int finish_checksum(struct tunnel *tunnel)
{
	__u32 bytes = tunnel->end - tunnel->position;
	__u16 sum;
	int result;

	if (tunnel->sum_from & 1 || tunnel->sum_from >= bytes || tunnel->sum_to < tunnel->sum_from ||
	    tunnel->sum_to + sizeof(sum) > bytes)
		return -1;
	result = checksum(tunnel->context, tunnel->position + tunnel->sum_from, tunnel->end, 0);
	if (result < 0)
		return -1;
	sum = ~result;
	return bpf_xdp_store_bytes(tunnel->context, tunnel->position + tunnel->sum_to, &sum, sizeof(sum));
}

/* The inner packet moves up to the Ethernet header and tags. */
static __always_inline int unwrap(const struct tunnel *tunnel)
{
	__be16 type = tunnel->inner_family == 4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	__u8 link[ETH_HLEN + TAG_BYTES_MASK] = {};
	__u32 link_bytes = tunnel->link_bytes - ETH_HLEN;

	barrier_var(link_bytes);	/* keeps the compiler from finding the mask needless, as it is */
	link_bytes = (link_bytes & TAG_BYTES_MASK) + ETH_HLEN;
	if (bpf_xdp_load_bytes(tunnel->context, 0, link, link_bytes) ||
	    bpf_xdp_adjust_head(tunnel->context, tunnel->position - link_bytes) ||
	    bpf_xdp_store_bytes(tunnel->context, 0, link, link_bytes))
		return -1;
	return bpf_xdp_store_bytes(tunnel->context, link_bytes - sizeof(type), &type, sizeof(type));
}

static __always_inline __u32 decapsulate(struct xdp_md *context)
{
	struct tunnel tunnel = {
		.context = context,
		.frame_bytes = (void *)(long)context->data_end - (void *)(long)context->data,
	};
	__be16 type = parse_link(&tunnel);
	__u32 verdict, kind;

	if (type == bpf_htons(ETH_P_IP))
		verdict = parse_outer_ipv4(&tunnel);
	else if (type == bpf_htons(ETH_P_IPV6))
		verdict = parse_outer_ipv6(&tunnel);
	else
		return PASS_NOT_IP;
	if (verdict == PASS_FRAGMENT || verdict == PASS_FOREIGN)
		return address_flags(&tunnel.destination) & DECAP_HOST ? verdict : PASS_OTHER_HOST;
	if (verdict != DECAP_VERDICTS)
		return verdict;

	kind = parse_tunnel(&tunnel);
	if (kind < UNWRAPPED_IPIP)
		return kind;
	if (tunnel.inner_family == 4)
		verdict = check_inner_ipv4(&tunnel);
	else if (tunnel.inner_family == 6)
		verdict = check_inner_ipv6(&tunnel);
	else
		return PASS_FOREIGN;
	if (verdict != DECAP_VERDICTS)
		return verdict;
	if (tunnel.checked_from && checksum(context, tunnel.checked_from, tunnel.end, tunnel.checked_seed) != 0xffff)
		return DROP_CHECKSUM;
	if (tunnel.congestion == CONGESTION_EXPERIENCED && !mark_congestion(&tunnel))
		return DROP_CONGESTION;
	if (tunnel.remote_checksum && finish_checksum(&tunnel))
		return DROP_BROKEN;
	return unwrap(&tunnel) ? DROP_BROKEN : kind;
}

SEC("xdp")
int ringvs_decap(struct xdp_md *context)
{
	__u32 verdict = decapsulate(context);
	__u64 *counter = bpf_map_lookup_elem(&rvs_counters, &verdict);

	if (counter)
		*counter += 1;
	return verdict >= DROP_BROKEN && verdict <= DROP_CONGESTION ? XDP_DROP : XDP_PASS;
}

/* As in steer.bpf.c: true, and a string that the kernel knows. */
char _license[] SEC("license") = "GPL v2";
