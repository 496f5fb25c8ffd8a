package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.service.AddressMask;
import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class TemplateTest {
    private static final int PERSISTENCE = 360 * Ticks.PER_SECOND;

    private final TestTable test = new TestTable(1000, 1);

    @AfterEach
    void close() {
        test.close();
    }

    private int openTemplate() {
        TemplateKey.ofPort(test.keys.entry(1), test.flow(1), AddressMask.ofNetmask(Family.IPV4, 0xffffff00));
        return test.worker().openTemplate(
            test.wanted.of(test.keys.entry(1), test.first, TestTable.PORT_80, TestTable.DIRECT), test.now, PERSISTENCE);
    }

    private int openThrough(final int template, final int client) {
        return test.worker().open(
            test.wanted.of(test.flow(client), test.first, TestTable.PORT_80, TestTable.DIRECT).controlledBy(template),
            TcpStates.SYN, test.now);
    }

    private int findTemplate(final int client) {
        TemplateKey.ofPort(test.keys.entry(1), test.flow(client), AddressMask.ofNetmask(Family.IPV4, 0xffffff00));
        return test.table.lookup().find(test.keys.entry(1));
    }

    @Test
    void shouldFindTheTemplateForEveryClientOfItsNetAndForNoPacket() {
        final int template = openTemplate();

        assertEquals(template, findTemplate(1));
        assertEquals(template, findTemplate(200 << 14));
        assertEquals(FlowLayout.NOT_FOUND, findTemplate(256 << 14));
        final long packet = test.keys.entry(2);
        UnsafeApi.copyMemory(test.keys.entry(1), packet, FlowLayout.LENGTH);
        TemplateKey.ofPort(test.keys.entry(1), test.flow(1), AddressMask.ofNetmask(Family.IPV4, 0xffffff00));
        UnsafeApi.copyMemory(test.keys.entry(1), packet, FlowLayout.LENGTH);
        UnsafeApi.putByte(packet + FlowLayout.KIND, (byte) FlowLayout.IPV4);
        assertEquals(FlowLayout.NOT_FOUND, test.table.lookup().find(packet));
        assertEquals(1, test.destinations.persistentConnections(test.first));
        assertEquals(0, test.total(test.first));
    }

    @Test
    void shouldLiveSixtySecondsMoreForGoodGivenItStillControlsConnections() {
        final int template = openTemplate();
        final int child = openThrough(template, 1);
        for (int round = 0; round < 10; round++) {
            test.worker().packet(child, TcpStates.ACK, test.now);
            test.pass(61);
        }
        assertEquals(template, findTemplate(1));
        assertEquals(60 * Ticks.PER_SECOND, test.table.timeoutTicks(template));
        assertTrue(test.worker().expireNow(child));
        test.pass(61);
        assertEquals(FlowLayout.NOT_FOUND, findTemplate(1));
        assertEquals(0, test.destinations.persistentConnections(test.first));
    }

    @Test
    void shouldRestartWithEveryConnectionOpenedThroughIt() {
        final int template = openTemplate();
        test.pass(300);
        test.worker().expireNow(openThrough(template, 1));
        test.pass(300);
        assertEquals(template, findTemplate(1));
        test.pass(61);
        assertEquals(FlowLayout.NOT_FOUND, findTemplate(1));
    }

    @Test
    void shouldBeAssuredOnceAConnectionIsEstablished() {
        final int template = openTemplate();
        final int child = openThrough(template, 1);
        assertEquals(0, test.table.state(template));
        test.worker().packet(child, TcpStates.ACK, test.now);
        assertEquals(ConnectionStates.TEMPLATE_ASSURED, test.table.state(template));
    }

    @Test
    void shouldBeAssuredOnceAUdpConnectionSeesAReply() {
        final int template = openTemplate();
        final int child = test.worker().open(
            test.wanted.of(test.flow(1, IpProtocol.UDP), test.first, TestTable.PORT_80, TestTable.NAT)
                .controlledBy(template), UdpStates.PACKET, test.now);
        test.worker().packet(child, UdpStates.PACKET, test.now);
        assertEquals(0, test.table.state(template));
        test.worker().reply(child, UdpStates.PACKET, test.now);
        assertEquals(ConnectionStates.TEMPLATE_ASSURED, test.table.state(template));
    }

    @Test
    void shouldEndWithItsLastConnectionGivenThatIsKilledAndItIsNotAssured() {
        final int template = openTemplate();
        final int first = openThrough(template, 1);
        final int second = openThrough(template, 2);
        assertFalse(test.worker().kill(template));
        assertTrue(test.worker().kill(first));
        assertEquals(template, findTemplate(1));
        assertTrue(test.worker().kill(second));
        assertEquals(FlowLayout.NOT_FOUND, findTemplate(1));
    }

    @Test
    void shouldOutliveItsKilledConnectionGivenItIsAssured() {
        final int template = openTemplate();
        final int child = openThrough(template, 1);
        test.worker().packet(child, TcpStates.ACK, test.now);
        test.worker().kill(child);
        assertEquals(template, findTemplate(1));
    }

    @Test
    void shouldRefuseConnectionsGivenItIsEnding() {
        final int template = openTemplate();
        assertTrue(test.worker().expireNow(template));
        assertEquals(WorkerConnections.PARENT_ENDED, openThrough(template, 1));
        assertEquals(0, test.total(test.first));
    }

    @Test
    void shouldNotMatchButBeListedAndExpireGivenItWasInvalidated() {
        final int template = openTemplate();
        test.worker().invalidateTemplate(template);

        assertEquals(FlowLayout.NOT_FOUND, findTemplate(1));
        final int successor = openTemplate();
        assertTrue(successor >= 0 && successor != template);
        try (ConnectionCursor cursor = test.table.cursor()) {
            int invalid = 0;
            for (ConnectionView view = cursor.next(); view != null; view = cursor.next()) {
                if (view.virtualPort() == 65535) {
                    assertEquals(65535, view.destinationPort());
                    assertEquals(0, view.clientPort());
                    invalid++;
                }
            }
            assertEquals(1, invalid);
        }
        test.pass(361);
        assertEquals(0, test.table.size());
        assertEquals(0, test.destinations.persistentConnections(test.first));
        IndexCheck.verify(test.table);
    }

    @Test
    void shouldBeUsableGivenItsServerIsThereWhateverItsWeightUnlessASettingSaysOtherwise() {
        final int template = openTemplate();
        assertTrue(test.table.templates().isUsable(template, true));
        test.quiesce(test.first);
        assertTrue(test.table.templates().isUsable(template, false));
        assertFalse(test.table.templates().isUsable(template, true));
        test.destinations.setAvailable(test.first, false);
        assertFalse(test.table.templates().isUsable(template, false));
    }

    @Test
    void shouldKeyAMarkTemplateByTheMarkAlone() {
        TemplateKey.ofMark(test.keys.entry(1), test.flow(1), AddressMask.ofNetmask(Family.IPV4, 0xffffffff), 7);
        final int template = test.worker().openTemplate(
            test.wanted.of(test.keys.entry(1), test.first, (short) 0, TestTable.DIRECT).firewallMark(7),
            test.now, PERSISTENCE);
        TemplateKey.ofMark(
            test.keys.entry(1), test.flow(2, IpProtocol.UDP), AddressMask.ofNetmask(Family.IPV4, 0xffffffff), 7);
        assertEquals(template, test.table.lookup().find(test.keys.entry(1)));
        try (ConnectionCursor cursor = test.table.cursor()) {
            final ConnectionView view = cursor.next();
            assertEquals(IpProtocol.IP, view.protocol());
            assertEquals("0.0.0.7", view.virtualAddress().toString());
            assertEquals(7, view.firewallMark());
            assertEquals(360, view.timeoutSeconds());
        }
    }

    @Test
    void shouldMaskIpv6ClientsByPrefix() {
        final AddressMask mask = AddressMask.ofNetmask(Family.IPV6, 60);
        assertEquals(Long.reverseBytes(-1L << 4), mask.word0);
        assertEquals(0, mask.word1);
        assertEquals(Long.reverseBytes(-1L << 28), AddressMask.ofNetmask(Family.IPV6, 100).word1);
        assertEquals(-1L, AddressMask.ofNetmask(Family.IPV6, 128).word1);
        assertEquals(
            Integer.reverseBytes(0xfffff000) & 0xffffffffL, AddressMask.ofNetmask(Family.IPV4, 0xfffff000).word0);
    }
}
