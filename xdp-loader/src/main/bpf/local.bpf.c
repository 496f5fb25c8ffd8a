/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * Brings what real servers on this machine send to the director, which gives it the address and port that clients know:
 * what IPVS does in its hook LOCAL_OUT. It runs on what the kernel is about to send on an interface (traffic control,
 * egress), after routing, division and neighbour resolution.
 *
 *   frame of this machine's own, from a local real server, or an ICMP error about a packet to one
 *         -> TAP device, from which a worker reads it and sends it on by the interface's AF_XDP socket
 *   everything else, and all of it while the director is dead -> out, as if this program were not there
 */
#define load_bytes	bpf_skb_load_bytes

#include <linux/pkt_cls.h>

#include "maps.h"
#include "parse.h"
#include "steer.h"

/* Index of the TAP device. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} rvs_tap SEC(".maps");

static __always_inline int is_from_local_server(struct __sk_buff *packet)
{
	struct frame frame = {
		.context = packet,
		.start = (void *)(long)packet->data,
		.position = (void *)(long)packet->data,
		.end = (void *)(long)packet->data_end,
	};
	__u64 destination_mac = 0;
	__be16 type = parse_ethernet(&frame, &destination_mac);

	if (type == bpf_htons(ETH_P_IP))
		parse_ipv4(&frame);
	else if (type == bpf_htons(ETH_P_IPV6))
		parse_ipv6(&frame);
	return frame.needs && matches(&frame, STEER_LOCAL_SERVER, frame.server, frame.source_port);
}

SEC("tc")
int ringvs_local(struct __sk_buff *packet)
{
	__u32 zero = 0;
	__u32 *tap;

	/* What is forwarded is not the machine's own: translated answers among it have passed the director already. */
	if (!(config() & CONFIG_LOCAL_SERVERS) || packet->ingress_ifindex)
		return TC_ACT_UNSPEC;
	if (!is_from_local_server(packet))
		return TC_ACT_UNSPEC;
	tap = bpf_map_lookup_elem(&rvs_tap, &zero);
	/* A director that was killed leaves this program behind, but no socket: then nobody reads the TAP device. */
	if (!tap || !bpf_map_lookup_elem(&rvs_sockets, &zero))
		return TC_ACT_UNSPEC;
	return bpf_redirect(*tap, 0);
}

/* As in steer.bpf.c: taken under the GPL here. */
char _license[] SEC("license") = "GPL v2";
