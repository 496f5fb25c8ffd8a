package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.TcpStates;
import io.ringvs.conntab.Ticks;
import io.ringvs.conntab.WorkerConnections;

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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The two ends of a connection's life each by itself: a table is filled with new connections, in batches of 64, and
 * emptied by its timers. {@code insert} and {@code expire} are nanoseconds per 1000 connections.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = ConnectionLifeBenchmark.ITERATIONS)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
public class ConnectionLifeBenchmark {
    static final int ITERATIONS = 5;
    private static final int BATCH = 64;
    private static final int BUCKET = Ticks.PER_SECOND / 2;

    /** Mean nanoseconds per 1000 connections of each iteration, which JMH adds up. */
    @AuxCounters(AuxCounters.Type.EVENTS)
    @State(Scope.Thread)
    public static class Parts {
        public long insert;
        public long expire;
    }

    @Param({"1000", "1000000", "10000000"})
    int connections;

    private FilledTable filled;
    private FlowBatch batch;
    private final NewConnection wanted = new NewConnection();
    /** Every iteration opens other flows. */
    private int firstFlow;
    private int now;

    @Setup(Level.Trial)
    public void make() {
        filled = new FilledTable(connections, connections, 1);
        batch = new FlowBatch(BATCH);
        expireAll(); // memory that was never touched is not what is measured
    }

    @TearDown(Level.Trial)
    public void close() {
        filled.close();
        batch.close();
    }

    @Benchmark
    public int life(final Parts parts) {
        final long begun = System.nanoTime();
        for (int flow = 0; flow < connections; flow += BATCH) {
            openBatch(Math.min(BATCH, connections - flow));
        }
        final long filledAt = System.nanoTime();
        expireAll();
        parts.insert += (filledAt - begun) * 1000 / connections / ITERATIONS;
        parts.expire += (System.nanoTime() - filledAt) * 1000 / connections / ITERATIONS;
        return firstFlow;
    }

    private void openBatch(final int count) {
        for (int index = 0; index < count; index++) {
            FlowKeys.write(batch.entry(index), firstFlow + index & Integer.MAX_VALUE);
        }
        batch.size(count);
        filled.table.lookup().find(batch);
        filled.table.lookup().touchPlaces(batch);
        final WorkerConnections worker = filled.table.worker(0);
        for (int index = 0; index < count; index++) {
            worker.open(wanted.of(batch.entry(index), filled.destination(firstFlow + index & Integer.MAX_VALUE),
                FilledTable.PORT, FilledTable.FLAGS), TcpStates.SYN, now);
        }
        firstFlow += count;
    }

    /** Lets time pass until every connection has ended and every slot is free again. */
    private void expireAll() {
        final WorkerConnections worker = filled.table.worker(0);
        while (filled.table.size() != 0) {
            now += BUCKET;
            int visited;
            do {
                filled.epochs.quiescent(0);
                visited = worker.maintain(now, BATCH);
            } while (visited >= BATCH);
        }
        filled.epochs.quiescent(0);
        worker.maintain(now, BATCH);
        filled.epochs.quiescent(0);
        worker.maintain(now, BATCH);
        if (worker.refused() > 0) {
            throw new IllegalStateException(worker.refused() + " connections were refused");
        }
    }
}
