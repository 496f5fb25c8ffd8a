package io.ringvs.director;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

import io.ringvs.fastpath.HostPath;
import io.ringvs.fastpath.LocalOutput;
import io.ringvs.fastpath.WorkerConfig;
import io.ringvs.fastpath.WorkerIo;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.PollSet;
import io.ringvs.ring.Port;
import io.ringvs.ring.RingSizes;
import io.ringvs.ring.Umem;
import io.ringvs.ring.XskOptions;
import io.ringvs.ring.XskSocket;
import io.ringvs.xdp.AttachOptions;
import io.ringvs.xdp.InterfaceProbe;
import io.ringvs.xdp.LocalServerProgram;
import io.ringvs.xdp.SteeringMap;
import io.ringvs.xdp.XdpException;
import io.ringvs.xdp.XdpProgram;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interfaces that the director serves: on each the steering program, and for each worker a UMEM with a socket on
 * its queues of every interface, so that a frame received on one can leave by another.
 *
 * <pre>
 *   queue q of every interface belongs to worker q mod workers
 * </pre>
 *
 * <p><b>Threading:</b> opened and closed by the starting thread; what it gives to a worker is the worker's.
 *
 * <p><b>Errors:</b> one sentence for the operator; whatever was opened before is closed again.
 */
final class PacketInterfaces implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(PacketInterfaces.class);
    /** Frames beyond what the rings can hold: batches under work and parked packets. */
    private static final int SPARE_FRAMES = 1024;
    /** What a busy-polling call takes from the device at most: a batch. */
    private static final int BUSY_POLL_PACKETS = WorkerConfig.DEFAULT_BATCH_SIZE;

    private final DirectorConfig config;
    private final SteeringMap steeringMap;
    private final List<XdpProgram> programs = new ArrayList<>();
    private final List<LocalServerProgram> localServerPrograms = new ArrayList<>();
    /** Of the interfaces whose egress is looked at, by their index. */
    private final Map<Integer, TapDevice> taps = new LinkedHashMap<>();
    private final List<XskSocket> sockets = new ArrayList<>();
    private final List<WorkerIo> workerIos = new ArrayList<>();
    private final List<PollSet> pollSets = new ArrayList<>();
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private PacketInterfaces(final DirectorConfig config) {
        this.config = config;
        this.steeringMap = keep(SteeringMap.create(SteeringMap.DEFAULT_MAX_KEYS));
    }

    /** Workers that serve these interfaces: as many as cores were named, or else as queues the interfaces have. */
    static int workers(final DirectorConfig config) {
        int queues = Integer.MAX_VALUE;
        for (final String name : config.interfaces()) {
            queues = Math.min(queues, InterfaceProbe.of(name).queues());
        }
        if (config.cores().isEmpty()) {
            return queues;
        }
        for (final String name : config.interfaces()) {
            final int have = InterfaceProbe.of(name).queues();
            if (have < config.cores().size()) {
                throw new StartException(name + " has " + have + (have == 1 ? " queue" : " queues")
                    + " but --cores names " + config.cores().size()
                    + " workers; name fewer, or raise the queues with `ethtool -L "
                    + name + " combined " + config.cores().size() + "`");
            }
        }
        return config.cores().size();
    }

    /** Attaches the programs and opens the sockets. Nothing is steered yet. */
    static PacketInterfaces open(final DirectorConfig config, final int workers, final HostPath host) {
        final PacketInterfaces interfaces = new PacketInterfaces(config);
        try {
            for (final String name : config.interfaces()) {
                interfaces.attach(name, workers);
            }
            final XskOptions options = interfaces.socketOptions();
            for (int worker = 0; worker < workers; worker++) {
                interfaces.openSockets(worker, workers, options, host);
            }
            return interfaces;
        } catch (final RuntimeException e) {
            interfaces.close();
            throw e;
        }
    }

    private void attach(final String name, final int workers) {
        final InterfaceProbe probe = InterfaceProbe.of(name);
        if (!probe.up()) {
            throw new StartException(
                "interface " + name + " is down; bring it up with `ip link set " + name + " up`");
        }
        final AttachOptions options = config.attach().options().withForce(config.force());
        final XdpProgram program = XdpProgram.attach(name, steeringMap, options);
        programs.add(program);
        takeLocalOutput(program, workers);
    }

    /** A kernel that cannot have its egress looked at serves everything but real servers on the director itself. */
    private void takeLocalOutput(final XdpProgram program, final int workers) {
        final TapDevice tap = keep(TapDevice.open("ringvs%d", workers));
        try {
            localServerPrograms.add(LocalServerProgram.attach(program, tap.index()));
            taps.put(program.device().index(), tap);
        } catch (final XdpException e) {
            LOGGER.warn("Answers of real servers on the director itself will not be translated: {}", e.getMessage());
        }
    }

    /** A worker's sockets share packet memory, and with it the mode of its first, which is the first interface's. */
    private XskOptions socketOptions() {
        final XskOptions options = XskOptions.DEFAULT.withSizes(RingSizes.same(config.ringSize()))
            .withBusyPoll(config.busyPollMicros(), BUSY_POLL_PACKETS);
        final String why = config.zeroCopy()
            ? XskSocket.whyNoZeroCopy(programs.get(0).interfaceName(), 0) : "it was not asked for";
        return why.isEmpty() ? options : options.copyOnly(why);
    }

    private int frameSize(final XskOptions options) {
        return config.frameSize() == Umem.MIN_FRAME_SIZE && !options.tryZeroCopy()
            ? Umem.STAGGERED_FRAME_SIZE : config.frameSize();
    }

    private void openSockets(
        final int worker, final int workers, final XskOptions options, final HostPath host) {
        final int ports = queuesOf(worker, workers);
        final Umem umem = keep(
            Umem.map(ports * options.sizes().framesHeld() + SPARE_FRAMES, frameSize(options), 0));
        final FrameStack frames = new FrameStack(umem);
        final List<Port> workerPorts = new ArrayList<>();
        final List<XskSocket> workerSockets = new ArrayList<>();
        for (final XdpProgram program : programs) {
            for (int queue = worker; queue < program.device().queues(); queue += workers) {
                final XskSocket socket = keep(workerSockets.isEmpty()
                    ? XskSocket.open(program.interfaceName(), queue, umem, options)
                    : workerSockets.get(0).openSharing(program.interfaceName(), queue, options));
                workerSockets.add(socket);
                workerPorts.add(socket.port(frames));
                program.xskMap().put(queue, socket.fd());
            }
        }
        sockets.addAll(workerSockets);
        final List<LocalOutput> localOutputs = new ArrayList<>();
        taps.forEach((interfaceIndex, tap) -> localOutputs.add(tap.queue(worker, interfaceIndex)));
        workerIos.add(new WorkerIo(umem, frames, workerPorts, host, localOutputs));
        pollSets.add(keep(new PollSet(IntStream.concat(workerSockets.stream().mapToInt(XskSocket::fd),
            taps.values().stream().mapToInt(tap -> tap.fd(worker))).toArray())));
    }

    private int queuesOf(final int worker, final int workers) {
        int queues = 0;
        for (final XdpProgram program : programs) {
            queues += (program.device().queues() - worker + workers - 1) / workers;
        }
        return queues;
    }

    SteeringMap steeringMap() {
        return steeringMap;
    }

    List<XdpProgram> programs() {
        return programs;
    }

    List<XskSocket> sockets() {
        return sockets;
    }

    WorkerIo worker(final int number) {
        return workerIos.get(number);
    }

    PollSet pollSet(final int number) {
        return pollSets.get(number);
    }

    /** Takes the programs off: from now on every frame goes to the kernel. */
    void detach() {
        localServerPrograms.forEach(LocalServerProgram::close);
        localServerPrograms.clear();
        programs.forEach(XdpProgram::close);
        programs.clear();
    }

    /** The workers have ended. */
    @Override
    public void close() {
        detach();
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (final Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private <T extends AutoCloseable> T keep(final T resource) {
        opened.push(resource);
        return resource;
    }
}
