package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.TcpStates;
import io.ringvs.conntab.Ticks;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Connections opened and expired: each new flow is looked up in a batch, opened by a SYN, and ends by its timer 60 s of
 * virtual time later, when {@code connections} others have come. With {@code -t 2} two workers share the table.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 6, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = "-Xmx1g")
public class ConnectionChurnBenchmark {
    private static final int BATCH = 64;
    private static final int LIFE_TICKS = Ticks.ofSeconds(60);

    /** Twice as large as need be: what has ended waits for its bucket and its grace period. */
    @State(Scope.Benchmark)
    public static class Table {
        @Param({"1000000"})
        int connections;
        FilledTable filled;

        @Setup
        public void make() {
            filled = new FilledTable(0, 2 * connections, 2);
        }

        @TearDown
        public void close() {
            filled.close();
        }
    }

    /** One worker, with a clock of its own. */
    @State(Scope.Thread)
    public static class Worker {
        final FlowBatch batch = new FlowBatch(BATCH);
        final NewConnection wanted = new NewConnection();
        int number;
        int threads;
        long opened;

        @Setup
        public void begin(final Table table, final ThreadParams params) {
            number = params.getThreadIndex();
            threads = params.getThreadCount();
            table.filled.epochs.online(number);
        }

        @TearDown
        public void end(final Table table) {
            table.filled.epochs.offline(number);
            if (table.filled.table.worker(number).refused() > 0) {
                throw new IllegalStateException("connections were refused");
            }
            batch.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long openAndExpire(final Table table, final Worker worker) {
        final FilledTable filled = table.filled;
        final int now = (int) (worker.opened * worker.threads * LIFE_TICKS / table.connections);
        for (int index = 0; index < BATCH; index++) {
            // each worker has half of the numbers
            FlowKeys.write(worker.batch.entry(index), (int) (worker.opened++ & 0x3fff_ffff) | worker.number << 30);
        }
        worker.batch.size(BATCH);
        filled.table.lookup().find(worker.batch);
        filled.table.lookup().touchPlaces(worker.batch);
        for (int index = 0; index < BATCH; index++) {
            final int destination = filled.destination(worker.opened + index);
            filled.table.worker(worker.number).open(worker.wanted.of(
                worker.batch.entry(index), destination, FilledTable.PORT, FilledTable.FLAGS), TcpStates.SYN, now);
        }
        filled.epochs.quiescent(worker.number);
        return filled.table.worker(worker.number).maintain(now, 4 * BATCH);
    }
}
