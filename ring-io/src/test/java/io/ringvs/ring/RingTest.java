package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The four rings, looked at as the bytes that the kernel sees. */
class RingTest {
    private static final int SIZE = 8;
    private static final int PRODUCER = 0;
    private static final int CONSUMER = 64;
    private static final int FLAGS = 68;
    private static final int ENTRIES = 128;
    private static final int BLOCK = ENTRIES + SIZE * 16;

    private long block;
    private RingMemory memory;

    @BeforeEach
    void allocate() {
        block = UnsafeApi.allocateMemory(BLOCK);
        UnsafeApi.setMemory(block, BLOCK, (byte)0);
        memory = new RingMemory(block + PRODUCER, block + CONSUMER, block + FLAGS, block + ENTRIES, SIZE);
    }

    @AfterEach
    void free() {
        UnsafeApi.freeMemory(block);
    }

    @Test
    void shouldLayOutDescriptorsAsTheKernelDoes() {
        final TxRing ring = new TxRing(memory);
        assertEquals(2, ring.reserve(2));
        ring.write(0, 0x1122334455667788L, 0x01020304);
        UnsafeApi.putInt(block + ENTRIES + 16 + 12, -1);
        ring.write(1, 0x99L, 60);
        assertEquals(0, UnsafeApi.getInt(block + PRODUCER), "not visible before submit");

        ring.submit(2);

        assertEquals(2, UnsafeApi.getInt(block + PRODUCER));
        assertEquals(0x1122334455667788L, UnsafeApi.getLong(block + ENTRIES));
        assertEquals(0x01020304, UnsafeApi.getInt(block + ENTRIES + 8));
        assertEquals(0, UnsafeApi.getInt(block + ENTRIES + 12));
        assertEquals(0x99L, UnsafeApi.getLong(block + ENTRIES + 16));
        assertEquals(60, UnsafeApi.getInt(block + ENTRIES + 24));
        assertEquals(0, UnsafeApi.getInt(block + ENTRIES + 28), "options of an earlier descriptor are cleared");
    }

    @Test
    void shouldLayOutAddressesAsTheKernelDoes() {
        final FillRing ring = new FillRing(memory);
        assertEquals(2, ring.reserve(2));
        ring.write(0, 0x1122334455667788L);
        ring.write(1, 4096);
        ring.submit(2);

        assertEquals(0x1122334455667788L, UnsafeApi.getLong(block + ENTRIES));
        assertEquals(4096, UnsafeApi.getLong(block + ENTRIES + 8));
    }

    @Test
    void shouldTellHowFullItIsAcrossTheIndexesEnd() {
        UnsafeApi.putInt(block + PRODUCER, Integer.MIN_VALUE + 2);
        UnsafeApi.putInt(block + CONSUMER, Integer.MAX_VALUE - 1);
        assertEquals(4, memory.filled());
        UnsafeApi.putInt(block + CONSUMER, Integer.MIN_VALUE + 2);
        assertEquals(0, memory.filled());
    }

    @Test
    void shouldReadDescriptorsTheKernelProduced() {
        final RxRing ring = new RxRing(memory);
        assertEquals(0, ring.peek(64));
        UnsafeApi.putLong(block + ENTRIES + 16, 0x1122334455667788L);
        UnsafeApi.putInt(block + ENTRIES + 24, 1514);
        UnsafeApi.putInt(block + PRODUCER, 2);

        assertEquals(2, ring.peek(64));
        assertEquals(1, ring.peek(1));
        assertEquals(0x3344_5566_7788L + 0x1122, ring.address(1), "the frame, and how far into it the packet begins");
        assertEquals(1514, ring.length(1));
        assertEquals(0, UnsafeApi.getInt(block + CONSUMER), "not given back before release");
        ring.release(2);
        assertEquals(2, UnsafeApi.getInt(block + CONSUMER));
        assertEquals(0, ring.peek(64));
    }

