// SPDX-License-Identifier: Apache-2.0
/*
 * The receiver: counts and drops what arrives for the VIP at a real server's MAC address. Prints the totals since its
 * start every interval, one JSON object a line, until SIGINT or SIGTERM.
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
    fail("usage: sink --interface IF --vip ADDRESS --mac MAC [--hook xdp|tc] [--interval MILLISECONDS]"
         " [--cpu N]");
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"interface", required_argument, NULL, 'i'}, {"vip", required_argument, NULL, 'v'},
        {"mac", required_argument, NULL, 'm'},       {"interval", required_argument, NULL, 't'},
        {"cpu", required_argument, NULL, 'c'},       {"hook", required_argument, NULL, 'h'}, {0}};
    struct sink_constants constants = {0};
    int interface = 0, cpu = -1;
    unsigned long interval_ms = 100;
    bool mac_given = false, by_tc = false;
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'i': interface = interface_argument("interface", optarg); break;
        case 'v': constants.vip = address_argument("vip", optarg); break;
        case 'm': mac_argument("mac", optarg, constants.mac); mac_given = true; break;
        case 't': interval_ms = number_argument("interval", optarg, 3600000); break;
        case 'c': cpu = number_argument("cpu", optarg, CPU_SETSIZE - 1); break;
        case 'h':
            by_tc = strcmp(optarg, "tc") == 0;
            if (!by_tc && strcmp(optarg, "xdp") != 0) {
                fail("--hook wants xdp or tc, not '%s'", optarg);
            }
            break;
        default: usage();
        }
    }
    if (interface == 0 || constants.vip == 0 || !mac_given || interval_ms == 0 || optind != argc) {
        usage();
    }
    stop_on_signals();
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

    const struct timespec interval = {.tv_sec = interval_ms / 1000, .tv_nsec = interval_ms % 1000 * 1000000};
    while (!stopped) {
        print_counters(map, cpus);
        nanosleep(&interval, NULL);
    }
    print_counters(map, cpus);
    if (by_tc) {
        bpf_tc_hook_destroy(&ingress);
    }
    return 0;
}
