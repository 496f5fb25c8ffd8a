package io.ringvs.fastpath;

import java.util.concurrent.TimeUnit;

import io.ringvs.bench.MemoryDirector;
import io.ringvs.conntab.Ticks;
import io.ringvs.ring.RingSizes;

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
 * <p>The clock is read between any two stages, which costs some 25 ns each time, hence 0.4 ns a packet and stage in batches of
 * 64, and keeps the processor from overlapping two stages: the sum is somewhat more than {@code PacketPathBenchmark} says.
 *
 * <p>It lives in the package of the stages to reach them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 5)
@Measurement(iterations = 10)
@Fork(value = 1, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class PacketPathStagesBenchmark {
    private static final int BATCHES = 50_000;

    @Param({"1000", "1000000", "10000000"})
    public int connections;

    private MemoryDirector director;
    private PacketPath path;
    private EgressPorts egress;
    private WorkerCounters counters;

    /** Nanoseconds per 1000 packets of each stage. */
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

        void perThousandPackets() {
            final long thousands = (long)BATCHES * MemoryDirector.BATCH / 1000;
            clients /= thousands;
            receive /= thousands;
            parse /= thousands;
            lookup /= thousands;
            connect /= thousands;
            forward /= thousands;
            transmit /= thousands;
            latency /= thousands;
            timers /= thousands;
            recycle /= thousands;
        }
    }

    @Setup(Level.Trial)
    public void establish() {
        director = new MemoryDirector(
            connections, connections, "rr", RingSizes.same(256), () -> System.nanoTime() >> 6);
        director.establish();
        counters = new WorkerCounters(MemoryDirector.BATCH);
        egress = new EgressPorts(new EgressQueue[] {
            new EgressQueue(director.port, MemoryDirector.BATCH, counters)});
        path = new PacketPath(WorkerConfig.of(0), director.state, director.io, egress, counters);
    }

    @Benchmark
    public int stages(final Stages stages) {
        int sent = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            sent += batch(stages);
        }
        stages.perThousandPackets();
        return sent;
    }

    private int batch(final Stages stages) {
        final long start = System.nanoTime();
        director.traffic.send();
        director.traffic.receive();
        final long clients = System.nanoTime();
        path.batch().count =
            director.port.receive(path.batch().addresses, path.batch().lengths, 0, MemoryDirector.BATCH);
        final long received = System.nanoTime();
        path.parse();
        final long parsed = System.nanoTime();
        path.lookup();
        final long lookedUp = System.nanoTime();
        path.connect(director.snapshot, Ticks.ofNanos(start >> 6));
        final long connected = System.nanoTime();
        path.forward(director.snapshot, start);
        final long forwarded = System.nanoTime();
        final int sent = egress.flush();
        final long transmitted = System.nanoTime();
        counters.recordLatency(transmitted - start, sent);
        counters.countBatch(sent);
        final long recorded = System.nanoTime();
        director.state.table().worker(0).maintain(Ticks.ofNanos(start >> 6), 256);
        final long maintained = System.nanoTime();
        egress.finishCycle();
        final long recycled = System.nanoTime();
        stages.clients += clients - start;
        stages.receive += received - clients;
        stages.parse += parsed - received;
        stages.lookup += lookedUp - parsed;
        stages.connect += connected - lookedUp;
        stages.forward += forwarded - connected;
        stages.transmit += transmitted - forwarded;
        stages.latency += recorded - transmitted;
        stages.timers += maintained - recorded;
        stages.recycle += recycled - maintained;
        return sent;
    }
}
