package io.ringvs.bench;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

import net.openhft.chronicle.map.ChronicleMap;
import org.agrona.collections.Long2LongHashMap;
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

/**
 * General-purpose maps on the flows of {@link ConnectionTableLookupBenchmark}, in the same random order. Their key is
 * the client's address and port alone, in one long: a third of what the connection table compares, and no room for
 * IPv6.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {
    "-Xmx4g", "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED", "--add-exports=java.base/sun.nio.ch=ALL-UNNAMED",
    "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
    "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
    "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED", "--add-opens=java.base/java.lang=ALL-UNNAMED",
    "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED",
    "--add-opens=java.base/java.util=ALL-UNNAMED", "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED"})
public class MapLookupBenchmark {
    private static final int BATCH = 64;

    @Param({"1000", "1000000", "10000000"})
    int connections;
    @Param({"ConcurrentHashMap", "Long2LongHashMap", "ChronicleMap"})
    String map;

    private Map<Long, Long> slots;
    /** Set if the map has primitive access, which it is then measured by. */
    private Long2LongHashMap primitive;
    private long step;

    @Setup(Level.Trial)
    public void fill() {
        switch (map) {
            case "ConcurrentHashMap" -> slots = new ConcurrentHashMap<>(connections);
            case "Long2LongHashMap" -> primitive = new Long2LongHashMap(-1);
            default -> slots = ChronicleMap.of(Long.class, Long.class)
                .name("connections").entries(connections).create();
        }
        for (int number = 0; number < connections; number++) {
            if (primitive != null) {
                primitive.put(FlowKeys.packed(number), number);
            } else {
                slots.put(FlowKeys.packed(number), (long) number);
            }
        }
    }

    @TearDown(Level.Trial)
    public void close() {
        if (slots instanceof ChronicleMap<Long, Long> chronicle) {
            chronicle.close();
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long hit() {
        return lookup(0);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public long miss() {
        return lookup(connections);
    }

    private long lookup(final int first) {
        long sum = 0;
        for (int index = 0; index < BATCH; index++) {
            final long key = FlowKeys.packed(first + FlowKeys.at(step++, connections));
            if (primitive != null) {
                sum += primitive.get(key);
            } else {
                final Long slot = slots.get(key);
                sum += slot == null ? -1 : slot;
            }
        }
        return sum;
    }
}
