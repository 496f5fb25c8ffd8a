/* SPDX-License-Identifier: Apache-2.0 */
/* What the tools have in common: a BPF object inside the executable, arguments, clean ends. */
#ifndef RINGVS_BENCH_TOOL_H
#define RINGVS_BENCH_TOOL_H

#include <arpa/inet.h>
#include <bpf/bpf.h>
#include <bpf/libbpf.h>
#include <errno.h>
#include <linux/if_link.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/* The object file that the Makefile built from NAME.bpf.c. */
__asm__(".section .rodata\n"
        ".balign 8\n"
        "bpf_object_begin: .incbin \"" BPF_OBJECT "\"\n"
        "bpf_object_end:\n"
        ".previous\n");
extern const char bpf_object_begin[], bpf_object_end[];

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

static void __attribute__((noreturn, format(printf, 1, 2))) fail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s: ", program_invocation_short_name);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/* SIGINT and SIGTERM end the main loop; system calls return so that it notices. */
static void stop_on_signals(void)
{
    struct sigaction action = {.sa_handler = stop};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void pin_to_cpu(int cpu)
{
    cpu_set_t set;
    if (cpu < 0) {
        return;
    }
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    if (sched_setaffinity(0, sizeof(set), &set) != 0) {
        fail("cannot run on CPU %d: %s", cpu, strerror(errno));
    }
}

static uint64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000ull + now.tv_nsec;
}

static unsigned long number_argument(const char *name, const char *text, unsigned long max)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (errno != 0 || *text == '\0' || *text == '-' || *end != '\0' || value > max) {
        fail("--%s wants a number from 0 to %lu, not '%s'", name, max, text);
    }
    return value;
}

static void mac_argument(const char *name, const char *text, unsigned char mac[6])
{
    int used = 0;
    if (sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%n",
               &mac[0], &mac[1], &mac[2], &mac[3], &mac[4], &mac[5], &used) != 6 || text[used] != '\0') {
        fail("--%s wants a MAC address such as 02:00:00:00:00:01, not '%s'", name, text);
    }
}

static uint32_t address_argument(const char *name, const char *text)
{
    struct in_addr address;
    if (inet_pton(AF_INET, text, &address) != 1) {
        fail("--%s wants an IPv4 address, not '%s'", name, text);
    }
    return address.s_addr;
}

static int interface_argument(const char *name, const char *text)
{
    int index = if_nametoindex(text);
    if (index == 0) {
        fail("--%s: no interface '%s' in this network namespace", name, text);
    }
    return index;
}

static void interface_mac(int interface, unsigned char mac[6])
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (if_indextoname(interface, request.ifr_name) == NULL || ioctl(fd, SIOCGIFHWADDR, &request) != 0) {
        fail("cannot read the interface's MAC address: %s", strerror(errno));
    }
    close(fd);
    memcpy(mac, request.ifr_hwaddr.sa_data, 6);
}

/* Opens the built-in BPF object; the caller sets its constants, then calls bpf_object__load. */
static struct bpf_object *open_bpf_object(void)
{
    struct bpf_object *object = bpf_object__open_mem(bpf_object_begin, bpf_object_end - bpf_object_begin, NULL);
    if (object == NULL) {
        fail("cannot open the built-in BPF object: %s", strerror(errno));
    }
    return object;
}

static void load_bpf_object(struct bpf_object *object)
{
    int error = bpf_object__load(object);
    if (error != 0) {
        fail("cannot load the BPF program: %s (root is needed)", strerror(-error));
    }
}

/* The map that holds a global data section, .rodata or .bss. */
static struct bpf_map *bpf_section(struct bpf_object *object, const char *section)
{
    struct bpf_map *map;
    bpf_object__for_each_map(map, object) {
        const char *name = bpf_map__name(map);
        size_t length = strlen(name), suffix = strlen(section);
        if (length >= suffix && strcmp(name + length - suffix, section) == 0) {
            return map;
        }
    }
    fail("the built-in BPF object has no section %s", section);
}

/* Sets what the BPF program sees as its constants; before loading. */
static void set_bpf_constants(struct bpf_object *object, const void *constants, size_t size)
{
    int error = bpf_map__set_initial_value(bpf_section(object, ".rodata"), constants, size);
    if (error != 0) {
        fail("cannot set the BPF program's constants: %s", strerror(-error));
    }
}

static int bpf_program_fd(struct bpf_object *object, const char *name)
{
    struct bpf_program *program = bpf_object__find_program_by_name(object, name);
    return program == NULL ? -1 : bpf_program__fd(program);
}

/* Attaches in native mode by a link, so that the program goes when this process goes, however it ends. */
static void attach_xdp(int interface, int program)
{
    LIBBPF_OPTS(bpf_link_create_opts, options, .flags = XDP_FLAGS_DRV_MODE);
    if (bpf_link_create(program, interface, BPF_XDP, &options) < 0) {
        fail("cannot attach the XDP program in native mode: %s", strerror(errno));
    }
}

#endif
