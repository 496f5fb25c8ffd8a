package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.agrona.UnsafeApi;

/**
 * One copy of the steering program in the kernel, with maps of its own but for the shared {@link SteeringMap}.
 *
 * <p><b>Errors</b>: {@link XdpException}, with what libbpf and the kernel's verifier said, if it cannot be loaded.
 */
final class SteeringProgram implements AutoCloseable {
    /** Name by which the kernel lists the program, and by which another RingVS recognises it. */
    static final String NAME = "ringvs_steer";
    private static final String RESOURCE = "steer.bpf.o";

    private final Bpf bpf;
    private long object;

    private SteeringProgram(final Bpf bpf, final long object) {
        this.bpf = bpf;
        this.object = object;
    }

    static SteeringProgram load(final SteeringMap steering) {
        return load(steering, readResource());
    }

    static SteeringProgram load(final SteeringMap steering, final byte[] elf) {
        final Bpf bpf = Bpf.get();
        bpf.log.take();
        final SteeringProgram program = new SteeringProgram(bpf, open(bpf, elf));
        try {
            program.share("rvs_services", steering.servicesFd());
            program.share("rvs_config", steering.configFd());
            program.share("rvs_prefixes", steering.prefixesFd());
            final int result = bpf.calls.bpf_object__load(program.object);
            if (result < 0) {
                throw new XdpException("the kernel did not accept the steering program ("
                    + Errno.text(-result) + "); Linux 5.18 or newer is needed" + bpf.log.take());
            }
            return program;
        } catch (final RuntimeException e) {
            program.close();
            throw e;
        }
    }

    private static long open(final Bpf bpf, final byte[] elf) {
        final long buffer = UnsafeApi.allocateMemory(elf.length);
        try {
            for (int i = 0; i < elf.length; i++) {
                UnsafeApi.putByte(buffer + i, elf[i]);
            }
            final long object = bpf.calls.bpf_object__open_mem(buffer, elf.length, 0);
            if (object == 0) {
                throw new XdpException("libbpf cannot read the steering program" + bpf.log.take());
            }
            return object;
        } finally {
            UnsafeApi.freeMemory(buffer);
        }
    }

    private static byte[] readResource() {
        try (InputStream in = SteeringProgram.class.getResourceAsStream(RESOURCE)) {
            if (in == null) {
                throw new XdpException(RESOURCE + " is not on the class path: it was not built or not packed");
            }
            return in.readAllBytes();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void share(final String map, final int fd) {
        Bpf.check(bpf.calls.bpf_map__reuse_fd(find(map), fd), "bpf_map__reuse_fd", map);
    }

    private long find(final String map) {
        final long address = bpf.calls.bpf_object__find_map_by_name(object, map);
        if (address == 0) {
            throw new XdpException("the steering program has no map " + map + ": it is of another version");
        }
        return address;
    }

    private int mapFd(final String map) {
        return Bpf.check(bpf.calls.bpf_map__fd(find(map)), "bpf_map__fd", map);
    }

    int fd() {
        final long program = bpf.calls.bpf_object__find_program_by_name(object, NAME);
        if (program == 0) {
            throw new XdpException("the object has no program " + NAME + ": it is of another version");
        }
        return Bpf.check(bpf.calls.bpf_program__fd(program), "bpf_program__fd", NAME);
    }

    HostMacs hostMacs() {
        return new HostMacs(bpf, mapFd("rvs_mac"), mapFd("rvs_other_macs"));
    }

    XskMap xskMap() {
        return new XskMap(bpf, mapFd("rvs_sockets"));
    }

    XdpCounters counters() {
        return new XdpCounters(bpf, mapFd("rvs_counters"));
    }

    @Override
    public void close() {
        if (object != 0) {
            bpf.calls.bpf_object__close(object);
            object = 0;
        }
    }
}
