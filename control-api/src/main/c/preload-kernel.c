// SPDX-License-Identifier: Apache-2.0
//
// Where a program finds no IPVS family it loads the kernel's module and falls back to socket options. Both would end in the
// kernel's IPVS, which is not the one that was meant: the module counts as loaded, and the options as unknown.

#define _GNU_SOURCE
#include "preload.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// IP_VS_BASE_CTL up to the end of its range, in linux/ip_vs.h
#define FIRST_OPTION 1152
#define LAST_OPTION 1215

static bool is_ipvs_option(int level, int option)
{
    return level == IPPROTO_IP && option >= FIRST_OPTION && option <= LAST_OPTION;
}

REPLACEMENT int getsockopt(int fd, int level, int option, void *value, socklen_t *length)
{
    if (is_ipvs_option(level, option)) {
        errno = ENOPROTOOPT;
        return -1;
    }
    return NEXT(getsockopt)(fd, level, option, value, length);
}

REPLACEMENT int setsockopt(int fd, int level, int option, const void *value, socklen_t length)
{
    if (is_ipvs_option(level, option)) {
        errno = ENOPROTOOPT;
        return -1;
    }
    return NEXT(setsockopt)(fd, level, option, value, length);
}

static bool loads_ipvs(const char *path, char *const words[])
{
    const char *name = strrchr(path, '/');
    size_t count = 0;

    while (words[count] != NULL)
        count++;
    return strcmp(name == NULL ? path : name + 1, "modprobe") == 0 && count > 1
        && strcmp(words[count - 1], "ip_vs") == 0;
}

REPLACEMENT int execv(const char *path, char *const words[])
{
    if (loads_ipvs(path, words))
        _exit(0);
    return NEXT(execv)(path, words);
}

REPLACEMENT int execve(const char *path, char *const words[], char *const environment[])
{
    if (loads_ipvs(path, words))
        _exit(0);
    return NEXT(execve)(path, words, environment);
}
