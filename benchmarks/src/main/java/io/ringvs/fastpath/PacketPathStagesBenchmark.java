package io.ringvs.fastpath;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

import io.ringvs.bench.MemoryDirector;
import io.ringvs.bench.MemoryWorker;
import io.ringvs.conntab.Ticks;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.Tunnel;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Where the time of a packet goes: each stage of the packet path timed by itself, in nanoseconds per 1000 packets.
 *
 * <p>The clock is read between any two stages, which costs some 25 ns each time, hence 0.4 ns a packet and stage in
 * batches of 64, and keeps the processor from overlapping two stages: the sum is somewhat more than {@code
 * PacketPathBenchmark} says.
 *
 * <p>It lives in the package of the stages to reach them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = PacketPathStagesBenchmark.ITERATIONS)
@Fork(value = 1, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class PacketPathStagesBenchmark {
    private static final int BATCHES = 50_000;
    private static final int STAGES = 10;
    static final int ITERATIONS = 10;

    @Param({"1000", "1000000", "10000000"})
    public int connections;

    private MemoryDirector director;
    private MemoryWorker worker;
    private PacketPath path;
    private EgressPorts egress;
    private WorkerCounters counters;
    private final long[] readings = new long[STAGES + 1];

    /** Median nanoseconds per 1000 packets of each stage. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Stages {
        public long clients;
        public long receive;
        public long parse;
        public long lookup;
        public long connect;
        public long forward;
        public long transmit;
        public long latency;
        public long timers;
        public long recycle;
    }

    /** One duration in nanoseconds for each batch and stage. */
    private final int[][] durations = new int[STAGES][BATCHES];

    @Setup(Level.Trial)
    public void establish() {
        director = MemoryDirector.established(1, connections, ForwardingMethod.DIRECT, Tunnel.IPIP);
        worker = director.worker();
        counters = new WorkerCounters(MemoryDirector.BATCH);
        egress = new EgressPorts(new EgressQueue[] {
            new EgressQueue(worker.port, MemoryDirector.BATCH, counters)});
        path = new PacketPath(WorkerConfig.of(0), director.state, worker.io, egress, counters);
    }

    @Benchmark
    public int stages(final Stages stages) {
        int sent = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            sent += batch(batch);
        }
        stages.clients = median(0);
        stages.receive = median(1);
        stages.parse = median(2);
        stages.lookup = median(3);
        stages.connect = median(4);
        stages.forward = median(5);
        stages.transmit = median(6);
        stages.latency = median(7);
        stages.timers = median(8);
        stages.recycle = median(9);
        return sent;
    }

    /** JMH adds up the counters of all iterations, so each gives its part of their mean. */
    private long median(final int stage) {
        Arrays.sort(durations[stage]);
        return durations[stage][BATCHES / 2] * 1000L / MemoryDirector.BATCH / ITERATIONS;
    }

    private int batch(final int number) {
        final long[] times = readings;
        times[0] = System.nanoTime();
        worker.traffic.send();
        worker.traffic.receive();
        times[1] = System.nanoTime();
        path.batch().count =
            worker.port.receive(path.batch().addresses, path.batch().lengths, 0, MemoryDirector.BATCH);
        times[2] = System.nanoTime();
        path.parse();
        times[3] = System.nanoTime();
        path.lookup();
        times[4] = System.nanoTime();
        path.connect(director.snapshot, Ticks.ofNanos(times[0] >> 6));
        times[5] = System.nanoTime();
        path.forward(director.snapshot, times[0]);
        times[6] = System.nanoTime();
        final int sent = egress.flush();
        times[7] = System.nanoTime();
        counters.recordLatency(times[7] - times[0], sent);
        counters.countBatch(sent);
        times[8] = System.nanoTime();
        director.state.table().worker(0).maintain(Ticks.ofNanos(times[0] >> 6), 256);
        times[9] = System.nanoTime();
        egress.finishCycle();
        times[10] = System.nanoTime();
        for (int stage = 0; stage < STAGES; stage++) {
            durations[stage][number] = (int)(times[stage + 1] - times[stage]);
        }
        return sent;
    }
}
