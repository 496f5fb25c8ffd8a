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
 */
public record WorkerIo(Umem umem, FrameStack frames, List<Port> ports, HostPath host) {
    public WorkerIo {
        ports = List.copyOf(ports);
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a worker needs at least one port");
        }
    }
}
