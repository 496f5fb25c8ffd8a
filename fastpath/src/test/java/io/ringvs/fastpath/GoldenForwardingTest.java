package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpProtocol;

/**
 * Plays records of a Linux 6.1 director: every frame that comes out must be Linux's, byte by byte. Arbitrary are the
 * identification of outer headers and of ICMP errors (but 0 where Linux has 0), the UDP source port of gue tunnels, and
 * the flow label of ICMPv6 errors. What the director hands to its host is the host's to answer.
 */
class GoldenForwardingTest {
    private static final Map<String, ForwardingRecord> RECORDS = ForwardingRecord.all();
    private static final int NETWORK = 14;
    private static final int GUE_PORT = 5555;

    static Stream<String> names() {
        return RECORDS.keySet().stream();
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldSendWhatLinuxSends(final String name) {
        final ForwardingRecord record = RECORDS.get(name);
        try (RecordedDirector recorded = new RecordedDirector(record)) {
            final long start = recorded.director.now;
            int compared = 0;
            for (final ForwardingRecord.Step step : record.steps()) {
                recorded.director.now = start + step.milliseconds() * 1_000_000L;
                if (step.command() == null) {
                    compared += compare(recorded, step, name + " step " + step.number());
                } else if (!step.command().startsWith("-L")) {
                    recorded.run(step.command());
                }
            }
            assertTrue(compared > 0, "the record has no frame to compare");
        }
    }

    private static int compare(final RecordedDirector recorded, final ForwardingRecord.Step step, final String where) {
        final int hosts = recorded.director.handedToHost.size();
        final long others = recorded.director.packets(Verdict.DROP_METHOD);
        final List<ForwardingRecord.Frame> out = recorded.receive(step.in());
        if (recorded.director.handedToHost.size() != hosts
            || recorded.director.packets(Verdict.DROP_METHOD) != others) {
            assertEquals(0, out.size(), where);
            return 0;
        }
        assertEquals(text(step.out()), text(out), where);
        return out.size();
    }

    private static String text(final List<ForwardingRecord.Frame> frames) {
        final StringBuilder text = new StringBuilder();
        for (final ForwardingRecord.Frame frame : frames) {
            final byte[] bytes = withoutArbitrary(frame.bytes());
            text.append(frame.clients() ? "clients " : "servers ").append(HexFormat.of().formatHex(bytes)).append('\n');
        }
        return text.toString();
    }

    private static byte[] withoutArbitrary(final byte[] frame) {
        final byte[] bytes = frame.clone();
        if (bytes[12] == 0x08) {
            withoutArbitraryIpv4(bytes);
        } else if (bytes[NETWORK + 6] == IpProtocol.ICMPV6) {
            assertEquals(0, bytes[NETWORK + 1] & 0xf0, "traffic class");
            Arrays.fill(bytes, NETWORK + 1, NETWORK + 4, (byte)0);
        }
        return bytes;
    }

    private static void withoutArbitraryIpv4(final byte[] bytes) {
        final int end = NETWORK + (bytes[NETWORK] & 0xf) * 4;
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(bytes, NETWORK, end)), "IPv4 header checksum");
        final int protocol = bytes[NETWORK + 9] & 0xff;
        final boolean fromDirector = HexFormat.of().formatHex(bytes, NETWORK + 12, NETWORK + 16).equals("c0a80101");
        if (!fromDirector && protocol != IpProtocol.ICMP) {
            return;
        }
        if (number(bytes, NETWORK + 4) != 0) {
            Arrays.fill(bytes, NETWORK + 4, NETWORK + 6, (byte)0xff);
            Arrays.fill(bytes, NETWORK + 10, NETWORK + 12, (byte)0xff);
        }
        final boolean firstFragment = (number(bytes, NETWORK + 6) & 0x1fff) == 0;
        if (protocol == IpProtocol.UDP && firstFragment && number(bytes, end + 2) == GUE_PORT) {
            assertTrue(number(bytes, end) >= 32768 && number(bytes, end) < 60999, "source port");
            Arrays.fill(bytes, end, end + 2, (byte)0xff);
        }
    }

    private static int number(final byte[] bytes, final int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }
}