    @Test
    void shouldReadAddressesTheKernelProduced() {
        UnsafeApi.putLong(block + ENTRIES + 8, 0x1122334455667788L);
        UnsafeApi.putInt(block + PRODUCER, 2);
        final CompletionRing ring = new CompletionRing(memory);

        assertEquals(2, ring.peek(8));
        assertEquals(0x1122334455667788L, ring.address(1));
    }

    @Test
    void shouldGrantWhatIsFreeGivenRingFills() {
        final FillRing ring = new FillRing(memory);
        assertEquals(5, ring.reserve(5));
        assertEquals(5, ring.reserve(5), "reserving takes nothing");
        ring.submit(5);
        assertEquals(3, ring.reserve(5));
        ring.submit(3);
        assertEquals(0, ring.reserve(1));
        assertEquals(8, ring.pending());

        UnsafeApi.putInt(block + CONSUMER, 1);

        assertEquals(1, ring.reserve(5));
        assertEquals(7, ring.pending());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, -3, Integer.MAX_VALUE - 2, Integer.MIN_VALUE})
    void shouldCarryEntriesInOrderGivenIndexesWrapAround(final int start) {
        UnsafeApi.putInt(block + PRODUCER, start);
        UnsafeApi.putInt(block + CONSUMER, start);
        final TxRing producer = new TxRing(memory);
        final RxRing consumer = new RxRing(memory);
        long written = 0;
        long read = 0;

        for (int round = 0; round < 50; round++) {
            final int granted = producer.reserve(1 + round % SIZE);
            for (int i = 0; i < granted; i++) {
                producer.write(i, written, (int)written);
                written++;
            }
            producer.submit(granted);
            final int available = consumer.peek(1 + (round * 5) % SIZE);
            for (int i = 0; i < available; i++) {
                assertEquals(read, consumer.address(i));
                assertEquals(read, consumer.length(i));
                read++;
            }
            consumer.release(available);
        }
        assertTrue(read > 100, "read only " + read);
        assertEquals(written, read + consumer.peek(SIZE));
    }

    @Test
    void shouldContinueFromTheIndexesFoundInMemory() {
        UnsafeApi.putInt(block + PRODUCER, 7);
        UnsafeApi.putInt(block + CONSUMER, 4);

        assertEquals(3, new RxRing(memory).peek(8));
        assertEquals(5, new TxRing(memory).reserve(8));
    }

    @Test
    void shouldAskForWakeupOnlyByBitZero() {
        final TxRing ring = new TxRing(memory);
        assertFalse(ring.needsWakeup());
        UnsafeApi.putInt(block + FLAGS, 2);
        assertFalse(ring.needsWakeup());
        UnsafeApi.putInt(block + FLAGS, 3);
        assertTrue(ring.needsWakeup());
    }

    @Test
    void shouldRefuseSizesThatAreNoPowerOfTwo() {
        assertThrows(IllegalArgumentException.class, () -> new RingMemory(0, 0, 0, 0, 6));
        assertThrows(IllegalArgumentException.class, () -> new RingMemory(0, 0, 0, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new RingMemory(0, 0, 0, 0, Integer.MIN_VALUE));
        assertEquals("the TX ring must have a power of two of entries, at most 1048576, not 100",
            assertThrows(IllegalArgumentException.class, () -> new RingSizes(64, 128, 64, 100)).getMessage());
        assertEquals("the completion ring must not be smaller than the TX ring (64 < 128 entries)",
            assertThrows(IllegalArgumentException.class, () -> new RingSizes(64, 64, 64, 128)).getMessage());
    }

    @Test
    void shouldKeepTwoThreadsOffEachOthersLinesInMemoryRings() {
        assertTrue(MemoryRings.CONSUMER - MemoryRings.PRODUCER >= 128);
        assertTrue(MemoryRings.FLAGS - MemoryRings.CONSUMER >= 128);
        assertTrue(MemoryRings.ENTRIES - MemoryRings.FLAGS >= 128);
        try (Umem umem = Umem.map(8, 2048, 0); MemoryRings rings = new MemoryRings(umem, RingSizes.same(4))) {
            assertEquals(0, rings.rings().rx().memory().producer() % 128);
            assertEquals(0, rings.rings().tx().memory().entries() % 128);
        }
    }
}
