package io.ringvs.fastpath;

import io.ringvs.packet.PacketBatch;
import io.ringvs.ring.FrameStack;
import io.ringvs.ring.Umem;

/**
 * Receives what local real servers send into frames of the worker's packet memory.
 *
 * <p><b>Threading:</b> one worker.
 */
final class LocalOutputs {
    private final LocalOutput[] outputs;
    private final Umem umem;
    private final FrameStack frames;

    LocalOutputs(final WorkerIo io) {
        outputs = io.localOutputs().toArray(new LocalOutput[0]);
        umem = io.umem();
        frames = io.frames();
    }

    int size() {
        return outputs.length;
    }

    /**
     * Fills the batch with what was sent on one of the interfaces.
     *
     * @param number of the interface, from 0 to {@link #size}
     */
    void receive(final int number, final PacketBatch batch) {
        final LocalOutput output = outputs[number];
        int count = 0;
        while (count < batch.capacity() && frames.size() != 0) {
            final long address = frames.pop() + umem.receiveOffset();
            final int length = output.read(umem.pointer(address), umem.maxPacketBytes());
            if (length == 0) {
                frames.push(address);
                break;
            }
            batch.addresses[count] = address;
            batch.lengths[count] = length;
            // a frame that the parser makes nothing of gets none
            batch.headers[count] = 0;
            count++;
        }
        batch.count = count;
        batch.interfaceIndex = output.interfaceIndex();
    }
}
