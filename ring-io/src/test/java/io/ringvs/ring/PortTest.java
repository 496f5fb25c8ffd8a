package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PortTest {
    private static final int HEADROOM = 64;
    private static final int BATCH = 16;

    private final Umem umem = Umem.map(32, 2048, HEADROOM);
    private final FrameStack frames = new FrameStack(umem);
    private final MemoryRings memoryA = new MemoryRings(umem, RingSizes.same(8));
    private final MemoryRings memoryB = new MemoryRings(umem, RingSizes.same(4));
    private final KernelSide kernelA = memoryA.kernel();
    private final KernelSide kernelB = memoryB.kernel();
    private final Port portA = memoryA.port(7, 1, frames);
    private final Port portB = memoryB.port(8, 0, frames);
    private final long[] addresses = new long[BATCH];
    private final int[] lengths = new int[BATCH];

    @AfterEach
    void free() {
        memoryA.close();
        memoryB.close();
        umem.close();
    }

    @Test
    void shouldTellItsInterfaceAndQueue() {
        assertEquals(7, portA.interfaceIndex());
        assertEquals(1, portA.queue());
    }

    @Test
    void shouldReceiveNothingBeforeFramesWerePosted() {
        assertFalse(kernelA.inject(packet(60)));
        assertEquals(0, portA.receive(addresses, lengths, 0, BATCH));

        assertEquals(0, portA.recycle());

        assertEquals(8, portA.posted());
        assertEquals(24, frames.size());
        assertTrue(kernelA.inject(packet(60)));
    }

    @Test
    void shouldReceivePacketBehindBothHeadrooms() {
        portA.recycle();
        kernelA.inject(packet(60));
        kernelA.inject(packet(1000));

        assertEquals(2, portA.receive(addresses, lengths, 3, BATCH - 3));

        assertEquals(256 + HEADROOM, addresses[3] & 2047);
        assertEquals(60, lengths[3]);
        assertEquals(1000, lengths[4]);
        assertEquals(packet(60)[59], UnsafeApi.getByte(umem.pointer(addresses[3] + 59)));
        assertEquals(6, portA.posted());
    }

    @Test
    void shouldReceiveNoMoreThanAskedFor() {
        portA.recycle();
        assertEquals(5, kernelA.deliver(5, 60));

        assertEquals(3, portA.receive(addresses, lengths, 0, 3));
        assertEquals(2, portA.receive(addresses, lengths, 0, 3));
    }

    @Test
    void shouldForwardAPacketAndGetItsFrameBack() {
        portA.recycle();
        final byte[] packet = packet(98);
        kernelA.inject(packet);
        final int received = portA.receive(addresses, lengths, 0, BATCH);

        assertEquals(received, portA.transmit(addresses, lengths, 0, received));

        assertEquals(1, portA.underway());
        assertArrayEquals(packet, kernelA.collect());
        assertNull(kernelA.collect());
        assertEquals(1, portA.recycle());
        assertEquals(0, portA.underway());
        assertEquals(8, portA.posted());
        verifyLedger();
    }

    @Test
    void shouldReturnFramesToTheReceivingPortGivenTwoArms() {
        portA.recycle();
        for (int round = 0; round < 100; round++) {
            assertEquals(3, kernelA.deliver(3, 60), "round " + round);
            assertEquals(3, portA.receive(addresses, lengths, 0, BATCH));
            assertEquals(3, portB.transmit(addresses, lengths, 0, 3));
            assertEquals(3, kernelB.transmit(BATCH));
            portA.recycle();
            portB.recycle();
            verifyLedger();
        }
        assertEquals(8, portA.posted());
        assertEquals(4, portB.posted());
        assertEquals(20, frames.size());
    }

    @Test
    void shouldFreeTheWholeFrameGivenPacketBeginsAnywhereInIt() {
        final long frame = frames.pop();
        frames.push(frame + 256 + HEADROOM - 20);

        verifyLedger();
        assertEquals(frame, frames.pop());
    }

    @Test
    void shouldAcceptWhatFitsGivenTxRingFull() {
        portA.recycle();
        kernelA.deliver(8, 60);
        final int received = portA.receive(addresses, lengths, 0, BATCH);
        assertEquals(8, received);

        final int accepted = portB.transmit(addresses, lengths, 0, received);

        assertEquals(4, accepted);
        assertEquals(0, portB.transmit(addresses, lengths, accepted, received - accepted));
        for (int i = accepted; i < received; i++) {
            portB.free(addresses[i]);
        }
        verifyLedger();
        assertEquals(2, kernelB.transmit(2));
        assertEquals(2, portB.recycle());
    }

    @Test
    void shouldWakeTheKernelOnlyWhenItAsks() {
        sendOneFrom(portA);
        portA.kick();
        assertEquals(0, kernelA.txWakeups());
        assertEquals(0, kernelA.rxWakeups());

        kernelA.sleep(true);
        portA.kick();

        assertEquals(1, kernelA.txWakeups());
        assertEquals(1, kernelA.rxWakeups());
    }

    @Test
    void shouldKickAgainUntilTheKernelHasTakenEverything() {
        kernelA.sleep(true);
        portA.kick();
        assertEquals(0, kernelA.txWakeups(), "nothing to send");
        sendOneFrom(portA);
        sendOneFrom(portA);

        portA.kick();
        kernelA.fetch(addresses, lengths, 0, 1);
        portA.kick();
        kernelA.fetch(addresses, lengths, 0, 1);
        portA.kick();

        assertEquals(2, kernelA.txWakeups());
        assertEquals(2, portA.underway());
    }

    @Test
    void shouldReportAFailedWakeup() {
        final Wakeup failing = new Wakeup() {
            @Override
            public int wakeTx() {
                return 0;
            }

            @Override
            public int wakeRx() {
                return -100;
            }

            @Override
            public boolean busyPolls() {
                return true;
            }
        };
        assertEquals(-100, new Port(1, 0, memoryA.rings(), frames, failing).kick());
    }

    @Test
    void shouldLeaveTheKernelWithoutFramesGivenNoneFree() {
        while (frames.size() > 3) {
            frames.pop();
        }
        portA.recycle();

        assertEquals(3, portA.posted());
        assertEquals(3, kernelA.deliver(8, 60));
        portA.recycle();
        assertEquals(3, portA.posted());
    }

    @Test
    void shouldFailOnTheSpotGivenFrameFreedTwice() {
        final long frame = frames.pop();
        portA.free(frame);

        assertThrows(ArrayIndexOutOfBoundsException.class, () -> portA.free(frame));
    }

    @Test
    void shouldAllocateNothingPerPacket() {
        final ThreadMXBean threads = (ThreadMXBean)ManagementFactory.getThreadMXBean();
        final long self = Thread.currentThread().getId();
        final int batches = 100_000;
        forward(batches);
        final long before = threads.getThreadAllocatedBytes(self);

        forward(batches);

        final long allocated = threads.getThreadAllocatedBytes(self) - before;
        assertTrue(allocated < batches, allocated + " bytes for " + batches + " batches; an object has 16 or more");
    }

    private void forward(final int batches) {
        for (int batch = 0; batch < batches; batch++) {
            portA.recycle();
            kernelA.deliver(4, 60);
            assertEquals(4, portB.transmit(addresses, lengths, 0, portA.receive(addresses, lengths, 0, BATCH)));
            portB.kick();
            kernelB.transmit(BATCH);
            portB.recycle();
        }
    }

    @Test
    void shouldNameMissingAndDoubledFrames() {
        frames.pop();
        final long doubled = frames.pop();
        frames.push(doubled);
        final IllegalStateException e = assertThrows(IllegalStateException.class,
            () -> new FrameLedger(umem).stack(frames).held("batch", new long[] {doubled + 256}, 1).verify());

        assertEquals("frame 0 is nowhere; frame 1 is in [free stack, batch]", e.getMessage());
    }

    private void sendOneFrom(final Port port) {
        addresses[0] = frames.pop() + umem.receiveOffset();
        lengths[0] = 60;
        assertEquals(1, port.transmit(addresses, lengths, 0, 1));
    }

    private void verifyLedger() {
        new FrameLedger(umem).stack(frames).rings("A", memoryA.rings()).rings("B", memoryB.rings()).verify();
    }

    private static byte[] packet(final int length) {
        final byte[] packet = new byte[length];
        for (int i = 0; i < length; i++) {
            packet[i] = (byte)(i * 7 + length);
        }
        return packet;
    }
}
