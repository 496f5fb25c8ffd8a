package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;

import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.LocalAddress;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class ReplyIndexTest {
    private static final short PORT_8080 = Short.reverseBytes((short) 8080);

    @Test
    void shouldFindAnswersOfTranslatedConnectionsOnly() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int translated = open(test, 0, 1, IpProtocol.TCP, TestTable.NAT);
            open(test, 0, 2, IpProtocol.TCP, TestTable.DIRECT);

            assertEquals(translated, answer(test, 1, test.first, PORT_8080, IpProtocol.TCP));
            assertEquals(FlowLayout.NOT_FOUND, answer(test, 2, test.first, PORT_8080, IpProtocol.TCP));
            assertEquals(FlowLayout.NOT_FOUND, answer(test, 1, test.second, PORT_8080, IpProtocol.TCP));
            assertEquals(FlowLayout.NOT_FOUND, answer(test, 1, test.first, TestTable.PORT_80, IpProtocol.TCP));
            assertEquals(FlowLayout.NOT_FOUND, answer(test, 1, test.first, PORT_8080, IpProtocol.UDP));
            assertEquals(FlowLayout.NOT_FOUND, answer(test, 3, test.first, PORT_8080, IpProtocol.TCP));
        }
    }

    @Test
    void shouldFindAnswersToLocalEndsFromAnyWorker() {
        try (TestTable test = new TestTable(1000, 2)) {
            final LocalAddress local = test.table.localAddresses().acquire(IpAddress.parse("192.168.1.200"));
            final Map<Integer, Integer> slots = new HashMap<>();
            for (int client = 0; client < 100; client++) {
                final int end = localEnd(test, local, client & 1);
                slots.put(end, test.table.worker(client & 1).open(
                    test.wanted.of(test.flow(client), test.first, PORT_8080, TestTable.FULLNAT).localEnd(end),
                    TcpStates.SYN, test.now));
                assertEquals(FlowLayout.NOT_FOUND, answer(test, client, test.first, PORT_8080, IpProtocol.TCP));
            }
            slots.forEach((end, slot) -> {
                writeAnswerTo(test, local, end, PORT_8080);
                assertEquals(slot, slot(test.table.lookup().findBothWays(test.keys.entry(1))));
                writeAnswerTo(test, local, end, TestTable.PORT_80);
                assertEquals(FlowLayout.NOT_FOUND, test.table.lookup().findBothWays(test.keys.entry(1)));
            });
            assertEquals(100, local.connections());
            slots.values().forEach(slot -> assertTrue(test.table.worker(0).expireNow(slot)));
            assertEquals(100, local.connections());
            assertTrue(test.table.replies().isEmpty());
            test.maintain();
            test.maintain();
            assertEquals(0, local.connections());
        }
    }

    @Test
    void shouldLeaveThePortToTheCallerGivenTheConnectionIsThereAlready() {
        try (TestTable test = new TestTable(1000, 2)) {
            final LocalAddress local = test.table.localAddresses().acquire(IpAddress.parse("192.168.1.200"));
            for (int worker = 0; worker < 2; worker++) {
                final int end = localEnd(test, local, worker);
                final int result = test.table.worker(worker).open(
                    test.wanted.of(test.flow(1), test.first, PORT_8080, TestTable.FULLNAT).localEnd(end),
                    TcpStates.SYN, test.now);
                assertEquals(worker == 1, WorkerConnections.isExisting(result));
            }
            test.maintain();
            test.maintain();
            assertEquals(2, local.connections());
        }
    }

    @Test
    void shouldTranslateAsNatGivenFullNatWithoutALocalEnd() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = open(test, 0, 1, IpProtocol.TCP, TestTable.FULLNAT);

            assertEquals(ForwardingMethod.NAT.value(), test.table.forwardingMethod(slot));
            assertEquals(slot, answer(test, 1, test.first, PORT_8080, IpProtocol.TCP));
            assertTrue(test.worker().expireNow(slot));
            test.maintain();
            test.maintain();
        }
    }

    private static int localEnd(final TestTable test, final LocalAddress local, final int worker) {
        return local.take(worker, test.destinations.addressWord0(test.first),
            test.destinations.addressWord1(test.first), PORT_8080, IpProtocol.TCP);
    }

    private static void writeAnswerTo(
        final TestTable test, final LocalAddress local, final int end, final short serverPort) {
        final long entry = test.keys.entry(1);
        writeAnswer(test, entry, 0, test.first, serverPort, IpProtocol.TCP);
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS, local.address().word0());
        UnsafeApi.putShort(entry + FlowLayout.VIRTUAL_PORT, LocalAddress.portOf(end));
    }

    @Test
    void shouldFindNothingOnceTheConnectionEnded() {
        try (TestTable test = new TestTable(1000, 1)) {
            final int slot = open(test, 0, 1, IpProtocol.TCP, TestTable.NAT);
            assertTrue(test.worker().expireNow(slot));

            assertEquals(FlowLayout.NOT_FOUND, answer(test, 1, test.first, PORT_8080, IpProtocol.TCP));
            assertTrue(test.table.replies().isEmpty());
        }
    }

    @Test
    void shouldFindConnectionsGivenEveryBucketIsPassedByMany() {
        try (TestTable test = new TestTable(400, 1)) {
            final List<Integer> slots = new ArrayList<>();
            for (int client = 0; client < 400; client++) {
                slots.add(open(test, 0, client, IpProtocol.TCP, TestTable.NAT));
            }
            for (int client = 0; client < 400; client++) {
                assertEquals(slots.get(client), answer(test, client, test.first, PORT_8080, IpProtocol.TCP));
            }
            for (int client = 0; client < 400; client += 2) {
                assertTrue(test.worker().expireNow(slots.get(client)));
            }
            for (int client = 0; client < 400; client++) {
                assertEquals(client % 2 == 0 ? FlowLayout.NOT_FOUND : slots.get(client),
                    answer(test, client, test.first, PORT_8080, IpProtocol.TCP));
            }
        }
    }

    @Test
    void shouldAgreeWithAModelGivenRandomOpensAndEnds() {
        final long seed = System.nanoTime();
        System.out.println("ReplyIndexTest seed " + seed);
        final Random random = new Random(seed);
        try (TestTable test = new TestTable(2000, 1)) {
            final Map<Integer, Integer> model = new HashMap<>();
            for (int step = 0; step < 60_000; step++) {
                final int client = random.nextInt(3000);
                final Integer slot = model.get(client);
                if (slot == null && model.size() < 1500) {
                    final int opened = open(test, 0, client, IpProtocol.TCP, TestTable.NAT);
                    if (opened >= 0) {
                        model.put(client, opened);
                    }
                } else if (slot != null && random.nextInt(3) != 0) {
                    assertTrue(test.worker().expireNow(slot));
                    model.remove(client);
                }
                if (step % 64 == 0) {
                    test.maintain();
                    verifyBatch(test, model, random);
                }
            }
            List.copyOf(model.values()).forEach(slot -> assertTrue(test.worker().expireNow(slot)));
            assertTrue(test.table.replies().isEmpty());
        }
    }

    private static void verifyBatch(final TestTable test, final Map<Integer, Integer> model, final Random random) {
        final int[] clients = random.ints(64, 0, 3000).toArray();
        for (int index = 0; index < 64; index++) {
            writeAnswer(test, test.keys.entry(index), clients[index], test.first, PORT_8080, IpProtocol.TCP);
        }
        test.keys.size(64);
        test.table.lookup().findBothWays(test.keys);
        for (int index = 0; index < 64; index++) {
            final int found = test.keys.slot(index);
            assertEquals(model.getOrDefault(clients[index], FlowLayout.NOT_FOUND),
                FlowLayout.isReply(found) ? FlowLayout.slotOfReply(found) : found);
        }
    }

    @Test
    void shouldNeverLoseAStandingConnectionGivenOthersComeAndGo() throws InterruptedException {
        final int workers = 3;
        try (TestTable test = new TestTable(4096, workers)) {
            final int[] standing = new int[200];
            for (int client = 0; client < standing.length; client++) {
                standing[client] = open(test, 0, client, IpProtocol.TCP, TestTable.NAT);
            }
            final AtomicReference<Throwable> failure = new AtomicReference<>();
            final List<Thread> threads = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                final int number = worker;
                final Thread thread = new Thread(() -> comeAndGo(test, number, standing));
                thread.setUncaughtExceptionHandler((dead, fault) -> failure.compareAndSet(null, fault));
                threads.add(thread);
                thread.start();
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            if (failure.get() != null) {
                throw new AssertionError(failure.get());
            }
            for (final int slot : standing) {
                assertTrue(test.worker().expireNow(slot));
            }
            assertTrue(test.table.replies().isEmpty());
        }
    }

    private static void comeAndGo(final TestTable test, final int number, final int[] standing) {
        final Random random = new Random(number);
        try (FlowBatch own = new FlowBatch(1)) {
            for (int round = 0; round < 4000; round++) {
                final int[] slots = new int[8];
                final int first = 1000 * (number + 1) + random.nextInt(900);
                for (int i = 0; i < slots.length; i++) {
                    TestTable.flow(own.entry(0), first + i, IpProtocol.TCP);
                    slots[i] = test.table.worker(number).open(new NewConnection().of(
                        own.entry(0), test.first, PORT_8080, TestTable.NAT), TcpStates.SYN, test.now);
                }
                for (int i = 0; i < slots.length; i++) {
                    writeAnswer(test, own.entry(0), first + i, test.first, PORT_8080, IpProtocol.TCP);
                    // none if the others keep a grace period from passing, so that slots run out
                    assertEquals(slots[i] < 0 ? FlowLayout.NOT_FOUND : slots[i],
                        slot(test.table.replies().find(own.entry(0))));
                    final int client = random.nextInt(standing.length);
                    writeAnswer(test, own.entry(0), client, test.first, PORT_8080, IpProtocol.TCP);
                    assertEquals(standing[client], slot(test.table.replies().find(own.entry(0))));
                }
                for (final int slot : slots) {
                    assertTrue(slot < 0 || test.table.worker(number).expireNow(slot));
                }
                test.epochs.quiescent(number);
                test.table.worker(number).maintain(test.now, 64);
            }
        } finally {
            test.epochs.offline(number);
        }
    }

    private static int open(
        final TestTable test, final int worker, final int client, final int protocol, final int flags) {
        return test.table.worker(worker).open(
            test.wanted.of(test.flow(client, protocol), test.first, PORT_8080, flags), TcpStates.SYN, test.now);
    }

    private static int answer(
        final TestTable test, final int client, final int destination, final short port, final int protocol) {
        writeAnswer(test, test.keys.entry(1), client, destination, port, protocol);
        return slot(test.table.replies().find(test.keys.entry(1)));
    }

    private static int slot(final int found) {
        return FlowLayout.isReply(found) ? FlowLayout.slotOfReply(found) : found;
    }

    /** The flow of a packet from a real server to a client. */
    private static void writeAnswer(
        final TestTable test, final long entry, final int client, final int destination, final short port,
        final int protocol) {
        TestTable.flow(entry, client, protocol);
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS, UnsafeApi.getLong(entry + FlowLayout.CLIENT_ADDRESS));
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS, test.destinations.addressWord0(destination));
        UnsafeApi.putShort(entry + FlowLayout.VIRTUAL_PORT, UnsafeApi.getShort(entry + FlowLayout.CLIENT_PORT));
        UnsafeApi.putShort(entry + FlowLayout.CLIENT_PORT, port);
    }
}
