package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.function.Function;

import org.junit.jupiter.api.Test;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.InternetChecksum;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.KernelSide;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

import org.agrona.UnsafeApi;

/** The packet path allocates nothing, whether packets hit, open connections, end connections or are dropped. */
class AllocationTest {
    private static final int BATCH = 32;
    private static final String VIP = "10.0.0.100";
    private static final int WARM_UP = 20_000;
    private static final int MEASURED = 20_000;
    private static final int ROUNDS = 3;
    /**
     * The JVM's own allocations on this thread (compilation, counters of the test), in bytes; a packet of 1 would be
     * 640 000.
     */
    private static final long TOLERANCE = 2_000;

    @Test
    void shouldAllocateNothing() {
        shouldAllocateNothing((rules) -> rules.addService(IpProtocol.TCP, VIP, 80, "wlc"));
    }

    /** Every SYN of a new flow follows a template, opens one, or finds that one has ended. */
    @Test
    void shouldAllocateNothingGivenPersistentService() {
        shouldAllocateNothing((rules) -> rules.addPersistentService(
            ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse(VIP), 80), 0, 5, -1));
    }

    private static void shouldAllocateNothing(final Function<TestRules, ServiceKey> service) {
        try (TestDirector director = new TestDirector(100_000, RingSizes.same(256))) {
            final ServiceKey key = service.apply(director.rules);
            for (int server = 1; server <= 10; server++) {
                director.rules.addServer(key, "192.168.1." + server, 80, TestDirector.SERVERS);
            }
            director.publish();
            director.keepHandedToHost = false;
            final Traffic traffic = new Traffic(director);
            traffic.run(WARM_UP);

            final com.sun.management.ThreadMXBean threads =
                (com.sun.management.ThreadMXBean)ManagementFactory.getThreadMXBean();
            final long thread = Thread.currentThread().getId();
            // what the JVM does now and then (it throws compiled code away) shows in one round, what packets do in all
            long allocated = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS && allocated > TOLERANCE; round++) {
                final long before = threads.getThreadAllocatedBytes(thread);
                traffic.run(MEASURED);
                allocated = threads.getThreadAllocatedBytes(thread) - before;
            }

            assertTrue(allocated <= TOLERANCE, allocated + " bytes for " + MEASURED * BATCH + " packets");
            assertTrue(director.packets(Verdict.FORWARD) > MEASURED);
            assertTrue(director.packets(Verdict.DROP_TTL_EXPIRED) > MEASURED);
            assertTrue(director.packets(Verdict.HOST_NO_CONNECTION) > 0);
            assertTrue(director.table.worker(0).expiredCount() > 0, "connections ended");
        }
    }

    /** Writes packets of changing flows, half of them SYNs, into the frames by hand. */
    private static final class Traffic {
        private final TestDirector director;
        private final byte[] packet = FrameBuilder.tcp(TcpHeader.SYN).build();
        private final long[] addresses = new long[BATCH];
        private final int[] lengths = new int[BATCH];
        private int clientPort;

        Traffic(final TestDirector director) {
            this.director = director;
            Arrays.fill(lengths, packet.length);
        }

        void run(final int batches) {
            final KernelSide in = director.clients();
            for (int batch = 0; batch < batches; batch++) {
                final int taken = in.take(addresses, 0, BATCH);
                for (int i = 0; i < taken; i++) {
                    write(director.umem.pointer(addresses[i]), i);
                }
                assertEquals(taken, in.post(addresses, lengths, 0, taken));
                director.now += 40_000_000;
                director.worker.doWork();
                director.servers().transmit(BATCH);
            }
        }

        private void write(final long frame, final int i) {
            for (int b = 0; b < packet.length; b++) {
                UnsafeApi.putByte(frame + b, packet[b]);
            }
            clientPort = clientPort + 1 & 0xffff;
            // every fourth a port of its own, the others known ones, and one that is never opened
            final int port = i == 5 ? 2 : i % 4 == 0 ? clientPort : clientPort - (i & 1) & 0x3ff;
            UnsafeApi.putShort(frame + 34, Short.reverseBytes((short)port));
            // a client for each port
            UnsafeApi.putShort(frame + 28, (short)port);
            UnsafeApi.putShort(frame + 24, (short)0);
            UnsafeApi.putShort(frame + 24, InternetChecksum.of(frame + 14, 20));
            UnsafeApi.putByte(frame + 47, (byte)(i % 2 == 0 ? TcpHeader.SYN : TcpHeader.ACK));
            if (i == 7) {
                // time to live 64 -> 1, and the checksum with it
                UnsafeApi.putByte(frame + 22, (byte)1);
                UnsafeApi.putShort(frame + 24, (short)(UnsafeApi.getShort(frame + 24) + 63));
            }
        }
    }
}
