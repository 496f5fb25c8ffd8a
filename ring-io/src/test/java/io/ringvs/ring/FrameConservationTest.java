package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

/**
 * Random interleavings of everything that two ports over one UMEM and the kernel behind them can do; after each step
 * every frame is in exactly one place, and packets leave in the order and with the length they were sent with.
 */
class FrameConservationTest {
    private static final int STEPS = 3_000;
    private static final int RUNS = 30;

    @Test
    void shouldKeepEveryFrameInExactlyOnePlace() {
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("FrameConservationTest: repeat with -Dseed=" + seed);
        final SplittableRandom seeds = new SplittableRandom(seed);
        int full = 0;
        int wrapped = 0;
        int starved = 0;
        long forwarded = 0;
        for (int run = 0; run < RUNS; run++) {
            try (Run random = new Run(seeds.split())) {
                for (int step = 0; step < STEPS; step++) {
                    random.step();
                    random.verify();
                }
                random.drain();
                full += random.txFull;
                starved += random.starved;
                forwarded += random.forwarded;
                wrapped += random.wrappedRings();
            }
        }
        assertTrue(wrapped > RUNS, "only " + wrapped + " rings wrapped around");
        assertTrue(full > 0, "the TX ring never was full");
        assertTrue(starved > 0, "the kernel never lacked a frame");
        assertTrue(forwarded > RUNS * 64, "forwarded only " + forwarded);
    }

    /** A pile of packets in someone's hands, in order. */
    private static final class Hand {
        final long[] addresses;
        final int[] lengths;
        int count;

        Hand(final int capacity) {
            addresses = new long[capacity];
            lengths = new int[capacity];
        }

        void dropFirst(final int n) {
            System.arraycopy(addresses, n, addresses, 0, count - n);
            System.arraycopy(lengths, n, lengths, 0, count - n);
            count -= n;
        }
    }

    private static final class Arm {
        final MemoryRings memory;
        final Port port;
        final KernelSide kernel;
        /** Frames the kernel took from the fill ring and has not yet put into the RX ring. */
        final Hand receiving;
        /** Frames the kernel took from the TX ring and has not yet completed. */
        final Hand sending;
        /** What was transmitted and not yet taken by the kernel. */
        final Hand expected;

        Arm(final MemoryRings memory, final Port port, final int frameCount) {
            this.memory = memory;
            this.port = port;
            kernel = memory.kernel();
            receiving = new Hand(frameCount);
            sending = new Hand(frameCount);
            expected = new Hand(frameCount);
        }
    }

    private static final class Run implements AutoCloseable {
        final SplittableRandom random;
        final Umem umem;
        final FrameStack frames;
        final Arm[] arms = new Arm[2];
        final Hand batch;
        int txFull;
        int starved;
        long forwarded;

        Run(final SplittableRandom random) {
            this.random = random;
            final int frameCount = random.nextInt(4, 80);
            umem = Umem.map(frameCount, 2048, random.nextInt(3) * 64);
            frames = new FrameStack(umem);
            batch = new Hand(frameCount);
            for (int i = 0; i < arms.length; i++) {
                final int tx = 1 << random.nextInt(5);
                final RingSizes sizes = new RingSizes(
                    1 << random.nextInt(6), tx << random.nextInt(3), 1 << random.nextInt(6), tx);
                final MemoryRings memory = new MemoryRings(umem, sizes, -random.nextInt(64));
                arms[i] = new Arm(memory, memory.port(i + 1, 0, frames), frameCount);
            }
        }

        void step() {
            final Arm arm = arms[random.nextInt(2)];
            switch (random.nextInt(10)) {
                case 0, 1 -> arm.port.recycle();
                case 2 -> receive(arm);
                case 3 -> transmit(arm);
                case 4 -> dropOne(arm);
                case 5 -> kernelTakes(arm);
                case 6 -> kernelPosts(arm);
                case 7 -> kernelFetches(arm);
                case 8 -> kernelCompletes(arm);
                default -> arm.kernel.deliver(random.nextInt(20), 60);
            }
        }

        void receive(final Arm arm) {
            final int room = batch.addresses.length - batch.count;
            final int max = Math.min(room, random.nextInt(64));
            batch.count += arm.port.receive(batch.addresses, batch.lengths, batch.count, max);
        }

