package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;

class IcmpErrorsForConnectionsTest {
    private static final int ETHERNET = 14;
    private static final int TTL = ETHERNET + 8;
    private static final String ROUTER = "203.0.113.1";
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "10.0.0.100";

    private final TestDirector director = new TestDirector();
    private ServiceKey http;
    private int server;

    @BeforeEach
    void oneServerWithOneConnection() {
        http = director.rules.addService(IpProtocol.TCP, VIP, 80, "rr");
        server = director.rules.addServer(http, "192.168.1.11", 80, TestDirector.SERVERS);
        director.publish();
        director.forward(FrameBuilder.tcp(TcpHeader.SYN).from(CLIENT, 20000).build());
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static byte[] quoted(final int serverPort, final int clientPort) {
        return FrameBuilder.tcp(TcpHeader.ACK).from(VIP, serverPort).to(CLIENT, clientPort).build();
    }

    /** An ICMP error about a packet whose frame is given. */
    private static byte[] error(final int type, final byte[] about) {
        final byte[] packet = Arrays.copyOfRange(about, ETHERNET, about.length);
        final String message = String.format("%02x04%04x00000578", type, 0) + HexFormat.of().formatHex(packet);
        final byte[] bytes = HexFormat.of().parseHex(message);
        final int checksum = FrameBuilder.checksum(bytes);
        bytes[2] = (byte)(checksum >> 8);
        bytes[3] = (byte)checksum;
        return FrameBuilder.tcp(0).from(ROUTER, 0).to(VIP, 0).protocol(IpProtocol.ICMP)
            .transport(HexFormat.of().formatHex(bytes)).build();
    }

    @Test
    void shouldGoToServerOfConnectionUnchangedButForOneHop() {
        for (final int type : new int[] {3, 4, 11}) {
            final byte[] in = error(type, quoted(80, 20000));

            final byte[] out = director.forward(in);

            assertEquals(server, out[5]);
            assertEquals(in[TTL] - 1, out[TTL]);
            assertArrayEquals(Arrays.copyOfRange(in, ETHERNET + 12, in.length),
                Arrays.copyOfRange(out, ETHERNET + 12, out.length));
        }
        final int row = director.rules.statisticsRow(http);
        assertEquals(4, director.statistics.sum(row, Statistics.IN_PACKETS));
        assertEquals(40 + 3 * 68, director.statistics.sum(row, Statistics.IN_BYTES));
        director.assertOnly(Verdict.FORWARD, 4);
    }

    @Test
    void shouldFindConnectionOpenedInSameBatch() {
        director.receive(
            FrameBuilder.tcp(TcpHeader.SYN).from(CLIENT, 20001).build(), error(3, quoted(80, 20001)));

        director.assertOnly(Verdict.FORWARD, 3);
    }

    @Test
    void shouldNotProlongConnection() {
        director.advanceSeconds(50);
        director.forward(error(3, quoted(80, 20000)));
        director.advanceSeconds(15);

        assertEquals(0, director.table.size(), "a connection in SYN_RECV lives 60 s");
    }

    @Test
    void shouldLeaveToHostWhatIsRelatedToNoConnection() {
        final byte[] later = FrameBuilder.tcp(TcpHeader.ACK).from(VIP, 80).to(CLIENT, 20000).fragment(1).build();
        director.receive(
            error(3, quoted(80, 20009)), error(3, quoted(81, 20000)), error(5, quoted(80, 20000)),
            error(12, quoted(80, 20000)), error(8, quoted(80, 20000)), error(3, later),
            error(3, Arrays.copyOf(quoted(80, 20000), ETHERNET + 22)),
            error(3, Arrays.copyOf(quoted(80, 20000), ETHERNET + 18)));

        assertEquals(8, director.packets(Verdict.HOST_ICMP));
        assertEquals(8, director.handedToHost.size());
    }

    @Test
    void shouldNeedNoMoreOfQuotedPacketThanPorts() {
        director.forward(error(3, Arrays.copyOf(quoted(80, 20000), ETHERNET + 24)));

        director.assertOnly(Verdict.FORWARD, 2);
    }

    @Test
    void shouldDropGivenWrongChecksum() {
        final byte[] damaged = error(3, quoted(80, 20000));
        damaged[damaged.length - 1] ^= 1;

        assertNull(director.forward(damaged));

        assertEquals(1, director.packets(Verdict.DROP_BAD_CHECKSUM));
    }

    @Test
    void shouldDropTruncatedMessage() {
        director.receive(FrameBuilder.tcp(0).from(ROUTER, 0).to(VIP, 0).protocol(IpProtocol.ICMP)
            .transport("0304aabb0000").build());

        assertEquals(1, director.packets(Verdict.DROP_TRUNCATED));
    }

    @Test
    void shouldDropGivenServerOfConnectionIsGone() {
        director.rules.removeServer(http, server);
        director.publish();

        assertNull(director.forward(error(3, quoted(80, 20000))));

        assertEquals(1, director.packets(Verdict.DROP_DESTINATION_GONE));
    }

    private void scheduleIcmp() {
        director.rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.SCHEDULE_ICMP, 1));
        director.publish();
    }

    @Test
    void shouldOpenConnectionWithoutStateGivenScheduleIcmp() {
        scheduleIcmp();

        final byte[] out = director.forward(error(3, quoted(80, 20009)));

        assertEquals(server, out[5]);
        director.assertListing("TCP 198.51.100.7:20000 10.0.0.100:80 192.168.1.11:80 SYN_RECV 60",
            "TCP 198.51.100.7:20009 10.0.0.100:80 192.168.1.11:80 NONE 3");
        final int row = director.rules.statisticsRow(http);
        assertEquals(2, director.statistics.sum(row, Statistics.CONNECTIONS));
        director.advanceSeconds(5);
        assertEquals(1, director.table.size());
    }

    @Test
    void shouldTranslateGivenScheduleIcmpAndNat() {
        final ServiceKey nat = director.rules.addService(IpProtocol.TCP, "10.0.0.101", 80, "rr");
        director.rules.addServer(nat,
            DestinationConfig.of(IpAddress.parse("192.168.1.12"), 8080, ForwardingMethod.NAT, 1),
            ForwardingMethod.NAT.value(), Adjacency.State.RESOLVED, TestDirector.SERVERS);
        scheduleIcmp();

        final byte[] out = director.forward(
            error(11, FrameBuilder.tcp(TcpHeader.ACK).from("10.0.0.101", 80).to(CLIENT, 20000).build()));

        assertEquals("c0a8010c", HexFormat.of().formatHex(out, 30, 34));
        assertEquals("c0a8010cc63364071f904e20", HexFormat.of().formatHex(out, 54, 66));
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(out, 34, out.length)));
    }

    @Test
    void shouldOpenNothingGivenScheduleIcmpAndNoServiceNoServerOrFtpData() {
        scheduleIcmp();
        director.receive(error(3, quoted(81, 20000)), error(3, quoted(80, 20)));
        assertEquals(2, director.packets(Verdict.HOST_ICMP));

        director.rules.weight(http, server, 0);
        director.publish();
        director.receive(error(3, quoted(80, 20009)));
        assertEquals(1, director.packets(Verdict.DROP_NO_DESTINATION));
        assertNull(director.clients().collect(), "an error is not answered");
        assertEquals(1, director.table.size());
    }
}
