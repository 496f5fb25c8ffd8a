package io.ringvs.fastpath;

import java.util.List;

import io.ringvs.ring.FrameStack;
import io.ringvs.ring.Port;
import io.ringvs.ring.Umem;

/**
 * What a worker receives from and sends to.
 *
 * @param umem   its packet memory
 * @param frames the free frames of that memory
 * @param ports  its ports, all over that memory; it receives on all of them and sends on the first one of the interface
 *               that a real server is behind
 * @param host   takes what IPVS leaves to the host, or null to drop it
 * @param localOutputs what real servers on the host itself send, on interfaces that there are ports of
 */
public record WorkerIo(
    Umem umem, FrameStack frames, List<Port> ports, HostPath host, List<LocalOutput> localOutputs) {

    public WorkerIo {
        ports = List.copyOf(ports);
        localOutputs = List.copyOf(localOutputs);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a worker needs at least one port");
        }
    }

    /** Of a worker that sees nothing of local real servers. */
    public WorkerIo(final Umem umem, final FrameStack frames, final List<Port> ports, final HostPath host) {
        this(umem, frames, ports, host, List.of());
    }
}
