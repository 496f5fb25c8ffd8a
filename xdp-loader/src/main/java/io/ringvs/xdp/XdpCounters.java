package io.ringvs.xdp;

import java.util.EnumMap;
import java.util.Map;
import org.agrona.UnsafeApi;

/**
 * How many frames of one interface got each {@link XdpVerdict} since its program was loaded.
 *
 * <p>The program counts per processor; reading sums them, so a reading taken under load is not of one instant.
 *
 * <p><b>Threading</b>: any one thread at a time.
 */
public final class XdpCounters {
    private final Bpf bpf;
    private final int fd;
    private final int processors;

    XdpCounters(final Bpf bpf, final int fd) {
        this.bpf = bpf;
        this.fd = fd;
        this.processors = Bpf.check(bpf.calls.libbpf_num_possible_cpus(), "libbpf_num_possible_cpus", "");
    }

    /** Frames that got a verdict. */
    public long get(final XdpVerdict verdict) {
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
    public Map<XdpVerdict, Long> getAll() {
        final Map<XdpVerdict, Long> result = new EnumMap<>(XdpVerdict.class);
        for (final XdpVerdict verdict : XdpVerdict.values()) {
            result.put(verdict, get(verdict));
        }
        return result;
    }
}
