// SPDX-License-Identifier: Apache-2.0
/*
 * The receiver: counts and drops what arrives for an address at a real server's MAC address. Prints the totals since
 * its start every interval, one JSON object a line, until SIGINT or SIGTERM. On SIGUSR1 it prints, and forgets, how old
 * the stamped frames were on arrival (`ages`, since they were due; `ways`, since the source made them): pairs of a
 * bucket's number (sink.h) and its count, and the longest gap.
 *
 * Where on the interface it counts matters on veth, whose receive side runs on the sender's core:
 *     tc    takes socket buffers as they are; costs least, and the same whoever sent them
 *     xdp   receives what a peer sends by XDP_TX or redirect, too; but a socket buffer with little headroom, as an
 *           AF_XDP socket sends it, is copied first, one from kernel forwarding is not
 */
#include <getopt.h>

#include "sink.h"
#include "tool.h"

static struct sink_counters read_counters(int map, int cpus)
{
    static const uint32_t zero;
    struct sink_counters each[cpus], total = {0};
    if (bpf_map_lookup_elem(map, &zero, each) != 0) {
        fail("cannot read the counters: %s", strerror(errno));
    }
    for (int i = 0; i < cpus; i++) {
        total.frames += each[i].frames;
        total.bytes += each[i].bytes;
        total.other += each[i].other;
        total.broken += each[i].broken;
        total.gap_ns = each[i].gap_ns > total.gap_ns ? each[i].gap_ns : total.gap_ns;
    }
    return total;
}

static void print_counters(int map, int cpus)
{
    const uint64_t now = now_ns();
    const struct sink_counters c = read_counters(map, cpus);
    printf("{\"monotonic_ns\": %lu, \"frames\": %llu, \"bytes\": %llu, \"other\": %llu, \"broken\": %llu}\n",
           now, c.frames, c.bytes, c.other, c.broken);
    fflush(stdout);
}

/* Prints it and begins it anew. */
static void print_histogram(const char *name, int map, int cpus)
{
    uint64_t each[cpus];
    const char *separator = "";
    printf(", \"%s\": [", name);
    for (uint32_t bucket = 0; bucket < BUCKETS; bucket++) {
        uint64_t count = 0;
        if (bpf_map_lookup_elem(map, &bucket, each) != 0) {
            fail("cannot read the %s: %s", name, strerror(errno));
        }
        for (int i = 0; i < cpus; i++) {
            count += each[i];
        }
        if (count != 0) {
            printf("%s[%u, %lu]", separator, bucket, count);
            separator = ", ";
            memset(each, 0, sizeof(each));
            bpf_map_update_elem(map, &bucket, each, BPF_ANY);
        }
    }
    putchar(']');
}

/* The counters go on; ages, ways and the gap begin anew. */
static void print_ages(int ages, int ways, int counters, int cpus)
{
    static const uint32_t zero;
    printf("{\"gap_ns\": %llu", read_counters(counters, cpus).gap_ns);
    print_histogram("ages", ages, cpus);
    print_histogram("ways", ways, cpus);
    puts("}");
    fflush(stdout);
    struct sink_counters counted[cpus];
    bpf_map_lookup_elem(counters, &zero, counted);
    for (int i = 0; i < cpus; i++) {
        counted[i].last_ns = counted[i].gap_ns = 0;
    }
    bpf_map_update_elem(counters, &zero, counted, BPF_ANY);
}

static volatile sig_atomic_t ages_wanted;

static void want_ages(int signal_number)
{
    (void)signal_number;
    ages_wanted = 1;
}

static void attach_tc(struct bpf_tc_hook *ingress, int program)
{
    LIBBPF_OPTS(bpf_tc_opts, options, .prog_fd = program);
    int error = bpf_tc_hook_create(ingress);
    if (error == 0) {
        error = bpf_tc_attach(ingress, &options);
    }
    if (error != 0) {
        fail("cannot attach the program to the interface's ingress: %s", strerror(-error));
    }
}

static void usage(void)
{
    fail("usage: sink --interface IF --address ADDRESS --mac MAC [--tunnel] [--hook xdp|tc]\n"
         "            [--interval MILLISECONDS] [--cpu N]");
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"interface", required_argument, NULL, 'i'}, {"address", required_argument, NULL, 'v'},
        {"mac", required_argument, NULL, 'm'},       {"interval", required_argument, NULL, 't'},
        {"cpu", required_argument, NULL, 'c'},       {"hook", required_argument, NULL, 'h'},
        {"tunnel", no_argument, NULL, 'T'}, {0}};
    struct sink_constants constants = {0};
    int interface = 0, cpu = -1;
    unsigned long interval_ms = 100;
    bool mac_given = false, by_tc = false;
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'i': interface = interface_argument("interface", optarg); break;
        case 'v': constants.address = address_argument("address", optarg); break;
        case 'm': mac_argument("mac", optarg, constants.mac); mac_given = true; break;
        case 't': interval_ms = number_argument("interval", optarg, 3600000); break;
        case 'c': cpu = number_argument("cpu", optarg, CPU_SETSIZE - 1); break;
        case 'T': constants.tunnel = 1; break;
        case 'h':
            by_tc = strcmp(optarg, "tc") == 0;
            if (!by_tc && strcmp(optarg, "xdp") != 0) {
                fail("--hook wants xdp or tc, not '%s'", optarg);
            }
            break;
        default: usage();
        }
    }
    if (interface == 0 || constants.address == 0 || !mac_given || interval_ms == 0 || optind != argc) {
        usage();
    }
    stop_on_signals();
    sigaction(SIGUSR1, &(struct sigaction){.sa_handler = want_ages}, NULL);
    pin_to_cpu(cpu);

    struct bpf_object *object = open_bpf_object();
    set_bpf_constants(object, &constants, sizeof(constants));
    load_bpf_object(object);
    LIBBPF_OPTS(bpf_tc_hook, ingress, .ifindex = interface, .attach_point = BPF_TC_INGRESS);
    if (by_tc) {
        attach_tc(&ingress, bpf_program_fd(object, "count_tc"));
    } else {
        attach_xdp(interface, bpf_program_fd(object, "count_xdp"));
    }
    const int map = bpf_object__find_map_fd_by_name(object, "counters"), cpus = libbpf_num_possible_cpus();
    const int ages = bpf_object__find_map_fd_by_name(object, "ages");
    const int ways = bpf_object__find_map_fd_by_name(object, "ways");

    const struct timespec interval = {.tv_sec = interval_ms / 1000, .tv_nsec = interval_ms % 1000 * 1000000};
    while (!stopped) {
        print_counters(map, cpus);
        nanosleep(&interval, NULL);
        if (ages_wanted) {
            ages_wanted = 0;
            print_ages(ages, ways, map, cpus);
        }
    }
    print_counters(map, cpus);
    if (by_tc) {
        bpf_tc_hook_destroy(&ingress);
    }
    return 0;
}
