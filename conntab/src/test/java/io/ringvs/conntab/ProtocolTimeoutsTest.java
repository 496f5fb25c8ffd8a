package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.ringvs.service.IpProtocol;
import org.junit.jupiter.api.Test;

class ProtocolTimeoutsTest {
    @Test
    void shouldSetTcpEstablishedFinWaitAndUdpOnly() {
        final ProtocolTimeouts changed = ProtocolTimeouts.DEFAULTS.with(3600, 30, 10);

        assertEquals(3600, changed.tcpSeconds());
        assertEquals(30, changed.tcpFinSeconds());
        assertEquals(10, changed.udpSeconds());
        assertEquals(120, changed.seconds(IpProtocol.TCP, TcpStates.TIME_WAIT));
        assertEquals(900, changed.seconds(IpProtocol.SCTP, SctpStates.ESTABLISHED));
        assertEquals(900, ProtocolTimeouts.DEFAULTS.tcpSeconds());
    }

    @Test
    void shouldLeaveUnchangedGivenZero() {
        final ProtocolTimeouts changed = ProtocolTimeouts.DEFAULTS.with(7, 0, 0).with(0, 8, 0);

        assertEquals(7, changed.tcpSeconds());
        assertEquals(8, changed.tcpFinSeconds());
        assertEquals(300, changed.udpSeconds());
    }

    @Test
    void shouldRefuseWhatDoesNotFitIntoTicks() {
        assertEquals(8_589_934, ProtocolTimeouts.DEFAULTS.with(8_589_934, 0, 0).tcpSeconds());
        final String tooLong = assertThrows(IllegalArgumentException.class,
            () -> ProtocolTimeouts.DEFAULTS.with(1, 8_589_935, 1)).getMessage();
        assertEquals("tcpfin timeout 8589935 s is not in 0..8589934", tooLong);
        assertThrows(IllegalArgumentException.class, () -> ProtocolTimeouts.DEFAULTS.with(0, 0, -1));
    }

    @Test
    void shouldTakeEffectAtTheNextPacket() {
        try (TestTable test = new TestTable(100, 1)) {
            final int slot = test.open(1);
            test.worker().packet(slot, TcpStates.ACK, test.now);
            test.table.timeouts(ProtocolTimeouts.DEFAULTS.with(5, 0, 0));
            test.pass(60);
            assertEquals(slot, test.find(1));
            test.worker().packet(slot, TcpStates.ACK, test.now);
            test.pass(4);
            assertEquals(slot, test.find(1));
            test.pass(2);
            assertEquals(FlowLayout.NOT_FOUND, test.find(1));
        }
    }
}