        void transmit(final Arm arm) {
            final int wanted = batch.count == 0 ? 0 : 1 + random.nextInt(batch.count);
            for (int i = 0; i < wanted; i++) {
                batch.addresses[i] -= batch.addresses[i] % 2048 >= 276 ? random.nextInt(2) * 20 : 0;
            }
            final int accepted = arm.port.transmit(batch.addresses, batch.lengths, 0, wanted);
            if (accepted < wanted) {
                txFull++;
            }
            final Hand expected = arm.expected;
            System.arraycopy(batch.addresses, 0, expected.addresses, expected.count, accepted);
            System.arraycopy(batch.lengths, 0, expected.lengths, expected.count, accepted);
            expected.count += accepted;
            batch.dropFirst(accepted);
            forwarded += accepted;
        }

        void dropOne(final Arm arm) {
            if (batch.count != 0) {
                arm.port.free(batch.addresses[0]);
                batch.dropFirst(1);
            }
        }

        void kernelTakes(final Arm arm) {
            final Hand hand = arm.receiving;
            final int taken = arm.kernel.take(hand.addresses, hand.count, random.nextInt(1, 8));
            if (taken == 0) {
                starved++;
            }
            Arrays.fill(hand.lengths, hand.count, hand.count + taken, random.nextInt(60, 1500));
            hand.count += taken;
        }

        void kernelPosts(final Arm arm) {
            final Hand hand = arm.receiving;
            final int count = random.nextInt(hand.count + 1);
            hand.dropFirst(arm.kernel.post(hand.addresses, hand.lengths, 0, count));
        }

        void kernelFetches(final Arm arm) {
            final Hand hand = arm.sending;
            final int from = hand.count;
            final int fetched = arm.kernel.fetch(hand.addresses, hand.lengths, from, random.nextInt(1, 8));
            for (int i = 0; i < fetched; i++) {
                assertEquals(arm.expected.addresses[i], hand.addresses[from + i]);
                assertEquals(arm.expected.lengths[i], hand.lengths[from + i]);
            }
            hand.count += fetched;
            arm.expected.dropFirst(fetched);
        }

        void kernelCompletes(final Arm arm) {
            final Hand hand = arm.sending;
            final int count = random.nextInt(hand.count + 1);
            hand.dropFirst(arm.kernel.complete(hand.addresses, 0, count));
        }

        void verify() {
            final FrameLedger ledger = new FrameLedger(umem).stack(frames).held("batch", batch.addresses, batch.count);
            int counted = frames.size() + batch.count;
            for (final Arm arm : arms) {
                ledger.rings("port " + arm.port.interfaceIndex(), arm.memory.rings())
                    .held("kernel, receiving", arm.receiving.addresses, arm.receiving.count)
                    .held("kernel, sending", arm.sending.addresses, arm.sending.count);
                counted += arm.port.posted() + arm.port.underway();
                assertTrue(arm.port.posted() <= arm.memory.rings().fill().size());
            }
            ledger.verify();
            assertEquals(umem.frameCount(), counted);
        }

        /** Lets everything in flight come to rest: then no frame is left but with the kernel for receiving, or free. */
        void drain() {
            while (batch.count != 0) {
                dropOne(arms[0]);
            }
            for (final Arm arm : arms) {
                while (arm.port.underway() != 0) {
                    kernelFetches(arm);
                    kernelCompletes(arm);
                    arm.port.recycle();
                }
            }
            verify();
            assertEquals(umem.frameCount(), frames.size() + arms[0].port.posted() + arms[1].port.posted());
        }

        /** Rings whose index went through 2^32; they start below it. */
        int wrappedRings() {
            int count = 0;
            for (final Arm arm : arms) {
                final PortRings rings = arm.memory.rings();
                count += UnsafeApi.getInt(rings.rx().memory().consumer()) > 0 ? 1 : 0;
                count += UnsafeApi.getInt(rings.tx().memory().consumer()) > 0 ? 1 : 0;
            }
            return count;
        }

        @Override
        public void close() {
            arms[0].memory.close();
            arms[1].memory.close();
            umem.close();
        }
    }
}
