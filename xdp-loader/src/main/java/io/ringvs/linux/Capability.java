package io.ringvs.linux;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * The Linux capabilities that a director needs, and which of them this process has.
 *
 * <p><b>Source</b>: capabilities(7); bit numbers from Linux include/uapi/linux/capability.h.
 */
public enum Capability {
    /** Attach XDP programs, ask the kernel for neighbours. */
    CAP_NET_ADMIN(12),
    /** Open AF_XDP sockets. */
    CAP_NET_RAW(13),
    /** Register more packet memory than RLIMIT_MEMLOCK allows. */
    CAP_IPC_LOCK(14),
    /** Everything that CAP_BPF and CAP_PERFMON stand for, and more. */
    CAP_SYS_ADMIN(21),
    /** Let the verifier accept programs that compute with addresses, as it does for root. */
    CAP_PERFMON(38),
    /** Load BPF programs and create maps. */
    CAP_BPF(39);

    private static final Path STATUS = Path.of("/proc/thread-self/status");
    private static final String EFFECTIVE = "CapEff:";

    private final int bit;

    Capability(final int bit) {
        this.bit = bit;
    }

    /** The bit that stands for it in sets of the kernel. */
    long mask() {
        return 1L << bit;
    }

    /** The capabilities, of those listed here, that are in effect for the calling thread. */
    public static Set<Capability> effective() {
        try {
            return fromStatus(Files.readAllLines(STATUS));
        } catch (final IOException e) {
            throw new UncheckedIOException("cannot read " + STATUS, e);
        }
    }

    static Set<Capability> fromStatus(final List<String> lines) {
        final long mask = lines.stream()
            .filter((line) -> line.startsWith(EFFECTIVE))
            .mapToLong((line) -> Long.parseUnsignedLong(line.substring(EFFECTIVE.length()).trim(), 16))
            .findFirst().orElse(0L);
        final Set<Capability> result = EnumSet.noneOf(Capability.class);
        Arrays.stream(values()).filter((capability) -> (mask >>> capability.bit & 1L) != 0).forEach(result::add);
        return result;
    }
}
