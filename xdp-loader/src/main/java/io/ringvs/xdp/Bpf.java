package io.ringvs.xdp;

import io.ringvs.linux.Capability;
import io.ringvs.linux.Errno;
import io.ringvs.linux.NativeCallException;
import java.util.Set;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.agrona.UnsafeApi;

/**
 * The libbpf of this machine, with what RingVS needs of it in a form that throws instead of returning error numbers.
 *
 * <p><b>Errors</b>: {@link XdpException} if libbpf is absent or a capability is missing, {@link NativeCallException}
 * with the call and its reason otherwise.
 */
final class Bpf {
    /** {@code enum bpf_map_type}. */
    static final int MAP_TYPE_HASH = 1;
    static final int MAP_TYPE_ARRAY = 2;
    static final int MAP_TYPE_LPM_TRIE = 11;

    /** {@code struct bpf_map_create_opts}: size u64 at 0, map flags u32 at 28. */
    private static final int MAP_OPTIONS_BYTES = 48;
    private static final int MAP_OPTIONS_FLAGS = 28;
    /** Allocate entries as they come: an empty map of many entries costs its buckets only. */
    static final int F_NO_PREALLOC = 1;

    private static final String LIBRARY = "libbpf.so.1";

    private static Bpf instance;

    final Libbpf calls;
    final LibbpfLog log;

    private Bpf(final Libbpf calls) {
        this.calls = calls;
        this.log = new LibbpfLog();
        calls.libbpf_set_print(log);
    }

    /** The library, once this process is known to be allowed to use it. */
    static synchronized Bpf get() {
        requireCapabilities(Capability.effective());
        if (instance == null) {
            instance = new Bpf(open(LIBRARY));
        }
        return instance;
    }

    static Libbpf open(final String library) {
        try {
            return LibraryLoader.create(Libbpf.class).failImmediately().load(library);
        } catch (final UnsatisfiedLinkError e) {
            throw new XdpException(
                library + " was not found: install libbpf 1.0 or newer (Debian: apt-get install libbpf1)", e);
        }
    }

    static void requireCapabilities(final Set<Capability> effective) {
        final boolean privileged = effective.contains(Capability.CAP_SYS_ADMIN);
        require(privileged || effective.contains(Capability.CAP_BPF), "CAP_BPF", "loading an XDP program");
        require(privileged || effective.contains(Capability.CAP_PERFMON), "CAP_PERFMON",
            "loading a program that computes with addresses");
        require(effective.contains(Capability.CAP_NET_ADMIN), "CAP_NET_ADMIN", "attaching to an interface");
    }

    private static void require(final boolean present, final String capability, final String purpose) {
        if (!present) {
            throw new XdpException(capability + " is missing, needed for " + purpose + ": run as root, or give the"
                + " process CAP_BPF, CAP_PERFMON, CAP_NET_ADMIN, CAP_NET_RAW and CAP_IPC_LOCK");
        }
    }

    int createMap(
        final int type, final String name, final int keyBytes, final int valueBytes, final int maxEntries,
        final int flags) {
        final long options = UnsafeApi.allocateMemory(MAP_OPTIONS_BYTES);
        try {
            UnsafeApi.setMemory(options, MAP_OPTIONS_BYTES, (byte)0);
            UnsafeApi.putLong(options, MAP_OPTIONS_BYTES);
            UnsafeApi.putInt(options + MAP_OPTIONS_FLAGS, flags);
            final Pointer pointer = Pointer.wrap(Runtime.getRuntime(calls), options);
            return check(calls.bpf_map_create(type, name, keyBytes, valueBytes, maxEntries, pointer),
                "bpf_map_create", name + ", " + maxEntries + " entries");
        } finally {
            UnsafeApi.freeMemory(options);
        }
    }

    /** Puts a key and value, each at an address; replaces what is there. */
    void update(final int fd, final long key, final long value) {
        check(calls.bpf_map_update_elem(fd, key, value, 0), "bpf_map_update_elem", "fd=" + fd);
    }

    /** Removes a key. Returns false if it was not there. */
    boolean delete(final int fd, final long key) {
        final int result = calls.bpf_map_delete_elem(fd, key);
        if (result != -Errno.ENOENT) {
            check(result, "bpf_map_delete_elem", "fd=" + fd);
        }
        return result == 0;
    }

    /** Returns what a libbpf call returned, or throws if that is {@code -errno}. */
    static int check(final int result, final String call, final String arguments) {
        if (result < 0) {
            throw new NativeCallException(call, arguments, -result);
        }
        return result;
    }
}
