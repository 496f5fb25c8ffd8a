package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

/**
 * A flood of SYNs from as many sources, while established flows go on. 400 thousand sources; with
 * {@code -Dringvs.long=true} 20 million.
 */
class FloodTest {
    private static final boolean LONG = Boolean.getBoolean("ringvs.long");
    private static final int SOURCES = LONG ? 20_000_000 : 400_000;
    private static final int MAX_CONNECTIONS = LONG ? 1_000_000 : 20_000;
    private static final int SECONDS = 80;
    private static final int ESTABLISHED = 500;
    private static final int BATCH = 64;

    private final TestDirector director = new TestDirector(MAX_CONNECTIONS, RingSizes.same(256));
    private final Defences defences = new Defences(director.state, () -> 1_000_000);
    private final byte[] syn = FrameBuilder.tcp(TcpHeader.SYN).from("32.0.0.0", 1024).build();
    private final long[] addresses = new long[BATCH];
    private final int[] lengths = new int[BATCH];
    private final int[] serverOfFlow = new int[ESTABLISHED];
    private int source;

    private void prepare() {
        Arrays.fill(lengths, syn.length);
        director.keepHandedToHost = false;
        final ServiceKey http = director.rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "wlc");
        for (int server = 1; server <= 10; server++) {
            director.rules.addServer(http, "192.168.1." + server, 80, TestDirector.SERVERS);
        }
        director.publish();
        for (int flow = 0; flow < ESTABLISHED; flow++) {
            serverOfFlow[flow] = director.serverOf(packet(flow, TcpHeader.SYN));
            assertEquals(serverOfFlow[flow], director.serverOf(packet(flow, TcpHeader.ACK)));
        }
    }

    private static byte[] packet(final int flow, final int flags) {
        return FrameBuilder.tcp(flags).from("198.51.100.7", 1000 + flow).build();
    }

    /** A second of flood, then one packet of each established flow. */
    private void second() {
        for (int left = SOURCES / SECONDS; left > 0; left -= BATCH) {
            final int taken = director.clients().take(addresses, 0, Math.min(left, BATCH));
            for (int i = 0; i < taken; i++) {
                writeSyn(director.umem.pointer(addresses[i]));
            }
            director.clients().post(addresses, lengths, 0, taken);
            director.worker.doWork();
            director.servers().transmit(BATCH);
        }
        for (int flow = 0; flow < ESTABLISHED; flow++) {
            assertEquals(serverOfFlow[flow], director.serverOf(packet(flow, TcpHeader.ACK)), "flow " + flow);
        }
        director.advanceSeconds(1);
    }

    private void writeSyn(final long frame) {
        for (int b = 0; b < syn.length; b++) {
            UnsafeApi.putByte(frame + b, syn[b]);
        }
        source++;
        UnsafeApi.putInt(frame + 26, Integer.reverseBytes(0x2000_0000 | source));
        int sum = (~((syn[24] & 0xff) << 8 | syn[25] & 0xff) & 0xffff) + (source >>> 16) + (source & 0xffff);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = (sum & 0xffff) + (sum >>> 16);
        UnsafeApi.putShort(frame + 24, Short.reverseBytes((short)~sum));
    }

    private Defences.Report flood(final IpvsSettings initial) {
        prepare();
        IpvsSettings settings = initial;
        int most = 0;
        for (int second = 0; second < SECONDS; second++) {
            settings = defences.everySecond(settings);
            second();
            most = Math.max(most, director.table.size());
        }
        assertTrue(most <= MAX_CONNECTIONS, most + " connections");
        final Defences.Report report = defences.report(List.of(director.worker.counters()));
        report.lines().forEach(System.out::println);
        assertEquals(SOURCES / SECONDS * SECONDS, source);
        assertEquals(report.connectionsRefused(), director.packets(Verdict.DROP_TABLE_FULL));
        assertEquals(source + ESTABLISHED * (2L + SECONDS), director.packets(Verdict.FORWARD)
            + director.packets(Verdict.DROP_DEFENCE) + director.packets(Verdict.DROP_TABLE_FULL), "every packet");
        director.close();
        return report;
    }

    @Test
    void shouldLoseNothingOfEstablishedFlowsGivenFloodAndDefences() {
        final Defences.Report report =
            flood(IpvsSettings.DEFAULTS.with("drop_entry", "1").with("drop_packet", "1").with("secure_tcp", "1"));

        assertTrue(report.entriesDropped() > 0, "drop_entry acted");
        assertTrue(report.packetsDropped() > 0, "drop_packet acted");
        assertTrue(report.tcpSeconds() > 0, "secure_tcp acted");
    }

    @Test
    void shouldLoseNothingOfEstablishedFlowsGivenFloodAndNoDefences() {
        final Defences.Report report = flood(IpvsSettings.DEFAULTS);

        assertEquals(0, report.entriesDropped() + report.packetsDropped());
        assertTrue(report.connectionsRefused() > 0, "the table was full");
    }
}
