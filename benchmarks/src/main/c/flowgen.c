// SPDX-License-Identifier: Apache-2.0
/*
 * The traffic source: frames of N flows in random order to one virtual service, made and sent inside the kernel by
 * BPF_PROG_RUN with live frames, several million a second on one core.
 *
 * Modes: `data` sends TCP ACKs with payload, `syn` TCP SYNs, `udp` datagrams. `--once` sends one frame per flow and
 * ends, so that every connection exists before more follows. `--stamp` writes into each frame when it was due, and how
 * late the source itself was: a receiver that subtracts the first from its clock leaves out no delay that the frame had
 * because others were late.
 * Prints one JSON object when it ends.
 */
#include <getopt.h>
#include <sys/random.h>

#include "flowgen.h"
#include "tool.h"

/* Each call ends with tens of milliseconds without traffic: make few. A call that is over its limit idles on. */
#define FRAMES_PER_CALL_BOUND (1u << 21)
#define FRAMES_PER_CALL_ENDLESS (1u << 30)
#define BATCH 64
#define MAX_FRAME_BYTES 1514
#define MAX_FLOWS (1u << 24)
#define TTL 64

/* Ethernet frames of the "simple IMIX": IP packets of 46, 576 and 1500 bytes, 7 : 4 : 1. */
static const unsigned imix_bytes[MIX_LENGTHS] = {MIN_FRAME_BYTES, 590, MAX_FRAME_BYTES};

enum mode { DATA, SYN, UDP };

struct options {
    enum mode mode;
    bool once, stamp, to_stack;
    int interface, cpu;
    unsigned frame_bytes[MIX_LENGTHS]; /* all the same unless the lengths are mixed */
    uint64_t pps, frames;
    uint32_t flows, services, vip;
    uint16_t port;
    unsigned char from[6], to[6];
};

static uint32_t sum_words(const void *memory, size_t bytes)
{
    const uint8_t *p = memory;
    uint32_t sum = 0;
    for (size_t i = 0; i + 1 < bytes; i += 2) {
        uint16_t word;
        memcpy(&word, p + i, sizeof(word));
        sum += word;
    }
    return sum;
}

/* What a frame of the given length adds to the template. */
static struct flowgen_length build_length(const struct flowgen_constants *c, const struct options *o, unsigned bytes)
{
    const struct frame *frame = &c->template.frame;
    /* A SYN carries no data: what follows its header in the frame is Ethernet padding. */
    const size_t ip_bytes = o->mode == SYN ? sizeof(struct iphdr) + sizeof(struct tcphdr)
                                           : bytes - sizeof(struct ethhdr);
    struct flowgen_length length = {
        .frame_bytes = bytes, .ip_bytes = htons(ip_bytes), .l4_bytes = htons(ip_bytes - sizeof(struct iphdr))};
    length.ip_sum = sum_words(&frame->ip, sizeof(struct iphdr)) + length.ip_bytes;
    length.l4_sum = sum_words(&o->vip, 4) + htons(frame->ip.protocol) + length.l4_bytes;
    /* UDP counts its length twice: in the header, too */
    length.l4_sum += c->udp ? length.l4_bytes : sum_words(&frame->tcp, sizeof(struct tcphdr));
    return length;
}

/* The frame without client address, ports, lengths and checksums, and the sums those will complete. */
static void build_template(struct flowgen_constants *c, const struct options *o)
{
    struct frame *frame = &c->template.frame;
    const uint8_t protocol = o->mode == UDP ? IPPROTO_UDP : IPPROTO_TCP;

    memcpy(frame->eth.h_dest, o->to, 6);
    memcpy(frame->eth.h_source, o->from, 6);
    frame->eth.h_proto = htons(ETH_P_IP);
    frame->ip = (struct iphdr){.version = 4, .ihl = 5, .frag_off = htons(0x4000), .ttl = TTL,
                               .protocol = protocol, .daddr = o->vip};
    if (o->mode != UDP) {
        frame->tcp = (struct tcphdr){.seq = htonl(1), .doff = 5, .window = htons(65535),
                                     .syn = o->mode == SYN, .ack = o->mode == DATA,
                                     .ack_seq = htonl(o->mode == DATA)};
    }
    c->udp = o->mode == UDP;
    for (int i = 0; i < MIX_LENGTHS; i++) {
        c->lengths[i] = build_length(c, o, o->frame_bytes[i]);
        c->longest = o->frame_bytes[i] > c->longest ? o->frame_bytes[i] : c->longest;
    }
}

