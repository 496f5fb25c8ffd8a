package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

import org.agrona.UnsafeApi;

/** Rules of other services change, again and again, while packets of one service flow: none is lost or goes astray. */
class RuleChangeTest {
    private static final int FLOWS = 1000;
    private static final int BATCH = 32;
    private static final int SERVERS = 7;

    private final TestDirector director = new TestDirector(20_000, RingSizes.same(256));
    private final int[] serverOfFlow = new int[FLOWS];
    private final byte[] packet = FrameBuilder.tcp(TcpHeader.SYN).build();
    private final long[] addresses = new long[BATCH];
    private final int[] lengths = new int[BATCH];
    private final int[] flows = new int[BATCH];
    private long verified;

    private void untouchedService() {
        final ServiceKey key = director.rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "wrr");
        for (int server = 1; server <= SERVERS; server++) {
            director.rules.addServer(key, "192.168.1." + server, 80, TestDirector.SERVERS);
        }
        director.publish();
        Arrays.fill(serverOfFlow, -1);
        Arrays.fill(lengths, packet.length);
    }

    /** Adds, edits and deletes services and servers beside the untouched one, one step at a time. */
    private final class Operator {
        private final Random random;
        private final ServiceKey[] keys = new ServiceKey[8];
        private final int[] servers = new int[8];
        private int changes;

        Operator(final long seed) {
            random = new Random(seed);
        }

        void change() {
            final int i = random.nextInt(keys.length);
            if (keys[i] == null) {
                keys[i] = director.rules.addService(
                    IpProtocol.TCP, "10.0.0.101", 1000 + i, random.nextBoolean() ? "rr" : "wlc");
                servers[i] = -1;
            } else if (servers[i] < 0) {
                servers[i] = director.rules.addServer(keys[i], "192.168.2." + i, 80, TestDirector.SERVERS);
            } else if (random.nextInt(3) == 0) {
                director.rules.weight(keys[i], servers[i], random.nextInt(5));
            } else if (random.nextBoolean()) {
                director.rules.removeServer(keys[i], servers[i]);
                servers[i] = -1;
            } else {
                director.rules.removeService(keys[i]);
                keys[i] = null;
            }
            director.publish();
            changes++;
        }
    }

    /** Puts a batch of the flows' packets into the frames; returns how many there was room for. */
    private int send(final Random random) {
        final int taken = director.clients().take(addresses, 0, BATCH);
        for (int i = 0; i < taken; i++) {
            final int flow = random.nextInt(FLOWS);
            final long frame = director.umem.pointer(addresses[i]);
            for (int b = 0; b < packet.length; b++) {
                UnsafeApi.putByte(frame + b, packet[b]);
            }
            UnsafeApi.putShort(frame + 34, Short.reverseBytes((short)(1024 + flow)));
            UnsafeApi.putByte(frame + 47, (byte)(serverOfFlow[flow] < 0 ? TcpHeader.SYN : TcpHeader.ACK));
            flows[i] = flow;
        }
        assertEquals(taken, director.clients().post(addresses, lengths, 0, taken));
        return taken;
    }

    /** Takes one packet that came out and checks that it goes where its flow's first one went. */
    private void verifyNext(final int flow) {
        final byte[] sent = director.servers().collect();
        assertNotNull(sent, "a packet of flow " + flow + " is lost");
        assertEquals(1024 + flow, (sent[34] & 0xff) << 8 | sent[35] & 0xff, "order");
        final int server = sent[5];
        assertTrue(server < SERVERS, "server of another service");
        if (serverOfFlow[flow] >= 0) {
            assertEquals(serverOfFlow[flow], server, "flow " + flow + " changed its server");
        }
        serverOfFlow[flow] = server;
        verified++;
    }

    @Test
    void shouldLoseNothingGivenRuleChangeBetweenAnyTwoBatches() {
        untouchedService();
        final long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("RuleChangeTest: repeat with -Dseed=" + seed);
        final Random random = new Random(seed);
        final Operator operator = new Operator(seed);
        for (int round = 0; round < 3000; round++) {
            final int taken = send(random);
            if (operator.changes < 300) {
                operator.change();
            }
            director.worker.doWork();
            for (int i = 0; i < taken; i++) {
                verifyNext(flows[i]);
            }
        }
        director.assertOnly(Verdict.FORWARD, verified);
        assertEquals(300, operator.changes);
        director.close();
    }

    @Test
    @Timeout(30)
    void shouldLoseNothingGivenRuleChangesOnAnotherThread() throws InterruptedException {
        untouchedService();
        final AtomicBoolean running = new AtomicBoolean(true);
        final Operator operator = new Operator(42);
        final Thread control = new Thread(() -> {
            while (operator.changes < 300) {
                operator.change();
                // the next change comes only when every worker uses this one, as the control side has it
                final long epoch = director.epochs.advance();
                while (!director.epochs.passed(epoch)) {
                    Thread.onSpinWait();
                }
            }
            running.set(false);
        });
        final Random random = new Random(42);
        control.start();
        while (running.get()) {
            final int taken = send(random);
            director.worker.doWork();
            for (int i = 0; i < taken; i++) {
                verifyNext(flows[i]);
            }
        }
        control.join();
        director.assertOnly(Verdict.FORWARD, verified);
        director.close();
    }
}
