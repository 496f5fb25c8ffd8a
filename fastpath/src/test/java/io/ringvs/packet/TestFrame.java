package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.conntab.FlowBatch;

import org.agrona.UnsafeApi;

/** Memory for one frame with room before it, and a parser for it. */
public final class TestFrame implements AutoCloseable {
    private static final int OFFSET = 256;
    private static final int SIZE = 4096;

    private final long memory = UnsafeApi.allocateMemory(SIZE);
    private final PacketBatch batch = new PacketBatch(1);
    private final FlowBatch flows = new FlowBatch(4);
    private final PacketParser parser = new PacketParser(memory, batch, flows);

    /** Puts a frame there and returns its {@link ParsedHeaders}. */
    public long parse(final byte[] frame) {
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(memory + OFFSET + i, frame[i]);
        }
        batch.addresses[0] = OFFSET;
        batch.lengths[0] = frame.length;
        batch.count = 1;
        parser.parse();
        assertEquals(Verdict.UNDECIDED, Verdict.ofCode(batch.verdicts[0]));
        return batch.headers[0];
    }

    public long pointer() {
        return memory + OFFSET;
    }

    /** Reads bytes from {@code offset}, which may be negative, on. */
    public byte[] read(final int offset, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = UnsafeApi.getByte(memory + OFFSET + offset + i);
        }
        return bytes;
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(memory);
        flows.close();
    }
}
