package io.ringvs.xdp;

import java.util.EnumMap;
import java.util.Map;
import org.agrona.UnsafeApi;

/**
 * How many frames of one interface got each verdict since its program was loaded.
 *
 * <p>The program counts per processor; reading sums them, so a reading taken under load is not of one instant.
 *
 * <p><b>Threading</b>: any one thread at a time.
 *
 * @param <V> the program's verdicts, in the order in which it counts them
 */
public final class XdpCounters<V extends Enum<V>> {
    private final Bpf bpf;
    private final int fd;
    private final int processors;
    private final Class<V> verdicts;

    XdpCounters(final Bpf bpf, final int fd, final Class<V> verdicts) {
        this.bpf = bpf;
        this.fd = fd;
        this.verdicts = verdicts;
        this.processors = Bpf.check(bpf.calls.libbpf_num_possible_cpus(), "libbpf_num_possible_cpus", "");
    }

    /** Frames that got a verdict. */
    public long get(final V verdict) {
        final long valuesBytes = (long)processors * Long.BYTES;
        final long key = UnsafeApi.allocateMemory(Long.BYTES + valuesBytes);
        final long values = key + Long.BYTES;
        try {
            UnsafeApi.putInt(key, verdict.ordinal());
            Bpf.check(bpf.calls.bpf_map_lookup_elem(fd, key, values), "bpf_map_lookup_elem", verdict.name());
            long sum = 0;
            for (int processor = 0; processor < processors; processor++) {
                sum += UnsafeApi.getLong(values + (long)processor * Long.BYTES);
            }
            return sum;
        } finally {
            UnsafeApi.freeMemory(key);
        }
    }

    /** All verdicts, in order. */
    public Map<V, Long> getAll() {
        final Map<V, Long> result = new EnumMap<>(verdicts);
        for (final V verdict : verdicts.getEnumConstants()) {
            result.put(verdict, get(verdict));
        }
        return result;
    }
}
