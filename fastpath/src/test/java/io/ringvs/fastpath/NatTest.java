package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class NatTest {
    private static final int SYN_ACK = TcpHeader.SYN | TcpHeader.ACK;
    private static final int MTU = 1500;

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private ServiceKey service;

    @BeforeEach
    void oneTranslatedServer() {
        service = rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "rr");
        rules.addServer(service, DestinationConfig.of(IpAddress.parse("192.168.1.11"), 8080, ForwardingMethod.NAT, 1),
            ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        clientsBy(Adjacency.State.RESOLVED);
    }

    private void clientsBy(final Adjacency.State state) {
        rules.clients(new ClientWays.Builder().add(IpAddress.parse("0.0.0.0"), 0,
            new Adjacency(state, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, MTU)).build());
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    @Test
    void shouldTranslateThereAndBack() {
        final byte[] in = director.forward(request(TcpHeader.SYN));
        assertArrayEquals(new byte[] {(byte)192, (byte)168, 1, 11}, Arrays.copyOfRange(in, 30, 34));
        assertEquals(8080, (in[36] & 0xff) << 8 | in[37] & 0xff);
        assertEquals(63, in[22]);

        final byte[] out = answer(SYN_ACK, 64);
        assertArrayEquals(new byte[] {10, 0, 0, 100}, Arrays.copyOfRange(out, 26, 30));
        assertEquals(80, (out[34] & 0xff) << 8 | out[35] & 0xff);
        assertEquals(63, out[22]);
        assertEquals((byte)0xfe, out[5]);
        director.assertListing("TCP 198.51.100.7:20000 10.0.0.100:80 192.168.1.11:8080 SYN_RECV 60");
        assertEquals(1, director.statistics.sum(rules.statisticsRow(service), Statistics.OUT_PACKETS));
        assertEquals(1, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.OUT_PACKETS));
        director.assertOnly(Verdict.FORWARD, 2);
    }

    @Test
    void shouldLeaveAnswersToHostGivenNoConnection() {
        assertNull(answer(SYN_ACK, 64));

        director.assertOnly(Verdict.HOST_NO_SERVICE, 1);
    }

    @Test
    void shouldLeaveTranslatedAnswerToHostGivenNeighbourNotKnown() {
        clientsBy(Adjacency.State.UNRESOLVED);
        director.keepHandedToHost = true;
        assertNotNull(director.forward(request(TcpHeader.SYN)));

        assertNull(answer(SYN_ACK, 64));
        assertEquals(1, director.packets(Verdict.HOST_REPLY));
        final byte[] handed = director.handedToHost.get(0);
        assertArrayEquals(new byte[] {10, 0, 0, 100}, Arrays.copyOfRange(handed, 26, 30));
        assertEquals(64, handed[22]);
    }

    @Test
    void shouldLeaveAnswerToHostAsItCameGivenNoHopIsLeft() {
        director.keepHandedToHost = true;
        assertNotNull(director.forward(request(TcpHeader.SYN)));

        assertNull(answer(SYN_ACK, 1));
        final byte[] handed = director.handedToHost.get(0);
        assertArrayEquals(new byte[] {(byte)192, (byte)168, 1, 11}, Arrays.copyOfRange(handed, 26, 30));
        assertEquals(0, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.OUT_PACKETS));
    }

    private static byte[] request(final int flags) {
        return FrameBuilder.tcp(flags).from("198.51.100.7", 20000).to("10.0.0.100", 80).build();
    }

    /** Sends an answer of the real server and returns what came out towards the client, or null. */
    private byte[] answer(final int flags, final int hops) {
        director.servers().inject(FrameBuilder.tcp(flags).from("192.168.1.11", 8080).to("198.51.100.7", 20000)
            .timeToLive(hops).build());
        director.worker.doWork();
        return director.clients().collect();
    }
}
