package io.ringvs.xdp;

import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.agrona.UnsafeApi;

/**
 * The kernel's trie of the {@link SteeringPrefix}es. It finds the longest prefix only, so each key carries the flags of
 * all prefixes that cover it.
 *
 * <p><b>Threading</b>: one control thread.
 */
final class PrefixMap implements AutoCloseable {
    /** Prefixes at most, not counting protocols: each is compared with each when they change. */
    static final int MAX_KEYS = 1 << 10;

    private final Bpf bpf;
    private final int fd;
    private final long key = UnsafeApi.allocateMemory(SteeringLayout.PREFIX_KEY_BYTES);
    private final long value = UnsafeApi.allocateMemory(SteeringLayout.VALUE_BYTES);
    private Set<SteeringPrefix> prefixes = Set.of();
    /** What the kernel has: flags by prefix, whose protocol does not count. */
    private final Map<Range, Integer> written = new HashMap<>();

    /** The addresses of a prefix. */
    private record Range(int family, long address0, long address1, int length) {
        static Range of(final SteeringPrefix prefix) {
            return new Range(prefix.family(), prefix.address0(), prefix.address1(), prefix.length());
        }
    }

    PrefixMap(final Bpf bpf) {
        this.bpf = bpf;
        fd = bpf.createMap(Bpf.MAP_TYPE_LPM_TRIE, "rvs_prefixes", SteeringLayout.PREFIX_KEY_BYTES,
            SteeringLayout.VALUE_BYTES, MAX_KEYS, Bpf.F_NO_PREALLOC);
    }

    int fd() {
        return fd;
    }

    Set<SteeringPrefix> prefixes() {
        return prefixes;
    }

    /** Makes these the only prefixes. On an exception those of before are back. */
    void replaceAll(final Set<SteeringPrefix> wanted) {
        final Map<Range, Integer> before = Map.copyOf(written);
        try {
            write(flags(wanted));
        } catch (final NativeCallException e) {
            write(before);
            throw e;
        }
        prefixes = Set.copyOf(wanted);
    }

    private static Map<Range, Integer> flags(final Set<SteeringPrefix> wanted) {
        final Map<Range, Integer> flags = new HashMap<>();
        for (final SteeringPrefix prefix : wanted) {
            int all = 0;
            for (final SteeringPrefix wider : wanted) {
                all |= wider.covers(prefix) ? SteeringLayout.anyPortFlags(wider.protocol()) : 0;
            }
            flags.put(Range.of(prefix), all);
        }
        return flags;
    }

    /** What goes makes room for what comes. */
    private void write(final Map<Range, Integer> wanted) {
        final Set<Range> surplus = new HashSet<>(written.keySet());
        surplus.removeAll(wanted.keySet());
        for (final Range range : surplus) {
            putKey(range);
            bpf.delete(fd, key);
            written.remove(range);
        }
        wanted.forEach((range, flags) -> {
            if (!flags.equals(written.get(range))) {
                putKey(range);
                UnsafeApi.putInt(value, flags);
                bpf.update(fd, key, value);
                written.put(range, flags);
            }
        });
    }

    private void putKey(final Range range) {
        SteeringLayout.putPrefixKey(key, range.family, range.address0, range.address1, range.length);
    }

    @Override
    public void close() {
        LinuxCalls.close(fd);
        UnsafeApi.freeMemory(key);
        UnsafeApi.freeMemory(value);
    }
}
