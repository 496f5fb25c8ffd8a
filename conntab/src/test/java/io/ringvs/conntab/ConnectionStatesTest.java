package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;

import io.ringvs.service.IpProtocol;
import org.junit.jupiter.api.Test;

/**
 * The state machines against the tables of Linux 6.1, written here by old state: one row per state, one cell per event.
 */
class ConnectionStatesTest {
    private static final List<String> TCP_STATES =
        List.of("NO", "ES", "SS", "SR", "FW", "TW", "CL", "CW", "LA", "LI", "SA");
    private static final List<String> SCTP_STATES =
        List.of("NO", "I1", "IN", "CS", "CR", "CW", "CO", "CE", "ES", "SS", "SR", "SA", "RJ", "CL");

    /** Cells: in syn, fin, ack, rst; out syn, fin, ack, rst; input-only syn, fin, ack, rst. */
    private static final String[] TCP = {
        "NO: SR CL ES CL SS TW ES CL SR CL ES CL",
        "ES: ES CW ES CL ES FW ES CL ES FW ES CL",
        "SS: ES SS SS CL SS SS SS SS ES SS SS CL",
        "SR: SR TW ES SR SR TW ES CL SR TW ES SR",
        "FW: SR TW FW CL SS FW FW CL SR FW FW CL",
        "TW: SR TW TW CL SS TW TW TW SR TW TW CL",
        "CL: SR CL CL CL SS CL CL CL SR CL CL CL",
        "CW: SR CW CW CL SS TW CW CL SR CW CW CL",
        "LA: SR LA CL LA SS LA LA CL SR LA CL LA",
        "LI: SR LI LI LI LI LI ES CL SR LI LI LI",
        "SA: SR TW ES SR SR TW ES CL SR TW ES CL"};

    /** Cells of secure_tcp that differ: direction, event, old state to new state. */
    private static final Map<String, String> TCP_SECURE = Map.ofEntries(
        Map.entry("I syn SA", "SA"),
        Map.entry("I fin SA", "SA"),
        Map.entry("I ack SR", "SR"),
        Map.entry("I ack SA", "SA"),
        Map.entry("I rst SA", "CL"),
        Map.entry("O syn SR", "SA"),
        Map.entry("O syn SA", "SA"),
        Map.entry("IO syn NO", "SA"),
        Map.entry("IO syn FW", "SA"),
        Map.entry("IO syn TW", "SA"),
        Map.entry("IO syn CL", "SA"),
        Map.entry("IO syn CW", "SA"),
        Map.entry("IO syn LA", "SA"),
        Map.entry("IO syn LI", "SA"),
        Map.entry("IO syn SA", "SA"));

    /**
     * Cells: data, init, init-ack, cookie-echo, cookie-ack, shutdown, shutdown-ack, shutdown-complete, error, abort.
     */
    private static final String[] SCTP_INPUT = {
        "NO: ES I1 CW CR ES SR CL CL CL CL",
        "I1: I1 IN CW IN I1 I1 IN CL I1 CL",
        "IN: IN IN CW IN IN IN IN CL IN CL",
        "CS: CS CS CS CR CS CS CS CS CS CL",
        "CR: CR CR CR CR CR CR CR CR CR CL",
        "CW: CW CW CO CW CW CW CW CW CW RJ",
        "CO: CO CO CO CO CO CO CO CO CO CL",
        "CE: CE CE CE CE ES CE CE CE CL CL",
        "ES: ES ES ES ES ES SR ES ES ES CL",
        "SS: SS SS SS SS SS SS CL SS SS CL",
        "SR: SR SR SR SR SR SR SR SR SR CL",
        "SA: SA SA SA SA SA SA CL CL SA CL",
        "RJ: RJ IN RJ RJ RJ RJ RJ RJ RJ CL",
        "CL: CL IN CL CL CL CL CL CL CL CL"};
    private static final String[] SCTP_OUTPUT = {
        "NO: ES CW CS CE ES SS SA CL CL CL",
        "I1: I1 CW CS CE ES SS SA I1 CL RJ",
        "IN: IN CW CS CE ES SS SA IN CL CL",
        "CS: CS CW CS CE ES SS SA CS CL CL",
        "CR: CR CW CR CE ES SS SA CR CL CL",
        "CW: CW CW CW CE ES SS CW CW CW CL",
        "CO: CO CW CO CE ES SS CO CO CO CL",
        "CE: CE CW CE CE ES SS CE CE CE CL",
        "ES: ES ES ES ES ES SS ES ES ES CL",
        "SS: SS CW SS SS SS SS SA SS SS CL",
        "SR: SR CW SR SR SR SR SA SR SR CL",
        "SA: SA CW SA SA SA SA SA SA SA CL",
        "RJ: RJ CW RJ RJ RJ RJ RJ RJ RJ CL",
        "CL: CL CW CL CL CL CL CL CL CL CL"};
    private static final String[] SCTP_INPUT_ONLY = {
        "NO: ES I1 CE ES ES SR CL CL CL CL",
        "I1: I1 IN CE ES I1 I1 IN CL I1 CL",
        "IN: IN IN CE ES IN IN IN CL IN CL",
        "CS: CS IN CE ES ES CS CS CL CS CL",
        "CR: CR IN CE ES ES CR CR CL CR CL",
        "CW: ES IN CE ES CW CW CW CW CW RJ",
        "CO: CO CO CO CO ES CO CO CO CO CL",
        "CE: CE CE CE CE ES CE CE CE CE CL",
        "ES: ES ES ES ES ES SR CL ES ES CL",
        "SS: SS SS SS SS SS SS CL SS SS CL",
        "SR: SR SR SR SR SR SR SR CL SR CL",
        "SA: SA SA SA SA SA SA CL CL SA CL",
        "RJ: RJ IN RJ RJ RJ RJ RJ RJ RJ CL",
        "CL: CL IN CL CL CL CL CL CL CL CL"};

