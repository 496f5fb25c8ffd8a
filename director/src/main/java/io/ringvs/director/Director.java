package io.ringvs.director;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.Ticks;
import io.ringvs.control.Steering;
import io.ringvs.control.TableConnections;
import io.ringvs.director.metrics.MetricsServer;
import io.ringvs.fastpath.AdaptiveIdle;
import io.ringvs.fastpath.Defences;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.fastpath.HostMemory;
import io.ringvs.fastpath.Worker;
import io.ringvs.fastpath.WorkerConfig;
import io.ringvs.linux.CallingThread;
import io.ringvs.linux.Capabilities;
import io.ringvs.linux.Capability;
import io.ringvs.linux.NativeCallException;
import io.ringvs.linux.ProcessThreads;
import io.ringvs.ring.XskException;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;
import io.ringvs.xdp.XdpException;

import org.agrona.concurrent.AgentRunner;
import org.agrona.concurrent.BusySpinIdleStrategy;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.NoOpIdleStrategy;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running director: the shared state, the interfaces, one thread per worker and the control thread.
 *
 * <p>Started in that order and ended in the reverse one, except that the steering programs are taken off first: from
 * then on the kernel has the traffic.
 *
 * <p><b>Threading:</b> started and closed by one thread.
 *
 * <p><b>Errors:</b> {@link StartException} or another exception with one sentence for the operator; nothing is left
 * open.
 */
