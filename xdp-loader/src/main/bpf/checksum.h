/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/* The Internet checksum (RFC 1071) over any stretch of a frame. */
#ifndef RINGVS_CHECKSUM_H
#define RINGVS_CHECKSUM_H

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define CHUNK_BYTES	128	/* even, so that every chunk begins on a 16-bit word */
#define MAX_CHUNKS	512	/* of the longest IP packet */

static __always_inline __u16 fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

/*
 * One's complement sum of the bytes from `offset` to `end` and of `seed`, as 16 bits in memory order: 0xffff for a
 * stretch with a right checksum in it. -1 if the frame does not have these bytes.
 *
 * Global, so that the verifier looks at its loop once and not once for every way that leads here.
 */
__noinline int checksum(struct xdp_md *context, __u32 offset, __u32 end, __u32 seed)
{
	__u64 chunk[CHUNK_BYTES / sizeof(__u64)];
	__u32 rest = end - offset;
	__s64 sum = seed;

	if (end < offset)
		return -1;
#pragma clang loop unroll(disable)
	for (int i = 0; i < MAX_CHUNKS && rest >= CHUNK_BYTES; i++) {
		if (bpf_xdp_load_bytes(context, offset, chunk, CHUNK_BYTES))
			return -1;
		sum = bpf_csum_diff(0, 0, (__be32 *)chunk, CHUNK_BYTES, sum);
		offset += CHUNK_BYTES;
		rest -= CHUNK_BYTES;
	}
	barrier_var(rest);	/* the verifier wants to see the bound once more */
	rest &= CHUNK_BYTES - 1;
	__builtin_memset(chunk, 0, CHUNK_BYTES);
	if (rest && bpf_xdp_load_bytes(context, offset, chunk, rest))
		return -1;
	sum = bpf_csum_diff(0, 0, (__be32 *)chunk, CHUNK_BYTES, sum);
	return fold(sum);
}

#endif
