package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UmemTest {
    @Test
    void shouldConvertBetweenAddressAndFrame() {
        try (Umem umem = Umem.map(10, 2048, 64)) {
            assertEquals(3 * 2048L, umem.frameAddress(3));
            assertEquals(3, umem.frameOf(3 * 2048L));
            assertEquals(3, umem.frameOf(4 * 2048L - 1));
            assertEquals(3 * 2048L, umem.frameStart(3 * 2048L + 320));
            assertEquals(3 * 2048L, umem.frameStart(4 * 2048L - 1));
            assertEquals(umem.basePointer() + 100, umem.pointer(100));
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {2048, 2112, 2176, 4032, 4096})
    void shouldFindFrameOfEachOfItsBytesWhateverTheSize(final int frameSize) {
        final int frameCount = 1 << 20;
        try (Umem umem = Umem.map(frameCount, frameSize, 0)) {
            for (int frame = 0; frame < frameCount; frame++) {
                final long first = (long)frame * frameSize;
                assertEquals(first, umem.frameAddress(frame));
                assertEquals(frame, umem.frameOf(first));
                assertEquals(first, umem.frameStart(first + 256));
                assertEquals(first, umem.frameStart(first + frameSize - 1));
            }
            assertEquals(Integer.bitCount(frameSize) != 1, umem.isUnaligned());
        }
    }

    @Test
    void shouldPlacePacketsBehindBothHeadrooms() {
        try (Umem umem = Umem.map(1, 2048, 64)) {
            assertEquals(320, umem.receiveOffset());
            assertEquals(1728, umem.maxPacketBytes());
            assertEquals(64, umem.headroom());
        }
    }

    @Test
    void shouldStartOnHugePageAndBeWritableToTheLastByte() {
        try (Umem umem = Umem.map(1023, 4096, 0)) {
            assertEquals(0, umem.basePointer() & ((2 << 20) - 1));
            assertEquals(1023 * 4096L, umem.lengthBytes());
            UnsafeApi.putLong(umem.pointer(umem.lengthBytes() - 8), 0x1122334455667788L);
            assertEquals(0x1122334455667788L, UnsafeApi.getLong(umem.pointer(umem.lengthBytes() - 8)));
        }
    }

    @Test
    void shouldNumberFramesBeyondTwoGiB() {
        final int frameCount = (1 << 20) + 512;
        try (Umem umem = Umem.map(frameCount, 4096, 0)) {
            final long last = umem.frameAddress(frameCount - 1);
            assertEquals((long)(frameCount - 1) * 4096, last);
            assertEquals(frameCount - 1, umem.frameOf(last + 4095));
        }
    }

    @Test
    void shouldSayWhatIsWrongWithASize() {
        assertSentence("frame size must be a multiple of 64 from 2048 to 4096 bytes, not 3000",
            () -> Umem.map(8, 3000, 0));
        assertSentence("frame size must be a multiple of 64 from 2048 to 4096 bytes, not 8192",
            () -> Umem.map(8, 8192, 0));
        assertSentence("a UMEM needs at least 1 frame, not 0", () -> Umem.map(0, 2048, 0));
        assertSentence("headroom must be between 0 and 1791 bytes for frames of 2048, not 1792",
            () -> Umem.map(8, 2048, 1792));
        assertSentence("headroom must be between 0 and 1791 bytes for frames of 2048, not -1",
            () -> Umem.map(8, 2048, -1));
    }

    @Test
    void shouldCloseTwice() {
        final Umem umem = Umem.map(8, 2048, 0);
        umem.close();
        umem.close();
        assertTrue(umem.lengthBytes() > 0);
    }

    private static void assertSentence(final String expected, final org.junit.jupiter.api.function.Executable code) {
        assertEquals(expected, assertThrows(IllegalArgumentException.class, code).getMessage());
    }
}
