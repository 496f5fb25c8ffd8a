package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.TcpStates;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Lookups in batches of 64, in random order. {@link #keys} is what making the keys costs by itself, which every other
 * figure contains. With {@code -t 2} two workers share the table.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {"--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED", "-Xmx1g"})
public class ConnectionTableLookupBenchmark {
    private static final int BATCH = 64;

    /** The table, shared by all threads of a run. */
    @State(Scope.Benchmark)
    public static class Table {
        @Param({"1000", "1000000", "10000000"})
        int connections;
        FilledTable filled;

        @Setup(Level.Trial)
        public void fill() {
            filled = new FilledTable(connections, connections, 2);
        }

        @TearDown(Level.Trial)
        public void close() {
            filled.close();
        }
    }

    /** One worker's batch and place in its random walk. */
    @State(Scope.Thread)
    public static class Walk {
        final FlowBatch batch = new FlowBatch(BATCH);
        int worker;
        long step;

        /** Each thread is a worker of its own, on a walk of its own. */
        @Setup(Level.Trial)
        public void begin(final ThreadParams threads) {
            worker = threads.getThreadIndex();
            step = (long) worker << 40;
        }

        void next(final int first, final int count) {
            for (int index = 0; index < BATCH; index++) {
                FlowKeys.write(batch.entry(index), first + FlowKeys.at(step++, count));
            }
            batch.size(BATCH);
        }

        @TearDown(Level.Trial)
        public void close() {
            batch.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long keys(final Table table, final Walk walk) {
        walk.next(0, table.connections);
        return walk.step;
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int hit(final Table table, final Walk walk) {
        walk.next(0, table.connections);
        table.filled.table.lookup().find(walk.batch);
        return walk.batch.slot(BATCH - 1);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int miss(final Table table, final Walk walk) {
        walk.next(table.connections, table.connections);
        table.filled.table.lookup().find(walk.batch);
        return walk.batch.slot(BATCH - 1);
    }

    /** Lookup and state step, as every packet of an established connection needs them. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int hitAndStep(final Table table, final Walk walk) {
        hit(table, walk);
        for (int index = 0; index < BATCH; index++) {
            final int slot = walk.batch.slot(index);
            if (slot >= 0) {
                table.filled.table.worker(walk.worker).packet(slot, TcpStates.ACK, 1);
            }
        }
        return walk.batch.slot(BATCH - 1);
    }

    /** One lookup after another, each waiting for its own cache misses. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public int hitOneByOne(final Table table, final Walk walk) {
        walk.next(0, table.connections);
        int sum = 0;
        for (int index = 0; index < BATCH; index++) {
            sum += table.filled.table.lookup().find(walk.batch.entry(index));
        }
        return sum;
    }
}
