package io.ringvs.director;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

import io.ringvs.fastpath.HostPath;
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
import io.ringvs.xdp.SteeringMap;
import io.ringvs.xdp.XdpProgram;

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
    /** Frames beyond what the rings can hold: batches under work and parked packets. */
    private static final int SPARE_FRAMES = 1024;

    private final DirectorConfig config;
    private final SteeringMap steeringMap;
    private final List<XdpProgram> programs = new ArrayList<>();
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
                throw new StartException(name + " has " + have + (have == 1 ? " queue" : " queues") + " but --cores names "
                    + config.cores().size() + " workers; name fewer, or raise the queues with `ethtool -L "
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
                interfaces.attach(name);
            }
            for (int worker = 0; worker < workers; worker++) {
                interfaces.openSockets(worker, workers, host);
            }
            return interfaces;
        } catch (final RuntimeException e) {
            interfaces.close();
            throw e;
        }
    }

    private void attach(final String name) {
        final InterfaceProbe probe = InterfaceProbe.of(name);
        if (!probe.up()) {
            throw new StartException(
                "interface " + name + " is down; bring it up with `ip link set " + name + " up`");
        }
        final AttachOptions options = config.attach().options().withForce(config.force());
        programs.add(XdpProgram.attach(name, steeringMap, options));
    }

    private void openSockets(final int worker, final int workers, final HostPath host) {
        XskOptions options = XskOptions.DEFAULT.withSizes(RingSizes.same(config.ringSize()));
        options = config.zeroCopy() ? options : options.copyOnly();
        final int ports = queuesOf(worker, workers);
        final Umem umem = keep(
            Umem.map(ports * options.sizes().framesHeld() + SPARE_FRAMES, config.frameSize(), 0));
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
        workerIos.add(new WorkerIo(umem, frames, workerPorts, host));
        pollSets.add(keep(new PollSet(workerSockets.stream().mapToInt(XskSocket::fd).toArray())));
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
