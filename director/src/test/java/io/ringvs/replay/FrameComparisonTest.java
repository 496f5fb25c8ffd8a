package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.Test;

/** Which bytes of frames count, and how a difference is told. */
class FrameComparisonTest {
    private static final String ETHERNET = "0200000002010200000000020800";
    /** 198.51.100.7:20000 to 10.0.0.100:80, id 0x1234. */
    private static final byte[] SYN = hex(ETHERNET
        + "45000028123440003f06f4fdc63364070a000064" + "4e200050000003e8000000005002faf02dfb0000");
    private static final byte[] RESET = hex(ETHERNET
        + "4500002800004000400606320a000064c6336407" + "00504e2200000000000003e95014000028d70000");
    private static final byte[] ARP = hex("ffffffffffff0200000000020806000108000604000102000000000200000000");

    @Test
    void shouldNameTheField() {
        final byte[] other = SYN.clone();
        other[22] = 64;
        assertEquals("IPv4 ttl: recorded 63, got 64", FrameFields.difference(SYN, other));
        assertNull(FrameFields.difference(SYN, SYN.clone()));

        final byte[] sequence = SYN.clone();
        sequence[41] = 1;
        assertEquals("TCP sequence: recorded 000003e8, got 00000301", FrameFields.difference(SYN, sequence));
    }

    @Test
    void shouldTellInnerFromOuterHeaders() {
        final byte[] inner = hex("0200000002010200000000020800" + "4500003c00004000400400000a0000010a000002"
            + HexFormat.of().formatHex(SYN, 14, SYN.length));
        final byte[] other = inner.clone();
        other[42] = 62;
        assertEquals("inner IPv4 ttl: recorded 63, got 62", FrameFields.difference(inner, other));
    }

    @Test
    void shouldTellFramesCutShort() {
        final byte[] cut = Arrays.copyOf(SYN, 30);
        assertTrue(FrameFields.difference(SYN, cut).startsWith("IPv4 destination: recorded 10.0.0.100, got none"),
            FrameFields.difference(SYN, cut));
        assertEquals("payload: recorded , got 00",
            FrameFields.difference(SYN, Arrays.copyOf(SYN, SYN.length + 1)));
    }

    @Test
    void shouldMaskTheIdOfHeadersThatNoInputHad() {
        final FrameMask mask = new FrameMask(List.of(input(SYN)));
        assertArrayEquals(SYN, mask.apply(SYN), "it was forwarded");

        final byte[] made = SYN.clone();
        made[18] = 0x77;
        made[24] = 0x11;
        final byte[] masked = mask.apply(made);
        assertEquals(0, masked[18]);
        assertEquals(0, masked[24], "the header checksum covers the id");
        assertEquals(made[22], masked[22]);
        assertEquals(0, mask.apply(SYN, made)[24], "made, with the id of an input by chance");
        assertEquals(made[18], mask.apply(made, SYN)[18], "forwarded, and not to be changed");
    }

    @Test
    void shouldMaskFlowLabels() {
        final byte[] frame = hex("02000000020102000000000286dd" + "60012345000c3a4020010db8000100000000000000000001"
            + "20010db8000100000000000000000002" + "000000000000000000000000");
        final byte[] masked = new FrameMask(List.of()).apply(frame);
        assertEquals(0x60, masked[14]);
        assertEquals(0, masked[15] | masked[16] | masked[17]);
    }

    @Test
    void shouldKnowTheHostsOwnAnswers() {
        final PortFrame input = new PortFrame("eth0", SYN);
        assertTrue(HostAnswer.isAlwaysHosts(new PortFrame("eth1", ARP)));
        assertFalse(HostAnswer.isAlwaysHosts(input));
        assertTrue(HostAnswer.isAnswer(input, new PortFrame("eth0", RESET)));
        assertFalse(HostAnswer.isAnswer(input, new PortFrame("eth1", RESET)), "another interface");
        assertFalse(HostAnswer.isAnswer(input, input), "no reset");
        assertFalse(HostAnswer.isAnswer(new PortFrame("eth0", ARP), new PortFrame("eth0", RESET)), "no TCP input");
    }

    @Test
    void shouldCompareConnectionsAsASet() {
        final String first = "TCP 14:57  ESTABLISHED 172.16.0.1:1 10.0.0.100:80 192.168.1.11:80\n";
        final String later = "TCP 14:55  ESTABLISHED 172.16.0.1:1 10.0.0.100:80 192.168.1.11:80\n";
        final String second = "TCP 00:57  SYN_RECV    172.16.0.2:1 10.0.0.100:80 192.168.1.11:80\n";
        assertNull(ConnectionListing.difference(first + second, second + later, 2));
        assertEquals("recorded 'TCP SYN_RECV    172.16.0.2:1 10.0.0.100:80 192.168.1.11:80', got nothing more"
            + " (1 lines only recorded, 0 only got)",
            ConnectionListing.difference(first + second, later, 2));
    }

    @Test
    void shouldTellTimesToExpiryThatDifferByMoreThanTheTolerance() {
        final String line = "UDP %s  UDP         172.16.0.1:1 10.0.0.100:53 192.168.1.11:53%n";
        assertNull(ConnectionListing.difference(String.format(line, "04:59"), String.format(line, "05:01"), 2));
        assertEquals("expiry of 'UDP UDP         172.16.0.1:1 10.0.0.100:53 192.168.1.11:53': recorded in 299 s,"
            + " got in 302 s",
            ConnectionListing.difference(String.format(line, "04:59"), String.format(line, "05:02"), 2));
    }

    private static TraceStep input(final byte[] frame) {
        return new TraceStep.FrameIn(0, 0, new PortFrame("eth0", frame), List.of(), false);
    }

    private static byte[] hex(final String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
