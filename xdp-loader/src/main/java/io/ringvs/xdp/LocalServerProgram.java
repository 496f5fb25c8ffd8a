package io.ringvs.xdp;

import io.ringvs.linux.Errno;
import java.util.Optional;
import org.agrona.UnsafeApi;

/**
 * The program that brings what real servers on this machine send on an interface to a TAP device of the director. It is
 * attached to the interface's egress (traffic control, the qdisc clsact) beside the {@link XdpProgram} on its ingress,
 * and looks for the entries of the same {@link SteeringMap}.
 *
 * <p>Unlike an XDP program's link, Linux before 6.6 has nothing here that ends with the process. So a killed daemon
 * leaves its program attached, which then lets everything out, as it finds no socket. The next one replaces it: it is
 * known by its priority. The qdisc stays; without a program it does nothing.
 *
 * <p><b>Threading</b>: one control thread.
 *
 * <p><b>Errors</b>: {@link XdpException}, one sentence; nothing is attached then.
 *
 * <p><b>Source</b>: tc-bpf(8); bpf/libbpf.h of libbpf 1.1, {@code struct bpf_tc_hook} and {@code struct bpf_tc_opts}.
 */
public final class LocalServerProgram implements AutoCloseable {
    /** Place of the program among the filters of an interface, by which it is found again: "RV". */
    static final int PRIORITY = 0x5256;

    static final String NAME = "ringvs_local";
    private static final String RESOURCE = "local.bpf.o";
    private static final int HANDLE = 1;

    /** {@code struct bpf_tc_hook}: size u64 at 0, interface s32 at 8, attach point u32 at 12, parent u32 at 16. */
    private static final int HOOK_BYTES = 24;
    private static final int HOOK_INTERFACE = 8;
    private static final int HOOK_ATTACH_POINT = 12;
    private static final int BPF_TC_EGRESS = 2;
    /** {@code struct bpf_tc_opts}: size u64 at 0, then u32 each. */
    private static final int OPTIONS_BYTES = 32;
    private static final int OPTIONS_PROGRAM_FD = 8;
    private static final int OPTIONS_FLAGS = 12;
    private static final int OPTIONS_HANDLE = 20;
    private static final int OPTIONS_PRIORITY = 24;
    private static final int BPF_TC_F_REPLACE = 1;

    private final BpfObject object;
    private final InterfaceProbe device;
    private boolean attached;

    private LocalServerProgram(final InterfaceProbe device, final BpfObject object) {
        this.device = device;
        this.object = object;
    }

    /**
     * Loads a program without attaching it.
     *
     * @param socketsFd of the map by whose socket of queue 0 the program sees that the director lives
     * @param tapIndex  of the TAP device
     */
    static BpfObject load(final SteeringMap steering, final int socketsFd, final int tapIndex) {
        final BpfObject object =
            BpfObject.open(NAME, "the program for local real servers", BpfObject.resource(RESOURCE));
        try {
            object.share("rvs_services", steering.servicesFd());
            object.share("rvs_config", steering.configFd());
            object.share("rvs_sockets", socketsFd);
            object.load();
            putTap(object, tapIndex);
            return object;
        } catch (final RuntimeException e) {
            object.close();
            throw e;
        }
    }

    private static void putTap(final BpfObject object, final int index) {
        final long pair = UnsafeApi.allocateMemory(Long.BYTES);
        try {
            UnsafeApi.putInt(pair, 0);
            UnsafeApi.putInt(pair + Integer.BYTES, index);
            object.bpf().update(object.mapFd("rvs_tap"), pair, pair + Integer.BYTES);
        } finally {
            UnsafeApi.freeMemory(pair);
        }
    }

    /**
     * Loads a program and attaches it, in place of one that a killed daemon left.
     *
     * @param ingress  the steering program of the same interface
     * @param tapIndex index of the TAP device that takes the frames
     */
    public static LocalServerProgram attach(final XdpProgram ingress, final int tapIndex) {
        final LocalServerProgram program = new LocalServerProgram(
            ingress.device(), load(ingress.steeringMap(), ingress.socketsFd(), tapIndex));
        final int result = program.withHook(Optional.of(program.object.fd()));
        if (result < 0) {
            program.close();
            throw new XdpException("what local real servers send on " + ingress.interfaceName()
                + " cannot be taken, the kernel refuses a filter on the interface's egress: " + Errno.text(-result));
        }
        program.attached = true;
        return program;
    }

    /** Attaches the program of a descriptor or, without one, detaches what is attached. Returns 0 or {@code -errno}. */
    private int withHook(final Optional<Integer> programFd) {
        final long hook = UnsafeApi.allocateMemory(HOOK_BYTES + OPTIONS_BYTES);
        final long options = hook + HOOK_BYTES;
        try {
            UnsafeApi.setMemory(hook, HOOK_BYTES + OPTIONS_BYTES, (byte)0);
            UnsafeApi.putLong(hook, HOOK_BYTES);
            UnsafeApi.putInt(hook + HOOK_INTERFACE, device.index());
            UnsafeApi.putInt(hook + HOOK_ATTACH_POINT, BPF_TC_EGRESS);
            UnsafeApi.putLong(options, OPTIONS_BYTES);
            UnsafeApi.putInt(options + OPTIONS_HANDLE, HANDLE);
            UnsafeApi.putInt(options + OPTIONS_PRIORITY, PRIORITY);
            if (programFd.isEmpty()) {
                return object.bpf().calls.bpf_tc_detach(hook, options);
            }
            final int created = object.bpf().calls.bpf_tc_hook_create(hook);
            if (created < 0 && created != -Errno.EEXIST) {
                return created;
            }
            UnsafeApi.putInt(options + OPTIONS_PROGRAM_FD, programFd.get());
            UnsafeApi.putInt(options + OPTIONS_FLAGS, BPF_TC_F_REPLACE);
            return object.bpf().calls.bpf_tc_attach(hook, options);
        } finally {
            UnsafeApi.freeMemory(hook);
            object.bpf().log.take();
        }
    }

    /** Detaches the program and unloads it. The interface may be gone, and the program with it. */
    @Override
    public void close() {
        if (attached) {
            attached = false;
            withHook(Optional.empty());
        }
        object.close();
    }
}
