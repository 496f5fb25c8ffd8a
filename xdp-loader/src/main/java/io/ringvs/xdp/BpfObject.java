package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.agrona.UnsafeApi;

/**
 * A compiled XDP program with its maps, first in memory and, once loaded, in the kernel.
 *
 * <p><b>Errors</b>: {@link XdpException}, with what libbpf and the kernel's verifier said.
 */
final class BpfObject implements AutoCloseable {
    private final Bpf bpf;
    private final String programName;
    private final String title;
    private long object;

    private BpfObject(final Bpf bpf, final String programName, final String title, final byte[] elf) {
        this.bpf = bpf;
        this.programName = programName;
        this.title = title;
        bpf.log.take();
        object = open(elf);
    }

    /**
     * Reads an object file.
     *
     * @param programName of its one program, in C and in the kernel's lists
     * @param title       what an operator calls it, such as "the steering program"
     */
    static BpfObject open(final String programName, final String title, final byte[] elf) {
        return new BpfObject(Bpf.get(), programName, title, elf);
    }

    /** The object file that the build put beside the classes. */
    static byte[] resource(final String name) {
        try (InputStream in = BpfObject.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new XdpException(name + " is not on the class path: it was not built or not packed");
            }
            return in.readAllBytes();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private long open(final byte[] elf) {
        final long buffer = UnsafeApi.allocateMemory(elf.length);
        try {
            for (int i = 0; i < elf.length; i++) {
                UnsafeApi.putByte(buffer + i, elf[i]);
            }
            final long opened = bpf.calls.bpf_object__open_mem(buffer, elf.length, 0);
            if (opened == 0) {
                throw new XdpException("libbpf cannot read " + title + bpf.log.take());
            }
            return opened;
        } finally {
            UnsafeApi.freeMemory(buffer);
        }
    }

    /** Before loading: has a map be one that exists already. */
    void share(final String map, final int fd) {
        Bpf.check(bpf.calls.bpf_map__reuse_fd(find(map), fd), "bpf_map__reuse_fd", map);
    }

    /** Puts the program into the kernel. */
    void load() {
        final int result = bpf.calls.bpf_object__load(object);
        if (result < 0) {
            throw new XdpException("the kernel did not accept " + title + " (" + Errno.text(-result)
                + "); Linux 5.18 or newer is needed" + bpf.log.take());
        }
    }

    Bpf bpf() {
        return bpf;
    }

    String title() {
        return title;
    }

    /** Descriptor of the loaded program. */
    int fd() {
        final long program = bpf.calls.bpf_object__find_program_by_name(object, programName);
        if (program == 0) {
            throw new XdpException("the object has no program " + programName + ": it is of another version");
        }
        return Bpf.check(bpf.calls.bpf_program__fd(program), "bpf_program__fd", programName);
    }

    /** Descriptor of a map of the loaded program. */
    int mapFd(final String map) {
        return Bpf.check(bpf.calls.bpf_map__fd(find(map)), "bpf_map__fd", map);
    }

    private long find(final String map) {
        final long address = bpf.calls.bpf_object__find_map_by_name(object, map);
        if (address == 0) {
            throw new XdpException(title + " has no map " + map + ": it is of another version");
        }
        return address;
    }

    @Override
    public void close() {
        if (object != 0) {
            bpf.calls.bpf_object__close(object);
            object = 0;
        }
    }
}
