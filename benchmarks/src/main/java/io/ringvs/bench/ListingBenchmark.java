package io.ringvs.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;

import io.ringvs.conntab.Ticks;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.control.TableConnections;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.HostNames;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a listing of all connections ({@code -Lnc}), begun again as soon as it ends, costs the worker beside it: a
 * packet of an established connection without and with it. Needs a core for each of the two.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class ListingBenchmark {
    private static final int BATCHES = 16;
    private static final int CONNECTIONS = 1_000_000;

    @Param({"false", "true"})
    public boolean listing;

    private MemoryDirector director;
    private Thread lister;
    private volatile boolean ended;
    private long listed;

    @Setup(Level.Trial)
    public void begin() {
        director = MemoryDirector.established(1, CONNECTIONS, ForwardingMethod.DIRECT, Tunnel.IPIP);
        lister = new Thread(this::list, "lister");
        if (listing) {
            lister.start();
        }
    }

    /** What the control thread does for {@code -Lnc}, but for waiting until the client has read. */
    private void list() {
        final ConnectionSource connections =
            new TableConnections(director.state.table(), () -> Ticks.ofNanos(MemoryDirector.slowedNanos()));
        final AdmEnvironment environment = new AdmEnvironment(null, connections, 1 << 12, null);
        try (FileChannel sink = FileChannel.open(Path.of("/dev/null"), StandardOpenOption.WRITE)) {
            while (!ended) {
                try (ControlSession session = environment.session(HostNames.NONE, "ipvsadm", List.of("-Lnc"))) {
                    while (session.advance() == ControlSession.Step.OUTPUT && !ended) {
                        listed += sink.write(StandardCharsets.UTF_8.encode(CharBuffer.wrap(session.out())));
                        session.out().setLength(0);
                    }
                }
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @TearDown(Level.Trial)
    public void end() throws InterruptedException {
        ended = true;
        lister.join();
        System.out.println("listed " + listed + " bytes");
    }

    @Benchmark
    @OperationsPerInvocation(BATCHES * MemoryDirector.BATCH)
    public int forward() {
        return director.worker().forwardBatches(BATCHES);
    }
}
