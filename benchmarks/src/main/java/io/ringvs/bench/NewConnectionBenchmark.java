package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Packets that open a connection each: a SYN of a new flow, scheduled by wlc among 100 real servers, RX ring to TX
 * ring.
 *
 * <p>The clock runs so that a connection's 60 s in SYN_RECV pass while about a million others are opened: each packet
 * also pays for the end of an older connection.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class NewConnectionBenchmark {
    private static final int BATCHES = 16;
    private static final int PACKETS = BATCHES * MemoryDirector.BATCH;
    private static final int FLOWS = 4_000_000;
    private static final int MAX_CONNECTIONS = 2_000_000;
    private static final int LIVING = 1_000_000;
    private static final long NANOS_PER_BATCH = TimeUnit.SECONDS.toNanos(60) / (LIVING / MemoryDirector.BATCH);
    private static final int SYN = 0x02;

    private MemoryDirector director;
    private long now = 1_000_000_000L;

    @Setup(Level.Trial)
    public void setUp() {
        director = new MemoryDirector(FLOWS, MAX_CONNECTIONS, "wlc", RingSizes.same(256), () -> now);
        director.worker().traffic.flags(SYN);
        for (int flow = 0; flow < 2 * LIVING; flow += PACKETS) {
            open();
        }
    }

    /** Every packet opened a connection. */
    @TearDown(Level.Trial)
    public void check() {
        final long forwarded = director.worker().worker.counters().packets(Verdict.FORWARD);
        final long opened = director.state.table().worker(0).opened();
        System.out.println("forwarded " + forwarded + " packets, opened " + opened + " connections, "
            + director.state.table().size() + " left");
        if (forwarded != opened) {
            throw new IllegalStateException("not every packet opened a connection");
        }
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int open() {
        int worked = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            now += NANOS_PER_BATCH;
            worked += director.worker().forwardBatch();
        }
        return worked;
    }
}
