package io.ringvs.bench;

import java.util.concurrent.TimeUnit;

import io.ringvs.sched.Scheduler;
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

/** What the control thread pays for schedulers when rules change: all servers of a service told and its tables made. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class SchedulerBuildBenchmark {
    @Param({"rr", "wrr", "wlc", "sh", "mh"})
    public String scheduler;
    @Param({"10", "1000", "10000"})
    public int servers;
    private SchedulerService service;
    private SchedulerService[] thousand;

    @Setup
    public void open() {
        service = new SchedulerService(scheduler, servers);
        thousand = new SchedulerService[1000];
        for (int i = 0; i < thousand.length; i++) {
            thousand[i] = new SchedulerService(scheduler, 10);
        }
    }

    @TearDown
    public void close() {
        service.close();
        for (final SchedulerService each : thousand) {
            each.close();
        }
    }

    /** One service of {@code servers} real servers. */
    @Benchmark
    public Scheduler oneService() {
        return service.build();
    }

    /** The schedulers of a whole snapshot: 1000 services of 10 real servers each, whatever {@code servers} says. */
    @Benchmark
    public Scheduler thousandServices() {
        Scheduler last = null;
        for (final SchedulerService each : thousand) {
            last = each.build();
        }
        return last;
    }
}
