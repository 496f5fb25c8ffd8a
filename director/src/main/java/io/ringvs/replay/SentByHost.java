package io.ringvs.replay;

import java.util.ArrayDeque;
import java.util.Deque;

import io.ringvs.fastpath.LocalOutput;

import org.agrona.concurrent.UnsafeBuffer;

/** What local real servers send on one interface of a host in memory. */
final class SentByHost implements LocalOutput {
    private final int interfaceIndex;
    private final Deque<byte[]> frames = new ArrayDeque<>();

    SentByHost(final int interfaceIndex) {
        this.interfaceIndex = interfaceIndex;
    }

    void send(final byte[] frame) {
        frames.add(frame);
    }

    @Override
    public int interfaceIndex() {
        return interfaceIndex;
    }

    @Override
    public int read(final long pointer, final int room) {
        byte[] frame = frames.poll();
        while (frame != null && frame.length > room) {
            frame = frames.poll();
        }
        if (frame == null) {
            return 0;
        }
        new UnsafeBuffer(pointer, frame.length).putBytes(0, frame);
        return frame.length;
    }
}
