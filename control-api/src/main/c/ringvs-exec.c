// SPDX-License-Identifier: Apache-2.0
//
// ringvs-exec: runs a program with libringvs-preload.so, which lies beside it.
//
//   cc -std=c11 -O2 -Wall -Wextra -Werror -o ringvs-exec ringvs-exec.c control-socket.c

#define _GNU_SOURCE
#include "control-socket.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LIBRARY "libringvs-preload.so"
#define EXIT_USAGE 2
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND 127

static void require_daemon(void)
{
    int fd = control_connect();

    if (fd < 0) {
        fprintf(stderr, "Can't reach the RingVS daemon at %s: %s\nIs `ringvs run` running?\n", control_socket_path(),
            strerror(errno));
        exit(EXIT_USAGE);
    }
    close(fd);
}

// The program may change its directory before it opens the socket.
static void make_socket_path_absolute(void)
{
    const char *path = control_socket_path();
    char *absolute = path[0] == '/' ? NULL : realpath(path, NULL);

    if (absolute != NULL)
        setenv("RINGVS_SOCKET", absolute, 1);
    free(absolute);
}

static void preload(void)
{
    const char *others = getenv("LD_PRELOAD");
    char own[PATH_MAX];
    char *value;
    ssize_t length = readlink("/proc/self/exe", own, sizeof(own) - sizeof(LIBRARY));

    if (length < 0) {
        fprintf(stderr, "ringvs exec: cannot find out where it lies: %s\n", strerror(errno));
        exit(EXIT_CANNOT_RUN);
    }
    own[length] = '\0';
    strcpy(strrchr(own, '/') + 1, LIBRARY);
    if (access(own, R_OK) < 0 || strpbrk(own, " :") != NULL) {
        fprintf(stderr, "ringvs exec: %s cannot be preloaded: %s\n", own,
            strpbrk(own, " :") != NULL ? "a blank or colon in its path would divide it" : strerror(errno));
        exit(EXIT_CANNOT_RUN);
    }
    if (asprintf(&value, "%s%s%s", own, others == NULL ? "" : ":", others == NULL ? "" : others) < 0)
        exit(EXIT_CANNOT_RUN);
    setenv("LD_PRELOAD", value, 1);
    free(value);
}

// Whether a file is a program of this machine that no interpreter loads, and so no library either.
static bool is_static(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    Elf64_Ehdr header;
    Elf64_Phdr segment;
    bool is_program = false;
    bool interpreted = false;

    if (fd >= 0 && pread(fd, &header, sizeof(header), 0) == sizeof(header)
        && memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_ident[EI_CLASS] == ELFCLASS64) {
        is_program = true;
        for (int i = 0; i < header.e_phnum && !interpreted; i++)
            interpreted = pread(fd, &segment, sizeof(segment), (off_t) (header.e_phoff + (Elf64_Off) i * sizeof(segment)))
                == sizeof(segment) && segment.p_type == PT_INTERP;
    }
    if (fd >= 0)
        close(fd);
    return is_program && !interpreted;
}

// A statically linked program would speak with the kernel's IPVS and say that all is well.
static void refuse_static(const char *program)
{
    const char *search = strchr(program, '/') != NULL ? "" : getenv("PATH");
    char path[PATH_MAX];

    while (search != NULL) {
        size_t length = strcspn(search, ":");
        snprintf(path, sizeof(path), "%.*s%s%s", (int) length, search, length == 0 ? "" : "/", program);
        if (access(path, X_OK) == 0) {
            if (is_static(path)) {
                fprintf(stderr, "ringvs exec: %s is statically linked, so nothing can be preloaded into it; "
                    "use a dynamically linked one\n", path);
                exit(EXIT_CANNOT_RUN);
            }
            return;
        }
        search = search[length] == ':' ? search + length + 1 : NULL;
    }
}

int main(int argc, char **argv)
{
    char **program = argv + 1;

    if (argc > 1 && strcmp(argv[1], "--") == 0)
        program++;
    if (*program == NULL) {
        fprintf(stderr, "usage: ringvs exec -- PROGRAM [ARGUMENT...]\n");
        return EXIT_USAGE;
    }
    require_daemon();
    refuse_static(*program);
    make_socket_path_absolute();
    preload();
    execvp(*program, program);
    fprintf(stderr, "ringvs exec: cannot run %s: %s\n", *program, strerror(errno));
    return errno == ENOENT ? EXIT_NOT_FOUND : EXIT_CANNOT_RUN;
}