    @Test
    void shouldStepTcpAsLinuxDoes() {
        checkTcp(false);
    }

    @Test
    void shouldStepTcpAsLinuxDoesGivenSecureTcp() {
        checkTcp(true);
    }

    private static void checkTcp(final boolean secure) {
        final String[] events = {"syn", "fin", "ack", "rst"};
        final String[] directions = {"I", "O", "IO"};
        for (final String row : TCP) {
            final int old = TCP_STATES.indexOf(row.substring(0, 2));
            final String[] cells = row.substring(4).split(" ");
            for (int direction = 0; direction < 3; direction++) {
                for (int event = 0; event < 4; event++) {
                    final String cell = directions[direction] + " " + events[event] + " " + row.substring(0, 2);
                    final String expected = secure && TCP_SECURE.containsKey(cell)
                        ? TCP_SECURE.get(cell) : cells[direction * 4 + event];
                    assertEquals(expected,
                        TCP_STATES.get(ConnectionStates.next(secure, direction, event, old)), cell);
                }
                assertEquals("CL", TCP_STATES.get(ConnectionStates.next(secure, direction, TcpStates.NO_FLAG, old)));
            }
        }
    }

    @Test
    void shouldStepSctpAsLinuxDoes() {
        checkSctp(SCTP_INPUT, ConnectionStates.INPUT);
        checkSctp(SCTP_OUTPUT, ConnectionStates.OUTPUT);
        checkSctp(SCTP_INPUT_ONLY, ConnectionStates.INPUT_ONLY);
    }

    private static void checkSctp(final String[] rows, final int direction) {
        final int[] events = {
            SctpStates.DATA, SctpStates.INITIATE, SctpStates.INIT_ACK, SctpStates.COOKIE_ECHO, SctpStates.COOKIE_ACK,
            SctpStates.SHUTDOWN, SctpStates.SHUTDOWN_ACK, SctpStates.SHUTDOWN_COMPLETE, SctpStates.ERROR,
            SctpStates.ABORT};
        for (final String row : rows) {
            final int old = SCTP_STATES.indexOf(row.substring(0, 2));
            final String[] cells = row.substring(4).split(" ");
            for (int event = 0; event < events.length; event++) {
                for (final boolean secure : new boolean[] {false, true}) {
                    assertEquals(cells[event],
                        SCTP_STATES.get(ConnectionStates.next(secure, direction, events[event], old)),
                        "direction " + direction + ", event " + event + ", state " + row.substring(0, 2));
                }
            }
        }
    }

    @Test
    void shouldTellTcpEventsByRstThenSynThenFinThenAck() {
        assertEquals(TcpStates.RST, TcpStates.event(0x3f));
        assertEquals(TcpStates.SYN, TcpStates.event(0x3b));
        assertEquals(TcpStates.SYN, TcpStates.event(0x12));
        assertEquals(TcpStates.FIN, TcpStates.event(0x11));
        assertEquals(TcpStates.ACK, TcpStates.event(0x18));
        assertEquals(TcpStates.NO_FLAG, TcpStates.event(0x28));
    }

