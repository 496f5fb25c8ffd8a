/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Sends the frames of virtual services to the AF_XDP socket of their queue and leaves everything else to the kernel.
 *
 *   frame -> Ethernet, tags of a VLAN that this machine is in -> IPv4 | IPv6 + extension headers -> ports
 *         -> (destination, protocol, port) in the steering map?   -> socket of the queue
 *         -> destination is served on any port, or cannot be told (fragment, ICMP error, cut short)? -> socket
 *         -> destination is within a prefix whose packets may carry a firewall mark?                    -> socket
 *         -> source is a real server that answers through us?     -> socket
 *         -> else XDP_PASS; also whenever the queue has no socket, so that a dead director black-holes nothing.
 */
#include "parse.h"
#include "maps.h"
#include "steer.h"

#define MAX_OTHER_MACS	1024
#define MAX_VLANS	8192

/* Created by the loader, which shares it between the programs of all its interfaces. */
struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__type(key, struct prefix_key);
	__type(value, __u32);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} rvs_prefixes SEC(".maps");

/* The interface's own MAC address in the low 6 bytes. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, 1);
} rvs_mac SEC(".maps");

/*
 * The VLANs that this machine has an interface in, on top of this one, with that interface's MAC address.
 *
 * A key holds up to two tags as they stand on the wire, the outer one first, without their priority bits.
 */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u64);
	__uint(max_entries, MAX_VLANS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} rvs_vlans SEC(".maps");

/* Further MAC addresses that are ours: of macvlan interfaces on top (VRRP virtual MACs). */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, __u64);
	__type(value, __u32);
	__uint(max_entries, MAX_OTHER_MACS);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} rvs_other_macs SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__type(key, __u32);
	__type(value, __u64);
	__uint(max_entries, STEER_VERDICTS);
} rvs_counters SEC(".maps");

/* The kernel's filter hooks, and IPVS among them, see PACKET_HOST only: frames flooded to other hosts are not ours. */
static __always_inline int is_own_mac(__u64 mac)
{
	__u32 zero = 0;
	__u64 *own = bpf_map_lookup_elem(&rvs_mac, &zero);

	return (own && *own == mac) || bpf_map_lookup_elem(&rvs_other_macs, &mac);
}

static __always_inline int matches_prefix(const struct frame *frame)
{
	struct prefix_key key = { .length = PREFIX_KEY_BITS, .family = frame->family };
	__u32 *flags;

	__builtin_memcpy(key.address, frame->destination, sizeof(key.address));
	flags = bpf_map_lookup_elem(&rvs_prefixes, &key);
	return flags && *flags & frame->needs;
}

static __always_inline int is_to_host(const struct frame *frame)
{
	struct steer_key key = { .family = frame->family, .direction = STEER_TO_HOST };

	__builtin_memcpy(key.address, frame->destination, sizeof(key.address));
	return bpf_map_lookup_elem(&rvs_services, &key) != 0;
}

static __always_inline __u32 classify(struct xdp_md *context)
{
	struct frame frame = {
		.context = context,
		.start = (void *)(long)context->data,
		.position = (void *)(long)context->data,
		.end = (void *)(long)context->data_end,
	};
	__u64 destination_mac = 0;
	__u32 flags;
	__be16 type = parse_ethernet(&frame, &destination_mac);
	__u64 *vlan_mac = 0;

	if (frame.vlan) {
		vlan_mac = bpf_map_lookup_elem(&rvs_vlans, &frame.vlan);
		if (!vlan_mac)
			return PASS_VLAN;
	}
	if (type == bpf_htons(ETH_P_IP))
		parse_ipv4(&frame);
	else if (type == bpf_htons(ETH_P_IPV6))
		parse_ipv6(&frame);
	if (!frame.family)
		return PASS_NOT_IP;
	if (!is_own_mac(destination_mac) && !(vlan_mac && *vlan_mac == destination_mac))
		return PASS_OTHER_MAC;
	if (!frame.needs)
		return PASS_NO_SERVICE;
	if (matches(&frame, STEER_TO_SERVICE, frame.destination, frame.destination_port))
		return frame.verdict;

	flags = config();
	if (flags & CONFIG_PREFIXES && matches_prefix(&frame))
		return frame.verdict;
	if (!(flags & CONFIG_SERVER_REPLIES))
		return PASS_NO_SERVICE;
	if (!matches(&frame, STEER_FROM_SERVER, frame.server, frame.source_port))
		return PASS_NO_SERVICE;
	/* Answers to this machine itself, to its health checks for one, are not the service's replies. */
	if (is_to_host(&frame))
		return PASS_TO_HOST;
	return frame.verdict == STEERED_SERVICE ? STEERED_REPLY : frame.verdict;
}

static __always_inline void count(__u32 verdict)
{
	__u64 *counter = bpf_map_lookup_elem(&rvs_counters, &verdict);

	if (counter)
		*counter += 1;
}

SEC("xdp")
int ringvs_steer(struct xdp_md *context)
{
	__u32 queue = context->rx_queue_index;
	__u32 verdict = classify(context);

	if (verdict < PASS_NO_SOCKET) {
		count(verdict);
		return XDP_PASS;
	}
	if (!bpf_map_lookup_elem(&rvs_sockets, &queue)) {
		count(PASS_NO_SOCKET);
		return XDP_PASS;
	}
	count(verdict);
	return bpf_redirect_map(&rvs_sockets, queue, XDP_PASS);
}

/*
 * The kernel compares this string with a fixed list that has no entry for "GPL-2.0 OR Apache-2.0". "GPL v2" is on it
 * and is true: whoever loads the program may take it under either licence, and here takes it under the GPL.
 */
char _license[] SEC("license") = "GPL v2";
