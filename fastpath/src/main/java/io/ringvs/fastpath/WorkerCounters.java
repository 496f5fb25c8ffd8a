package io.ringvs.fastpath;

import io.ringvs.packet.Verdict;

import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;
import org.agrona.UnsafeApi;

/**
 * What one worker counts: packets by verdict, batches by size, and how long packets stay in the director.
 *
 * <p>Latency is that of the batch, from the clock reading before it was taken from the RX ring to the one after its
 * packets were given to the TX ring, and counts once for each forwarded packet.
 *
 * <pre>
 *   128 bytes unused | one u64 per verdict | u64 handed to the host | u64 failed wake-ups | u64 ICMP errors
 *   | u64 fragmented
 *   | u64 options left out | one u64 per batch size 0..max | 128 unused
 * </pre>
 *
 * <p><b>Threading:</b> one worker writes (plain reads, opaque writes of its own words), any thread reads; one thread at
 * a time takes the latencies.
 */
public final class WorkerCounters implements AutoCloseable {
    /** Longer stays are recorded as this one, in nanoseconds. */
    public static final long MAX_LATENCY_NS = 10_000_000_000L;

    private static final int GAP = 128;
    private static final int SIGNIFICANT_DIGITS = 3;

    private final int maxBatch;
    private final long allocated;
    private final long verdicts;
    private final long handedToHost;
    private final long failedWakeups;
    private final long icmpErrors;
    private final long fragmented;
    private final long optionsLeftOut;
    private final long batches;
    private final SingleWriterRecorder latencies = new SingleWriterRecorder(MAX_LATENCY_NS, SIGNIFICANT_DIGITS);

    /** @param maxBatch packets of the largest batch */
    public WorkerCounters(final int maxBatch) {
        this.maxBatch = maxBatch;
        final long words = Verdict.count() + 5L + maxBatch + 1;
        final long length = words * Long.BYTES + 2 * GAP;
        allocated = UnsafeApi.allocateMemory(length);
        UnsafeApi.setMemory(allocated, length, (byte)0);
        verdicts = allocated + GAP;
        handedToHost = verdicts + (long)Verdict.count() * Long.BYTES;
        failedWakeups = handedToHost + Long.BYTES;
        icmpErrors = failedWakeups + Long.BYTES;
        fragmented = icmpErrors + Long.BYTES;
        optionsLeftOut = fragmented + Long.BYTES;
        batches = optionsLeftOut + Long.BYTES;
    }

    /** @param verdict a {@link Verdict#code()} */
    void count(final byte verdict, final int packets) {
        add(verdicts + (long)verdict * Long.BYTES, packets);
    }

    void countHandedToHost() {
        add(handedToHost, 1);
    }

    void countFailedWakeup() {
        add(failedWakeups, 1);
    }

    void countIcmpError() {
        add(icmpErrors, 1);
    }

    void countFragmented() {
        add(fragmented, 1);
    }

    void countOptionLeftOut() {
        add(optionsLeftOut, 1);
    }

    void countBatch(final int packets) {
        add(batches + (long)packets * Long.BYTES, 1);
    }

    void recordLatency(final long nanoseconds, final int packets) {
        latencies.recordValueWithCount(Math.max(0, Math.min(nanoseconds, MAX_LATENCY_NS)), packets);
    }

    private static void add(final long counter, final long amount) {
        // opaque: one writer, no ordering needed, but never torn nor kept in a register for a reader on another core
        UnsafeApi.putLongOpaque(null, counter, UnsafeApi.getLong(counter) + amount);
    }

    /** Packets that ended with a verdict. Of PARKED: those that ever waited; they are counted again where they end. */
    public long packets(final Verdict verdict) {
        return UnsafeApi.getLongOpaque(null, verdicts + (long)verdict.code() * Long.BYTES);
    }

    /** Packets, of those with a HOST_ verdict, that the host's stack was given. */
    public long handedToHost() {
        return UnsafeApi.getLongOpaque(null, handedToHost);
    }

    /** System calls to wake the kernel up that failed: not normal, the interface is down or gone. */
    public long failedWakeups() {
        return UnsafeApi.getLongOpaque(null, failedWakeups);
    }

    /** ICMP errors made, of packets that ended with a DROP_ verdict. */
    public long icmpErrors() {
        return UnsafeApi.getLongOpaque(null, icmpErrors);
    }

    /** Packets, of those forwarded, that were divided; their later fragments are counted nowhere. */
    public long fragmented() {
        return UnsafeApi.getLongOpaque(null, fragmented);
    }

    /** Packets, of those forwarded, that had no room for the option that tells a server the client's address. */
    public long optionsLeftOut() {
        return UnsafeApi.getLongOpaque(null, optionsLeftOut);
    }

    /** Batches of exactly {@code packets} packets. */
    public long batches(final int packets) {
        return UnsafeApi.getLongOpaque(null, batches + (long)packets * Long.BYTES);
    }

    /** Packets of the largest batch. */
    public int maxBatch() {
        return maxBatch;
    }

    /**
     * Takes the latencies recorded since the last call, in nanoseconds.
     *
     * @param recycled what an earlier call returned and is not needed any more, or null
     */
    public Histogram takeLatencies(final Histogram recycled) {
        return latencies.getIntervalHistogram(recycled);
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(allocated);
    }
}