    @Test
    void shouldTellSctpEventsByChunkType() {
        final int[] data = {0, 3, 4, 5, 12, 13, 15, 16, 64, 130, 192, 255};
        for (final int type : data) {
            assertEquals(SctpStates.DATA, SctpStates.event(type), "chunk type " + type);
        }
        assertEquals(SctpStates.INITIATE, SctpStates.event(1));
        assertEquals(SctpStates.INIT_ACK, SctpStates.event(2));
        assertEquals(SctpStates.ABORT, SctpStates.event(6));
        assertEquals(SctpStates.SHUTDOWN, SctpStates.event(7));
        assertEquals(SctpStates.SHUTDOWN_ACK, SctpStates.event(8));
        assertEquals(SctpStates.ERROR, SctpStates.event(9));
        assertEquals(SctpStates.COOKIE_ECHO, SctpStates.event(10));
        assertEquals(SctpStates.COOKIE_ACK, SctpStates.event(11));
        assertEquals(SctpStates.SHUTDOWN_COMPLETE, SctpStates.event(14));
        assertTrue(SctpStates.looksAtSecondChunk(10, 4));
        assertTrue(SctpStates.looksAtSecondChunk(11, 4));
        assertFalse(SctpStates.looksAtSecondChunk(11, 3));
        assertFalse(SctpStates.looksAtSecondChunk(0, 16));
        assertEquals(SctpStates.ABORT, SctpStates.event(10, 6));
        assertEquals(SctpStates.COOKIE_ECHO, SctpStates.event(10, 0));
    }

    @Test
    void shouldCountAsActiveWhatLinuxDoes() {
        final List<Integer> tcp = List.of(
            TcpStates.ESTABLISHED, TcpStates.SYN_SENT, TcpStates.SYN_RECV, TcpStates.SYNACK);
        for (int state = 0; state < TcpStates.COUNT; state++) {
            assertEquals(tcp.contains(state), ConnectionStates.isActive(TcpStates.ACK, state), "TCP state " + state);
        }
        for (int state = 0; state < SctpStates.COUNT; state++) {
            assertEquals(state == SctpStates.ESTABLISHED, ConnectionStates.isActive(SctpStates.ABORT, state));
        }
        assertFalse(ConnectionStates.isActive(UdpStates.PACKET, UdpStates.NORMAL));
    }

    @Test
    void shouldNameStatesAsListingsDo() {
        assertEquals("SYN_RECV", ConnectionStates.name(IpProtocol.TCP, false, 3));
        assertEquals("SYNACK", ConnectionStates.name(IpProtocol.TCP, false, 10));
        assertEquals("ERR!", ConnectionStates.name(IpProtocol.TCP, false, 11));
        assertEquals("UDP", ConnectionStates.name(IpProtocol.UDP, false, 0));
        assertEquals("C-ECHOED", ConnectionStates.name(IpProtocol.SCTP, false, 7));
        assertEquals("S-ACK-SENT", ConnectionStates.name(IpProtocol.SCTP, false, 11));
        assertEquals("NONE", ConnectionStates.name(IpProtocol.TCP, true, 0));
        assertEquals("ASSURED", ConnectionStates.name(IpProtocol.IP, true, 1));
        assertEquals("NONE", ConnectionStates.name(IpProtocol.IP, false, 0));
    }

    @Test
    void shouldKeepTheTimeoutsOfLinux() {
        final int[] tcp = {2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120};
        final int[] sctp = {2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61};
        for (int state = 0; state < tcp.length; state++) {
            assertEquals(tcp[state], ProtocolTimeouts.DEFAULTS.seconds(IpProtocol.TCP, state));
            assertEquals(tcp[state] * 250, ProtocolTimeouts.DEFAULTS.ticks(TcpStates.NO_FLAG, state));
        }
        for (int state = 0; state < sctp.length; state++) {
            assertEquals(sctp[state], ProtocolTimeouts.DEFAULTS.seconds(IpProtocol.SCTP, state));
            assertEquals(sctp[state] * 250, ProtocolTimeouts.DEFAULTS.ticks(SctpStates.DATA, state));
            assertEquals(sctp[state] * 250, ProtocolTimeouts.DEFAULTS.ticks(SctpStates.ABORT, state));
        }
        assertEquals(300, ProtocolTimeouts.DEFAULTS.udpSeconds());
    }
}
