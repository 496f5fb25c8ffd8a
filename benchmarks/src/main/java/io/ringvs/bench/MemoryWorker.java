package io.ringvs.bench;

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

/**
 * A worker of a {@link MemoryDirector} on one port in memory, with clients of its own.
 *
 * <p><b>Threading:</b> one thread at a time.
 */
public final class MemoryWorker {
    private static final int INTERFACE = MemoryDirector.INTERFACE;
    private static final int BATCH = MemoryDirector.BATCH;

    public final WorkerIo io;
    public final Worker worker;
    public final Port port;
    public final FlowTraffic traffic;

    /** Its clients' flows are {@code firstFlow} and those behind it. */
    MemoryWorker(
        final int number, final DirectorState state, final int firstFlow, final int flows, final RingSizes sizes,
        final NanoClock clock) {
        final Umem umem = Umem.map(sizes.framesHeld() + BATCH, Umem.STAGGERED_FRAME_SIZE, 0);
        final FrameStack frames = new FrameStack(umem);
        final MemoryRings rings = new MemoryRings(umem, sizes);
        port = rings.port(INTERFACE, number, frames);
        io = new WorkerIo(umem, frames, List.of(port), null);
        worker = new Worker(new WorkerConfig(number, WorkerConfig.ANY_CPU, BATCH), state, io, clock);
        traffic = new FlowTraffic(umem, rings.kernel(), firstFlow, flows, BATCH);
        worker.onStart();
    }

    /** So many batches, one after the other. */
    public int forwardBatches(final int batches) {
        int worked = 0;
        for (int batch = 0; batch < batches; batch++) {
            worked += forwardBatch();
        }
        return worked;
    }

    /** One batch from the kernel's side through the worker and back. */
    public int forwardBatch() {
        traffic.receive();
        final int worked = worker.doWork();
        traffic.send();
        return worked;
    }
}
