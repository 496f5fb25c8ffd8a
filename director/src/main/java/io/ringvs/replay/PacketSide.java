package io.ringvs.replay;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.fastpath.DirectorState;
import io.ringvs.fastpath.Worker;
import io.ringvs.fastpath.WorkerConfig;
import io.ringvs.fastpath.WorkerIo;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.MemoryRings;
import io.ringvs.ring.Port;
import io.ringvs.ring.RingSizes;
import io.ringvs.ring.Umem;
import org.agrona.concurrent.NanoClock;
import org.agrona.concurrent.UnsafeBuffer;

/** The one worker of a replay, with a port on rings in memory for each interface. */
final class PacketSide implements AutoCloseable {
    private static final RingSizes SIZES = RingSizes.same(128);
    private static final int FRAMES_PER_PORT = 512;
    private static final int HEADROOM = 0;

    private final List<String> interfaces;
    private final Umem umem;
    private final List<MemoryRings> rings = new ArrayList<>();
    private final List<SentByHost> sent = new ArrayList<>();
    private final Worker worker;
    /** The last frame that was left to the host, or null. */
    private byte[] leftToHost;

    /** @param interfaces their names; the first has index 1, and so on */
    PacketSide(final List<String> interfaces, final DirectorState state, final NanoClock clock) {
        this.interfaces = interfaces;
        umem = Umem.map(FRAMES_PER_PORT * interfaces.size(), Umem.MAX_FRAME_SIZE, HEADROOM);
        final FrameStack frames = new FrameStack(umem);
        final List<Port> ports = new ArrayList<>();
        for (int i = 0; i < interfaces.size(); i++) {
            final MemoryRings each = new MemoryRings(umem, SIZES);
            rings.add(each);
            ports.add(each.port(i + 1, 0, frames));
            sent.add(new SentByHost(i + 1));
        }
        final WorkerIo io = new WorkerIo(umem, frames, ports, this::leaveToHost, List.copyOf(sent));
        worker = new Worker(WorkerConfig.of(0), state, io, clock);
        worker.onStart();
    }

    private boolean leaveToHost(final long pointer, final int length) {
        leftToHost = new byte[length];
        new UnsafeBuffer(pointer, length).getBytes(0, leftToHost);
        return true;
    }

    /**
     * Gives a frame to the worker, which treats it before this returns.
     *
     * @return the frame as it was left to the host, or null if it was not
     */
    byte[] receive(final PortFrame frame) throws ReplayException {
        if (frame.bytes().length > umem.maxPacketBytes()) {
            throw new ReplayException("a frame of " + frame.bytes().length + " bytes at " + frame.interfaceName()
                + " is longer than a packet frame takes, which is " + umem.maxPacketBytes());
        }
        leftToHost = null;
        if (!rings.get(interfaces.indexOf(frame.interfaceName())).kernel().inject(frame.bytes())) {
            throw new IllegalStateException("the worker left no free frame");
        }
        work();
        return leftToHost;
    }

    /** Gives the worker a frame that a local real server sends. */
    void send(final PortFrame frame) {
        sent.get(interfaces.indexOf(frame.interfaceName())).send(frame.bytes());
        work();
    }

    /** Lets the worker do all there is to do now. */
    void work() {
        int work;
        do {
            work = worker.doWork();
        } while (work != 0);
    }

    /** Takes away the frames that came out, in order for each interface. */
    List<PortFrame> collect() {
        final List<PortFrame> out = new ArrayList<>();
        for (int i = 0; i < interfaces.size(); i++) {
            byte[] bytes = rings.get(i).kernel().collect();
            while (bytes != null) {
                out.add(new PortFrame(interfaces.get(i), bytes));
                bytes = rings.get(i).kernel().collect();
            }
        }
        return out;
    }

    @Override
    public void close() {
        worker.onClose();
        worker.close();
        rings.forEach(MemoryRings::close);
        umem.close();
    }
}