static uint32_t bits_for(uint32_t count)
{
    uint32_t bits = 0;
    while ((1ull << bits) < count) {
        bits++;
    }
    return bits;
}

static void usage(void)
{
    fail("usage: flowgen --interface IF --from MAC --to MAC --vip ADDRESS [--port N] [--services N]\n"
         "               [--mode data|syn|udp] [--flows N] [--clients ADDRESS] [--pps N] [--frames N] [--once]\n"
         "               [--frame-bytes N|imix] [--stamp] [--deliver wire|stack] [--cpu N]\n"
         "  --pps 0 and --frames 0 mean no bound; --once sends exactly one frame per flow;\n"
         "  --services N: ports from --port on, one service each; --stamp needs --pps;\n"
         "  --deliver stack: the interface's own host receives the frames instead of sending them");
}

static void length_argument(const char *text, unsigned bytes[MIX_LENGTHS])
{
    if (strcmp(text, "imix") == 0) {
        memcpy(bytes, imix_bytes, sizeof(imix_bytes));
        return;
    }
    bytes[0] = bytes[1] = bytes[2] = number_argument("frame-bytes", text, MAX_FRAME_BYTES);
}

static bool stack_argument(const char *text)
{
    if (strcmp(text, "stack") != 0 && strcmp(text, "wire") != 0) {
        fail("--deliver wants wire or stack, not '%s'", text);
    }
    return strcmp(text, "stack") == 0;
}

static void check_options(const struct options *o)
{
    const unsigned headers = sizeof(struct ethhdr) + sizeof(struct iphdr) +
                             (o->mode == UDP ? sizeof(struct udphdr) : sizeof(struct tcphdr));
    if (o->flows == 0 || o->services == 0 || o->frame_bytes[0] < MIN_FRAME_BYTES) {
        fail("--flows and --services must be 1 or more, --frame-bytes %d or more", MIN_FRAME_BYTES);
    }
    if (ntohs(o->port) + o->services > 65536) {
        fail("--services: there are not so many ports from %d on", ntohs(o->port));
    }
    if (o->stamp && (o->pps == 0 || o->mode == SYN || o->frame_bytes[0] < headers + sizeof(struct stamp))) {
        fail("--stamp needs --pps, mode data or udp, and --frame-bytes %zu or more", headers + sizeof(struct stamp));
    }
}

static enum mode mode_argument(const char *text)
{
    static const char *const names[] = {"data", "syn", "udp"};
    for (enum mode mode = DATA; mode <= UDP; mode++) {
        if (strcmp(text, names[mode]) == 0) {
            return mode;
        }
    }
    fail("--mode wants data, syn or udp, not '%s'", text);
}

static struct options parse_options(int argc, char **argv, uint32_t *first_client)
{
    static const struct option names[] = {
        {"interface", required_argument, NULL, 'i'}, {"from", required_argument, NULL, 's'},
        {"to", required_argument, NULL, 'd'},        {"vip", required_argument, NULL, 'v'},
        {"port", required_argument, NULL, 'p'},      {"mode", required_argument, NULL, 'm'},
        {"flows", required_argument, NULL, 'f'},     {"clients", required_argument, NULL, 'C'},
        {"pps", required_argument, NULL, 'r'},       {"frames", required_argument, NULL, 'n'},
        {"frame-bytes", required_argument, NULL, 'b'}, {"cpu", required_argument, NULL, 'c'},
        {"services", required_argument, NULL, 'S'},  {"once", no_argument, NULL, 'o'},
        {"stamp", no_argument, NULL, 't'},           {"deliver", required_argument, NULL, 'D'}, {0}};
    struct options o = {.cpu = -1, .flows = 1, .services = 1, .port = htons(80)};
    length_argument("60", o.frame_bytes);
    int macs = 0;
    for (int letter; (letter = getopt_long(argc, argv, "", names, NULL)) != -1;) {
        switch (letter) {
        case 'i': o.interface = interface_argument("interface", optarg); break;
        case 's': mac_argument("from", optarg, o.from); macs |= 1; break;
        case 'd': mac_argument("to", optarg, o.to); macs |= 2; break;
        case 'v': o.vip = address_argument("vip", optarg); break;
        case 'p': o.port = htons(number_argument("port", optarg, 65535)); break;
        case 'm': o.mode = mode_argument(optarg); break;
        case 'f': o.flows = number_argument("flows", optarg, MAX_FLOWS); break;
        case 'C': *first_client = ntohl(address_argument("clients", optarg)); break;
        case 'r': o.pps = number_argument("pps", optarg, 1000000000); break;
        case 'n': o.frames = number_argument("frames", optarg, ~0ul); break;
        case 'b': length_argument(optarg, o.frame_bytes); break;
        case 'S': o.services = number_argument("services", optarg, 65535); break;
        case 'o': o.once = true; break;
        case 't': o.stamp = true; break;
        case 'D': o.to_stack = stack_argument(optarg); break;
        case 'c': o.cpu = number_argument("cpu", optarg, CPU_SETSIZE - 1); break;
        default: usage();
        }
    }
    if (o.interface == 0 || macs != 3 || o.vip == 0 || optind != argc) {
        usage();
    }
    check_options(&o);
    if (o.once) {
        o.frames = o.flows;
    }
    return o;
}

