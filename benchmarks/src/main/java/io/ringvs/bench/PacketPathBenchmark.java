package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.packet.Verdict;
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
 * The whole userspace path, RX ring to TX ring, for 54-byte TCP data frames of established connections in random order,
 * in batches of 64.
 *
 * <p>Both figures contain the kernel's part, which the benchmark plays (writing the flow into the frame, moving
 * descriptors on the other side of the rings); {@link #ringsOnly} has it with the bare rings alone, so the difference
 * is what a packet costs between the rings.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 10, time = 1)
@Fork(value = 2, jvmArgsAppend = {"-Xms256m", "-Xmx256m"})
public class PacketPathBenchmark {
    private static final int BATCHES = 16;
    private static final int GUE_PORT = 6080;
    private static final int PACKETS = BATCHES * MemoryDirector.BATCH;

    @Param({"1000", "1000000", "10000000"})
    public int connections;

    /** Direct routing, NAT, FULLNAT, or a tunnel: IPIP, GUE, GRE. */
    @Param({"DIRECT", "NAT", "FULLNAT", "IPIP"})
    public String forwarding;

    private final long[] addresses = new long[MemoryDirector.BATCH];
    private final int[] lengths = new int[MemoryDirector.BATCH];
    private MemoryWorker worker;
    private long forwardedBefore;

    @Setup(Level.Trial)
    public void establish() {
        worker = MemoryDirector.established(1, connections, method(), tunnel()).worker();
        forwardedBefore = worker.worker.counters().packets(Verdict.FORWARD);
    }

    private ForwardingMethod method() {
        return switch (forwarding) {
            case "DIRECT" -> ForwardingMethod.DIRECT;
            case "NAT" -> ForwardingMethod.NAT;
            case "FULLNAT" -> ForwardingMethod.FULLNAT;
            default -> ForwardingMethod.TUNNEL;
        };
    }

    private Tunnel tunnel() {
        return switch (forwarding) {
            case "GUE" -> new Tunnel(Tunnel.Type.GUE, GUE_PORT, Tunnel.Checksum.NONE);
            case "GRE" -> new Tunnel(Tunnel.Type.GRE, 0, Tunnel.Checksum.NONE);
            default -> Tunnel.IPIP;
        };
    }

    /** Every packet was forwarded: nothing else may be counted. */
    @TearDown(Level.Trial)
    public void check() {
        for (final Verdict verdict : Verdict.values()) {
            final long packets = worker.worker.counters().packets(verdict);
            if (verdict != Verdict.FORWARD && packets != 0) {
                throw new IllegalStateException(packets + " packets ended as " + verdict);
            }
        }
        System.out.println(
            "forwarded " + (worker.worker.counters().packets(Verdict.FORWARD) - forwardedBefore) + " packets");
    }

    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int forward() {
        return worker.forwardBatches(BATCHES);
    }

    /** The same traffic sent back unseen. */
    @Benchmark
    @OperationsPerInvocation(PACKETS)
    public int ringsOnly() {
        int sent = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            worker.traffic.receive();
            final int received = worker.port.receive(addresses, lengths, 0, MemoryDirector.BATCH);
            sent += worker.port.transmit(addresses, lengths, 0, received);
            worker.port.kick();
            worker.port.recycle();
            worker.traffic.send();
        }
        return sent;
    }
}
