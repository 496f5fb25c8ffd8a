package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulingRequest;
import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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
 * One choice of a scheduler for a client that was not seen before.
 *
 * <p>{@code choose} leaves the counters alone. {@code chooseAndCount} does what a director with steady traffic does:
 * choose, count the connection, and end the oldest one; {@code countOnly} does the same without a choice, so the
 * difference of the two is the price of a choice among moving counters. Give {@code -t 2} to see two workers share one
 * service.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
public class SchedulerChoiceBenchmark {
    @State(Scope.Benchmark)
    public static class Service {
        @Param({"rr", "wrr", "lc", "wlc", "lblc", "lblcr", "dh", "sh", "sed", "nq", "fo", "ovf", "mh", "twos"})
        public String scheduler;
        @Param({"2", "10", "100", "1000", "10000"})
        public int servers;
        SchedulerService service;
        Scheduler chosen;

        @Setup
        public void build() {
            service = new SchedulerService(scheduler, servers);
            chosen = service.build();
        }

        @TearDown
        public void close() {
            service.close();
        }
    }

    /** A worker's clients, and its open connections from oldest to newest. */
    @State(Scope.Thread)
    public static class Worker {
        final SchedulingRequest request = new SchedulingRequest();
        int[] connections;
        int oldest;

        @Setup
        public void open(final Service service) {
            request.family = Family.IPV4;
            request.protocol = IpProtocol.TCP;
            request.clientPort = 50_000;
            connections = new int[4 * service.servers];
            for (int i = 0; i < connections.length; i++) {
                connections[i] = i % service.servers;
                service.service.live.connectionBound(connections[i], true);
            }
        }

        SchedulingRequest nextClient() {
            request.clientWord0 = request.clientWord0 * 1_664_525 + 1_013_904_223 & 0xffff_ffffL;
            request.virtualWord0 = request.clientWord0 & 0xff_000000L;
            return request;
        }
    }

    @Benchmark
    public int choose(final Service service, final Worker worker) {
        return service.chosen.select(worker.nextClient());
    }

    @Benchmark
    public int chooseAndCount(final Service service, final Worker worker) {
        return count(service, worker, service.chosen.select(worker.nextClient()));
    }

    @Benchmark
    public int countOnly(final Service service, final Worker worker) {
        final int random = (int) (worker.nextClient().clientWord0 >>> 8);
        return count(service, worker, (int) ((random & 0xffffffL) * service.servers >>> 24));
    }

    private static int count(final Service service, final Worker worker, final int id) {
        if (id < 0) {
            return id; // ovf: every server has more connections than its weight
        }
        final int index = worker.oldest;
        service.service.live.connectionUnbound(worker.connections[index], true);
        service.service.live.connectionBound(id, true);
        worker.connections[index] = id;
        worker.oldest = index + 1 == worker.connections.length ? 0 : index + 1;
        return id;
    }
}
