package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.Tunnel;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * What two workers forward at once, over one connection table and one service, and what one of them does alone: packets
 * of both together by time. Each has half of the connections, as RSS divides them, and a port and clients of its own.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class WorkersBenchmark {
    private static final int WORKERS = 2;
    private static final int BATCHES = 16;
    private static final int PACKETS = BATCHES * MemoryDirector.BATCH;

    @Param({"2000", "1000000"})
    public int connections;

    private MemoryDirector director;

    /** A thread is a worker. */
    @State(Scope.Thread)
    public static class Own {
        MemoryWorker worker;

        @Setup(Level.Trial)
        public void choose(final WorkersBenchmark benchmark, final ThreadParams threads) {
            worker = benchmark.director.workers.get(threads.getThreadIndex());
        }
    }

    @Setup(Level.Trial)
    public void establish() {
        director = MemoryDirector.established(WORKERS, connections, ForwardingMethod.DIRECT, Tunnel.IPIP);
    }

    @Benchmark
    @Threads(1)
    @OperationsPerInvocation(PACKETS)
    public int one(final Own own) {
        return own.worker.forwardBatches(BATCHES);
    }

    @Benchmark
    @Threads(WORKERS)
    @OperationsPerInvocation(PACKETS)
    public int two(final Own own) {
        return own.worker.forwardBatches(BATCHES);
    }
}
