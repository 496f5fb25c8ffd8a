package io.ringvs.xdp;

/**
 * One copy of the steering program in the kernel, with maps of its own but for the shared {@link SteeringMap}.
 *
 * <p><b>Errors</b>: {@link XdpException}, with what libbpf and the kernel's verifier said, if it cannot be loaded.
 */
final class SteeringProgram implements AutoCloseable {
    /** Name by which the kernel lists the program, and by which another RingVS recognises it. */
    static final String NAME = "ringvs_steer";
    private static final String RESOURCE = "steer.bpf.o";

    private final BpfObject object;

    private SteeringProgram(final BpfObject object) {
        this.object = object;
    }

    static SteeringProgram load(final SteeringMap steering) {
        return load(steering, BpfObject.resource(RESOURCE));
    }

    static SteeringProgram load(final SteeringMap steering, final byte[] elf) {
        final BpfObject object = BpfObject.open(NAME, "the steering program", elf);
        try {
            object.share("rvs_services", steering.servicesFd());
            object.share("rvs_config", steering.configFd());
            object.share("rvs_prefixes", steering.prefixesFd());
            object.load();
            return new SteeringProgram(object);
        } catch (final RuntimeException e) {
            object.close();
            throw e;
        }
    }

    BpfObject object() {
        return object;
    }

    HostMacs hostMacs() {
        return new HostMacs(object.bpf(), object.mapFd("rvs_mac"), object.mapFd("rvs_other_macs"));
    }

    VlanMap vlanMap() {
        return new VlanMap(object.bpf(), object.mapFd("rvs_vlans"));
    }

    int socketsFd() {
        return object.mapFd("rvs_sockets");
    }

    XskMap xskMap() {
        return new XskMap(object.bpf(), object.mapFd("rvs_sockets"));
    }

    XdpCounters<XdpVerdict> counters() {
        return new XdpCounters<>(object.bpf(), object.mapFd("rvs_counters"), XdpVerdict.class);
    }

    @Override
    public void close() {
        object.close();
    }
}
