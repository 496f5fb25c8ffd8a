package io.ringvs.conntab;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The one table that packets are stepped by, against the state tables and timeouts it is made of. */
class StateStepsTest {
    private static final String[] TCP_NAMES = {"NO", "ES", "SS", "SR", "FW", "TW", "CL", "CW", "LA", "LI", "SA"};
    private static final int[] TCP_SECONDS = {2, 900, 120, 60, 120, 120, 10, 60, 30, 120, 120};
    private static final int[] SCTP_SECONDS = {2, 4, 61, 61, 61, 61, 61, 61, 900, 61, 61, 61, 4, 61};

    /** Rows: the state before; cells: client's syn, fin, ack, rst; server's; client's where replies are not seen. */
    private static final String[] TCP = {
        "SR CL ES CL  SS TW ES CL  SR CL ES CL",
        "ES CW ES CL  ES FW ES CL  ES FW ES CL",
        "ES SS SS CL  SS SS SS SS  ES SS SS CL",
        "SR TW ES SR  SR TW ES CL  SR TW ES SR",
        "SR TW FW CL  SS FW FW CL  SR FW FW CL",
        "SR TW TW CL  SS TW TW TW  SR TW TW CL",
        "SR CL CL CL  SS CL CL CL  SR CL CL CL",
        "SR CW CW CL  SS TW CW CL  SR CW CW CL",
        "SR LA CL LA  SS LA LA CL  SR LA CL LA",
        "SR LI LI LI  LI LI ES CL  SR LI LI LI",
        "SR TW ES SR  SR TW ES CL  SR TW ES CL"};

    /** Likewise, of secure_tcp. */
    private static final String[] SECURE_TCP = {
        "SR CL ES CL  SS TW ES CL  SA CL ES CL",
        "ES CW ES CL  ES FW ES CL  ES FW ES CL",
        "ES SS SS CL  SS SS SS SS  ES SS SS CL",
        "SR TW SR SR  SA TW ES CL  SR TW ES SR",
        "SR TW FW CL  SS FW FW CL  SA FW FW CL",
        "SR TW TW CL  SS TW TW TW  SA TW TW CL",
        "SR CL CL CL  SS CL CL CL  SA CL CL CL",
        "SR CW CW CL  SS TW CW CL  SA CW CW CL",
        "SR LA CL LA  SS LA LA CL  SA LA CL LA",
        "SR LI LI LI  LI LI ES CL  SA LI LI LI",
        "SA SA SA CL  SA TW ES CL  SA TW ES CL"};

    private final StateSteps steps = new StateSteps();

    @Test
    void shouldStepTcpToStateAndItsTimeout() {
        steps.apply(false, ProtocolTimeouts.DEFAULTS);
        checkTcp(TCP, TCP_SECONDS);
    }

    @Test
    void shouldStepTcpByStricterTableGivenSecureTcp() {
        steps.apply(true, ProtocolTimeouts.DEFAULTS);
        checkTcp(SECURE_TCP, TCP_SECONDS);
    }

    @Test
    void shouldFollowTheSettings() {
        steps.apply(false, ProtocolTimeouts.DEFAULTS);
        final int[] changed = TCP_SECONDS.clone();
        changed[TcpStates.ESTABLISHED] = 7;
        changed[TcpStates.FIN_WAIT] = 8;
        steps.apply(false, ProtocolTimeouts.DEFAULTS.with(7, 8, 9));
        checkTcp(TCP, changed);
        check(9, UdpStates.NORMAL, steps.of(ConnectionStates.INPUT, UdpStates.PACKET, UdpStates.NORMAL));

        steps.apply(true, ProtocolTimeouts.DEFAULTS.with(7, 8, 9));
        checkTcp(SECURE_TCP, changed);
        steps.apply(false, ProtocolTimeouts.DEFAULTS);
        checkTcp(TCP, TCP_SECONDS);
    }

    private void checkTcp(final String[] rows, final int[] seconds) {
        for (int before = 0; before < rows.length; before++) {
            final String[] cells = rows[before].split(" +");
            assertEquals(12, cells.length);
            for (int cell = 0; cell < cells.length; cell++) {
                final long step = steps.of(cell / 4, cell % 4, before);
                final int after = StateSteps.state(step);
                assertEquals(cells[cell], TCP_NAMES[after], TCP_NAMES[before] + ", cell " + cell);
                check(seconds[after], after, step);
            }
            for (int direction = 0; direction < 3; direction++) {
                check(seconds[TcpStates.CLOSE], TcpStates.CLOSE, steps.of(direction, TcpStates.NO_FLAG, before));
            }
        }
    }

    @Test
    void shouldStepUdpAndSctpToTheirTimeouts() {
        steps.apply(true, ProtocolTimeouts.DEFAULTS);
        for (int direction = 0; direction < 3; direction++) {
            check(300, UdpStates.NORMAL, steps.of(direction, UdpStates.PACKET, UdpStates.NORMAL));
            for (int event = SctpStates.DATA; event <= SctpStates.ABORT; event++) {
                for (int before = 0; before < SCTP_SECONDS.length; before++) {
                    final int after = ConnectionStates.next(false, direction, event, before);
                    check(SCTP_SECONDS[after], after, steps.of(direction, event, before));
                }
            }
        }
        check(900, SctpStates.ESTABLISHED, steps.of(ConnectionStates.INPUT_ONLY, SctpStates.COOKIE_ECHO,
            SctpStates.COOKIE_SENT));
    }

    private static void check(final int seconds, final int state, final long step) {
        assertEquals(state, StateSteps.state(step));
        assertEquals(Ticks.ofSeconds(seconds), StateSteps.ticks(step));
    }
}