final class Director implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(Director.class);
    /** Destinations at most, removed ones that still have connections included. */
    private static final int MAX_DESTINATIONS = 1 << 20;
    /** Counted objects at most: destinations, services and the total. */
    private static final int MAX_COUNTED = 1 << 21;
    /** The thread of HotSpot that stops the others and does what they are stopped for. */
    private static final String SAFEPOINT_THREAD = "VM Thread";
    /** How names of its optimizing compiler's and its concurrent collector's threads begin. */
    private static final List<String> BACKGROUND_THREADS = List.of("C2 CompilerThre", "ZWorker#");

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final DirectorConfig config;
    private final int workerCount;
    private final List<Worker> workers = new ArrayList<>();
    private final DirectorState state;
    private PacketInterfaces interfaces;
    private ControlPlane control;
    private AgentRunner controlRunner;
    private MetricsServer metrics;

    private Director(final DirectorConfig config) {
        this.config = config;
        this.workerCount = config.interfaces().isEmpty() ? 0 : PacketInterfaces.workers(config);
        this.state = state();
    }

    /** Starts everything; on return the control socket answers and frames of virtual services are taken. */
    static Director start(final DirectorConfig config) {
        Director director = null;
        try {
            director = new Director(config);
            director.open();
            return director;
        } catch (final XdpException | XskException | NativeCallException e) {
            close(director);
            throw new StartException(e.getMessage(), e);
        } catch (final RuntimeException e) {
            close(director);
            throw e;
        }
    }

    private static void close(final Director director) {
        if (director != null) {
            director.close();
        }
    }

    private DirectorState state() {
        final WorkerEpochs epochs = new WorkerEpochs(workerCount + 1); // the last one is the control thread's
        final DestinationTable destinations = keep(new DestinationTable(MAX_DESTINATIONS));
        final Statistics statistics = keep(new Statistics(workerCount + 1, MAX_COUNTED));
        final ConnectionTable table = keep(new ConnectionTable(
            config.maxConnections(), destinations, epochs, new MappedMemory(), Ticks.ofNanos(System.nanoTime())));
        return new DirectorState(
            new SnapshotPublisher(epochs), table, destinations, statistics, config.ftpPorts());
    }

    private void open() {
        Steering steering = Steering.NONE;
        if (workerCount != 0) {
            final TunDevice tun = keep(TunDevice.open("ringvs%d"));
            interfaces = keep(PacketInterfaces.open(config, workerCount, tun));
            steering = new SteeringMapUpdate(interfaces.steeringMap());
            leaveCoresToWorkers();
            orderJvmThreads();
            for (int number = 0; number < workerCount; number++) {
                startWorker(number);
            }
        }
        final Defences defences = new Defences(state, new HostMemory());
        final DurableRules durable = keep(DurableRules.of(config.rules()));
        control = keep(new ControlPlane(config, state, steering,
            new TableConnections(state.table(), () -> Ticks.ofNanos(System.nanoTime())),
            defences, new StatusReading(state, interfaces, workers, defences, System::nanoTime),
            interfaces == null ? List.of() : interfaces.programs(), durable));
        control.begin();
        controlRunner = new AgentRunner(NoOpIdleStrategy.INSTANCE, Director::report, null, control);
        AgentRunner.startOnThread(controlRunner);
        openMetrics();
        logStart();
        giveUpPrivileges();
    }

    /** Everything is open: from here on, one thread changes maps and asks the kernel for neighbours. */
    private void giveUpPrivileges() {
        String sentence;
        try {
            Capabilities.keepOnly(Set.of(Capability.CAP_NET_ADMIN, Capability.CAP_BPF));
            sentence = "capabilities held: ";
        } catch (final NativeCallException e) {
            sentence = "capabilities could NOT be given up (" + e.getMessage() + "); held: ";
        }
        final Set<Capability> held = Capability.effective();
        sentence += held.isEmpty() ? "none"
            : held.stream().map(Capability::name).collect(Collectors.joining(", "));
        control.privileges(sentence);
        LOGGER.info("{}", sentence);
    }

    private void openMetrics() {
        if (config.metrics() != null) {
            try {
                metrics = MetricsServer.open(config.metrics(), control::scrape);
                LOGGER.info("Metrics at http:/{}/metrics", config.metrics());
            } catch (final IOException e) {
                throw new StartException("metrics cannot be served at " + config.metrics() + ": " + e.getMessage()
                    + "; choose another address with --metrics", e);
            }
        }
    }

    /**
     * Takes all threads that there are off the workers' cores, where others are left: a compiler or the control thread
     * that runs there for a time slice makes packets wait some milliseconds.
     */
    private void leaveCoresToWorkers() {
        final int[] others = Arrays.stream(CallingThread.allowedCpus())
            .filter(cpu -> !config.cores().contains(cpu)).toArray();
        if (!config.cores().isEmpty() && others.length != 0) {
            ProcessThreads.allowCpus(others);
        }
    }

    /**
     * Lets the JVM's own thread run as soon as it can: workers that stand at a safepoint wait for it, and so would for
     * whatever else has its processor. Rule changes in turn do not wait for compilers and the collector.
     */
    private static void orderJvmThreads() {
        BACKGROUND_THREADS.forEach(ProcessThreads::runLater);
        try {
            ProcessThreads.runFirst(SAFEPOINT_THREAD);
        } catch (final NativeCallException e) {
            LOGGER.info("Workers may stand still for longer at safepoints when the machine is busy, as the JVM's "
                + "thread cannot go first: {}; start with CAP_SYS_NICE", e.getMessage());
        }
    }

    private void startWorker(final int number) {
        final int cpu = config.cores().isEmpty() ? WorkerConfig.ANY_CPU : config.cores().get(number);
        final Worker worker = keep(new Worker(
            new WorkerConfig(number, cpu, WorkerConfig.DEFAULT_BATCH_SIZE), state, interfaces.worker(number),
            SystemNanoClock.INSTANCE));
        workers.add(worker);
        final IdleStrategy idle = config.idle() == DirectorConfig.Idle.BUSY
            ? BusySpinIdleStrategy.INSTANCE : new AdaptiveIdle(worker, interfaces.pollSet(number));
        AgentRunner.startOnThread(keep(new AgentRunner(idle, Director::report, null, worker)));
    }

    private void logStart() {
        if (workerCount == 0) {
            LOGGER.info("Serving {} without packets", config.socket());
            return;
        }
        interfaces.programs().forEach(program -> LOGGER.info("{}", program));
        interfaces.sockets().forEach(socket -> LOGGER.info("AF_XDP socket on {}", socket));
        LOGGER.info("Serving {} with {} worker{}", config.socket(), workerCount, workerCount == 1 ? "" : "s");
    }

    /** Puts settings of a configuration file that was read again in force; any thread. */
    void reload(final IpvsSettings initial, final List<String> changes) {
        control.reload(initial, changes);
    }

    private static void report(final Throwable fault) {
        LOGGER.error("A duty cycle failed", fault);
    }

    @Override
    public void close() {
        if (metrics != null) {
            metrics.close(); // it asks the control thread, which reads what is closed next
        }
        if (interfaces != null) {
            interfaces.detach();
        }
        if (controlRunner != null) {
            control.wakeup();
            controlRunner.close();
        }
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (final Exception e) {
                LOGGER.error("Something could not be closed", e);
            }
        }
    }

    private <T extends AutoCloseable> T keep(final T resource) {
        opened.push(resource);
        return resource;
    }
}