static uint64_t frames_sent(int progress_map)
{
    static const uint32_t zero;
    struct flowgen_progress progress;
    if (bpf_map_lookup_elem(progress_map, &zero, &progress) != 0) {
        fail("cannot read the progress counters: %s", strerror(errno));
    }
    return progress.sent;
}

/* Sends until stopped or, when there is a limit, until all is sent. */
static void generate(int program, const struct options *o, unsigned longest, int progress)
{
    static char data[MAX_FRAME_BYTES];
    struct xdp_md context = {.data_end = longest, .ingress_ifindex = o->interface};
    for (uint64_t sent = 0; !stopped && (o->frames == 0 || sent < o->frames); sent = frames_sent(progress)) {
        unsigned frames_per_call = o->frames == 0 ? FRAMES_PER_CALL_ENDLESS : FRAMES_PER_CALL_BOUND;
        if (o->frames != 0 && o->pps == 0 && o->frames - sent < frames_per_call) {
            frames_per_call = o->frames - sent; /* no more than is left: the rest of a call would be idle */
        }
        LIBBPF_OPTS(bpf_test_run_opts, run, .data_in = data, .data_size_in = longest,
                    .ctx_in = &context, .ctx_size_in = sizeof(context), .repeat = frames_per_call,
                    .flags = BPF_F_TEST_XDP_LIVE_FRAMES, .batch_size = BATCH);
        int error = bpf_prog_test_run_opts(program, &run);
        if (error != 0 && error != -EINTR && error != -EAGAIN) {
            fail("the kernel does not run live frames (Linux 5.18 or later is needed): %s", strerror(-error));
        }
    }
}

int main(int argc, char **argv)
{
    struct flowgen_constants constants = {.first_client = 0x0a000001};
    struct options o = parse_options(argc, argv, &constants.first_client);
    stop_on_signals();
    pin_to_cpu(o.cpu);
    if (getrandom(&constants.order_key, sizeof(constants.order_key), 0) != sizeof(constants.order_key)) {
        fail("no randomness: %s", strerror(errno));
    }
    constants.interface = o.interface;
    constants.first_port = ntohs(o.port);
    constants.service_count = o.services;
    constants.stamped = o.stamp;
    constants.to_stack = o.to_stack;
    constants.flow_count = o.flows;
    constants.order_bits = bits_for(o.flows);
    constants.interval_ns = o.pps == 0 ? 0 : 1000000000ull / o.pps;
    constants.frame_limit = o.frames == 0 ? UINT64_MAX : o.frames;
    build_template(&constants, &o);

    struct bpf_object *object = open_bpf_object();
    set_bpf_constants(object, &constants, sizeof(constants));
    /* user-mode Linux is taken for a machine without unaligned access, though it runs on x86-64 */
    bpf_program__set_flags(bpf_object__find_program_by_name(object, "generate"), BPF_F_ANY_ALIGNMENT);
    load_bpf_object(object);
    const int progress = bpf_map__fd(bpf_section(object, ".bss"));

    const uint64_t begin = now_ns();
    generate(bpf_program_fd(object, "generate"), &o, constants.longest, progress);
    const double seconds = (now_ns() - begin) / 1e9;
    const uint64_t sent = frames_sent(progress);
    printf("{\"sent\": %llu, \"seconds\": %.6f, \"mpps\": %.4f}\n",
           (unsigned long long)sent, seconds, sent / seconds / 1e6);
    return 0;
}
