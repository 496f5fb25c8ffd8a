// SPDX-License-Identifier: Apache-2.0
//
// Opening one of the kernel's IPVS files gives the daemon's text of that name, in memory. The C library's own calls from
// fopen to open cannot be replaced, hence both.

#define _GNU_SOURCE
#include "preload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#define NOT_OURS (-2)

static const char *const directories[] = { "/proc/net/", "/proc/self/net/", "/proc/thread-self/net/" };
static const char *const names[] = { "ip_vs", "ip_vs_conn", "ip_vs_conn_sync", "ip_vs_stats", "ip_vs_stats_percpu" };

// The name of the kernel's file that a path leads to, or NULL.
static const char *ipvs_file(const char *path)
{
    for (size_t d = 0; d < sizeof(directories) / sizeof(directories[0]); d++) {
        size_t length = strlen(directories[d]);
        if (strncmp(path, directories[d], length) != 0)
            continue;
        for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
            if (strcmp(path + length, names[n]) == 0)
                return names[n];
    }
    return NULL;
}

static bool write_all(void *to, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(*(int *) to, bytes, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        bytes += written;
        length -= (size_t) written;
    }
    return true;
}

// The daemon's text as an open file, -1 with errno, or NOT_OURS for any other path.
static int open_text(const char *path, int flags)
{
    const char *name = path == NULL ? NULL : ipvs_file(path);
    int error;
    int fd;

    if (name == NULL)
        return NOT_OURS;
    fd = memfd_create(name, flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    if (fd < 0)
        return -1;
    error = daemon_command("ringvs proc", name, NULL, 0, write_all, &fd);
    if (error == 0 && lseek(fd, 0, SEEK_SET) == 0)
        return fd;
    close(fd);
    errno = error == EPERM ? EACCES : ENOENT; // as where the kernel has no IPVS
    return -1;
}

static bool takes_mode(int flags)
{
    return (flags & O_CREAT) != 0 || (flags & O_TMPFILE) == O_TMPFILE;
}

#define MODE(last, flags, mode) \
    mode_t mode = 0; \
    if (takes_mode(flags)) { \
        va_list arguments; \
        va_start(arguments, last); \
        mode = va_arg(arguments, mode_t); \
        va_end(arguments); \
    }

#define REPLACE_OPEN(name) \
    REPLACEMENT int name(const char *path, int flags, ...) \
    { \
        MODE(flags, flags, mode) \
        int fd = open_text(path, flags); \
        return fd == NOT_OURS ? NEXT(name)(path, flags, mode) : fd; \
    }

#define REPLACE_OPENAT(name) \
    REPLACEMENT int name(int directory, const char *path, int flags, ...) \
    { \
        MODE(flags, flags, mode) \
        int fd = open_text(path, flags); \
        return fd == NOT_OURS ? NEXT(name)(directory, path, flags, mode) : fd; \
    }

#define REPLACE_FOPEN(name) \
    REPLACEMENT FILE *name(const char *path, const char *mode) \
    { \
        int fd = open_text(path, strchr(mode, 'e') != NULL ? O_CLOEXEC : 0); \
        return fd == NOT_OURS ? NEXT(name)(path, mode) : fd < 0 ? NULL : fdopen(fd, "r"); \
    }

REPLACE_OPEN(open)
REPLACE_OPEN(open64)
REPLACE_OPENAT(openat)
REPLACE_OPENAT(openat64)
REPLACE_FOPEN(fopen)
REPLACE_FOPEN(fopen64)

// What programs call instead when they are built with _FORTIFY_SOURCE and give no mode.
REPLACEMENT int __open_2(const char *path, int flags)
{
    return open(path, flags);
}

REPLACEMENT int __open64_2(const char *path, int flags)
{
    return open64(path, flags);
}

REPLACEMENT int __openat_2(int directory, const char *path, int flags)
{
    return openat(directory, path, flags);
}

REPLACEMENT int __openat64_2(int directory, const char *path, int flags)
{
    return openat64(directory, path, flags);
}
