package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.ConnectionFlags;
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
import io.ringvs.snapshot.ClientWays;

class ServerPacketsTest {
    private static final int SYN_ACK = TcpHeader.SYN | TcpHeader.ACK;
    private static final int ETHERNET = 14;
    private static final int MTU = 1500;
    private static final String CLIENT6 = "2001:db8:c::7";
    private static final String VIRTUAL6 = "2001:db8::100";
    private static final String CLIENT = "198.51.100.7";
    private static final String SERVER = "192.168.1.11";
    private static final String SERVER6 = "2001:db8:1::11";

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private ServiceKey direct;

    @BeforeEach
    void serve() {
        direct = rules.addService(IpProtocol.TCP, VIRTUAL6, 80, "rr");
        rules.addServer(direct, SERVER6, 80, TestDirector.SERVERS);
        translated("10.0.0.100", SERVER, "192.168.1.1");
        translated("2001:db8::101", SERVER6, "2001:db8:1::1");
        final Adjacency away = new Adjacency(
            Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, MTU);
        rules.clients(new ClientWays.Builder().add(IpAddress.parse("0.0.0.0"), 0, away)
            .add(IpAddress.parse("::"), 0, away)
            .add(IpAddress.parse("10.0.0.1"), 32, new Adjacency(Adjacency.State.LOCAL, 0, 0, 0, 0)).build());
        director.publish();
    }

    private void translated(final String virtual, final String server, final String source) {
        final ServiceKey key = rules.addService(IpProtocol.TCP, virtual, 80, "rr");
        final int id = rules.addServer(
            key, DestinationConfig.of(IpAddress.parse(server), 8080, ForwardingMethod.NAT, 1),
            ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        rules.adjacency(id, new Adjacency(Adjacency.State.RESOLVED, TestDirector.SERVERS, TestRules.macWord(id),
            0x0200_0000, MTU, IpAddress.parse(source)));
    }

    private void refuse() {
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.NAT_ICMP_SEND, 1));
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private TestDirector fromServer(final FrameBuilder packet) {
        director.servers().inject(packet.build());
        director.worker.doWork();
        return director;
    }

    private static FrameBuilder answer6(final int flags) {
        return FrameBuilder.tcp(flags).from(VIRTUAL6, 80).to(CLIENT6, 20000);
    }

    private static FrameBuilder stray(final int flags) {
        return FrameBuilder.tcp(flags).from(SERVER, 8080).to(CLIENT, 20000);
    }

    @Test
    void shouldSendAnswersOfVirtualIpv6AddressOnAndStepTheirConnection() {
        director.forward(FrameBuilder.tcp(TcpHeader.SYN).from(CLIENT6, 20000).to(VIRTUAL6, 80).build());
        final byte[] answer = answer6(SYN_ACK).build();

        final byte[] sent = fromServer(answer6(SYN_ACK)).clients().collect();

        assertArrayEquals(Arrays.copyOfRange(answer, ETHERNET + 8, answer.length),
            Arrays.copyOfRange(sent, ETHERNET + 8, sent.length));
        assertEquals(63, sent[ETHERNET + 7]);
        assertEquals((byte)0xfe, sent[5]);
        director.assertListing("TCP 2001:db8:c::7:20000 2001:db8::100:80 2001:db8:1::11:80 SYN_RECV 60");
        fromServer(answer6(TcpHeader.RST));
        director.assertListing("TCP 2001:db8:c::7:20000 2001:db8::100:80 2001:db8:1::11:80 CLOSE 10");
        assertEquals(2, director.statistics.sum(rules.statisticsRow(direct), Statistics.OUT_PACKETS));
    }

    @Test
    void shouldLeaveOtherPacketsOfVirtualAddressToHost() {
        fromServer(answer6(SYN_ACK));
        fromServer(answer6(TcpHeader.ACK).from(VIRTUAL6, 81));

        director.assertListing();
        assertEquals(2, director.handedToHost.size());
    }

    @Test
    void shouldRouteStrayPacketsGivenDefaultSettings() {
        fromServer(stray(SYN_ACK));

        director.assertOnly(Verdict.HOST_NO_SERVICE, 1);
    }

    @Test
    void shouldRefuseStrayPacketsGivenNatIcmpSend() {
        refuse();

        final byte[] error = fromServer(stray(SYN_ACK)).servers().collect();

        assertEquals("c0a80101c0a8010b", HexFormat.of().formatHex(error, 26, 34), "the host's address refuses");
        assertEquals("0303", HexFormat.of().formatHex(error, 34, 36));
        assertEquals(63, error[42 + 8], "the quoted packet had taken its hop");
        assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(error, 42, 62)));
        director.assertOnly(Verdict.DROP_UNEXPECTED_ANSWER, 1);
    }

    @Test
    void shouldRefuseStrayIpv6PacketsGivenNatIcmpSend() {
        refuse();

        final byte[] error = fromServer(
            FrameBuilder.tcp(SYN_ACK).from(SERVER6, 8080).to(CLIENT6, 20000)).servers().collect();

        assertEquals("20010db8000100000000000000000001", HexFormat.of().formatHex(error, 22, 38));
        assertEquals("0104", HexFormat.of().formatHex(error, 54, 56));
        director.assertOnly(Verdict.DROP_UNEXPECTED_ANSWER, 1);
    }

    @Test
    void shouldNotRefuseWhatLinuxLetsPass() {
        refuse();
        fromServer(stray(TcpHeader.RST));
        fromServer(stray(SYN_ACK).from(SERVER, 8081));
        fromServer(stray(SYN_ACK).from("192.168.1.12", 8080));
        fromServer(stray(SYN_ACK).protocol(IpProtocol.UDP));
        fromServer(stray(SYN_ACK).timeToLive(1));
        fromServer(stray(SYN_ACK).to("10.0.0.1", 20000));

        assertNull(director.servers().collect());
        assertEquals(0, director.packets(Verdict.DROP_UNEXPECTED_ANSWER));
        assertEquals(6, director.handedToHost.size());
    }

    @Test
    void shouldStillTranslateAnswersGivenNatIcmpSend() {
        refuse();
        director.forward(FrameBuilder.tcp(TcpHeader.SYN).build());

        assertNotNull(fromServer(stray(SYN_ACK)).clients().collect());
    }
}
