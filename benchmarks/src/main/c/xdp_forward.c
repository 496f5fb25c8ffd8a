// SPDX-License-Identifier: Apache-2.0
/*
 * A minimal direct-routing forwarder inside the kernel, the bound that RingVS is held against: an XDP program with one
 * hash lookup and a MAC rewrite. Nothing of it runs in user space; this tool attaches it and waits to be ended.
 */
#include <getopt.h>

#include "tool.h"
#include "xdp_forward.h"

static void usage(void)
{
    fail("usage: xdp_forward --interface IF --vip ADDRESS --real-server-mac MAC [--out IF] [--flows N]");
}

int main(int argc, char **argv)
{
    static const struct option names[] = {
        {"interface", required_argument, NULL, 'i'}, {"out", required_argument, NULL, 'o'},
        {"vip", required_argument, NULL, 'v'},       {"real-server-mac", required_argument, NULL, 'm'},
        {"flows", required_argument, NULL, 'f'},     {0}};
    struct forward_constants constants = {0};
    uint32_t flows = 1;
    int in = 0, out = 0;
    bool mac_given = false;
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'i': in = interface_argument("interface", optarg); break;
        case 'o': out = interface_argument("out", optarg); break;
        case 'v': constants.vip = address_argument("vip", optarg); break;
        case 'm': mac_argument("real-server-mac", optarg, constants.real_server); mac_given = true; break;
        case 'f': flows = number_argument("flows", optarg, 1u << 27); break;
        default: usage();
        }
    }
    if (in == 0 || constants.vip == 0 || !mac_given || flows == 0 || optind != argc) {
        usage();
    }
    stop_on_signals();
    interface_mac(out == 0 ? in : out, constants.own);
    constants.out = out == in ? 0 : out;

    struct bpf_object *object = open_bpf_object();
    set_bpf_constants(object, &constants, sizeof(constants));
    if (bpf_map__set_max_entries(bpf_object__find_map_by_name(object, "flows"), flows) != 0) {
        fail("cannot size the map of flows");
    }
    load_bpf_object(object);
    attach_xdp(in, bpf_program_fd(object, "forward"));
    puts("ready");
    fflush(stdout);
    while (!stopped) {
        pause();
    }
    return 0;
}
