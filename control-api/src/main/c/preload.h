// SPDX-License-Identifier: Apache-2.0
//
// libringvs-preload.so: lets a program that was made for the kernel's IPVS speak with the RingVS daemon instead.
//
//   preload-netlink.c   its IPVS conversation in generic netlink goes to the daemon; all other netlink to the kernel
//   preload-files.c     /proc/net/ip_vs and its like are the daemon's texts
//   preload-kernel.c    older ways to the kernel's IPVS are closed, so that a program never configures that one by mistake
//
//   cc -std=c11 -O2 -Wall -Wextra -Werror -fPIC -shared -fvisibility=hidden -o libringvs-preload.so preload-*.c control-socket.c
//
// Functions of the C library are replaced by ones of the same name, which call the next one of that name for all that is
// none of their business.

#ifndef RINGVS_PRELOAD_H
#define RINGVS_PRELOAD_H

#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>

#define REPLACEMENT __attribute__((visibility("default")))

// The function that `name` would be without this library.
#define NEXT(name) (__extension__({ \
    static __typeof__(&name) next; \
    if (next == NULL) \
        next = (__typeof__(&name)) dlsym(RTLD_NEXT, #name); \
    next; \
}))

// Takes a piece of a command's output; false when it cannot.
typedef bool (*output_taker)(void *to, const char *bytes, size_t length);

// Runs a command of the daemon's to its end: what it changed is in effect then. Returns 0, or an error number. The first
// failure of a process is said on standard error, too.
int daemon_command(const char *program, const char *word, const void *input, size_t input_length, output_taker take,
    void *to);

#endif
