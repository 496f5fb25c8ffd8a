/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* What the programs of one interface share: the entries to be looked for, and the sockets. */
#ifndef RINGVS_MAPS_H
#define RINGVS_MAPS_H

#include "parse.h"
#include "steer.h"

#define MAX_QUEUES	1024

/* Created by the loader, which shares these two between the programs of all its interfaces. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__type(key, struct steer_key);
	__type(value, __u32);
	__uint(max_entries, 1);
	__uint(map_flags, BPF_F_NO_PREALLOC);
} rvs_services SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, 1);
} rvs_config SEC(".maps");

/* By queue; the kernel takes a socket out when its process ends, however it ends. */
struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__type(key, __u32);
	__type(value, __u32);
	__uint(max_entries, MAX_QUEUES);
} rvs_sockets SEC(".maps");

static __always_inline __u32 config(void)
{
	__u32 zero = 0;
	__u32 *flags = bpf_map_lookup_elem(&rvs_config, &zero);

	return flags ? *flags : 0;
}

/* Whether an end of the frame is in the map: by its port, or by what is known of the address. */
static __always_inline int matches(const struct frame *frame, __u8 direction, const __be32 *address, __be16 port)
{
	struct steer_key key = { .family = frame->family, .direction = direction };
	__u32 *flags;

	__builtin_memcpy(key.address, address, sizeof(key.address));
	if (port) {
		key.protocol = frame->protocol;
		key.port = port;
		if (bpf_map_lookup_elem(&rvs_services, &key))
			return 1;
		key.protocol = 0;
		key.port = 0;
	}
	flags = bpf_map_lookup_elem(&rvs_services, &key);
	return flags && *flags & frame->needs;
}

#endif
