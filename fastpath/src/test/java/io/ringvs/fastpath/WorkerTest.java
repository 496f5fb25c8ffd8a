package io.ringvs.fastpath;

import static io.ringvs.fastpath.TwoServers.tcp;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

class WorkerTest {
    private static final int SYN = TcpHeader.SYN;
    private static final int ACK = TcpHeader.ACK;
    private static final int FIN = TcpHeader.FIN | TcpHeader.ACK;
    private static final int RST = TcpHeader.RST;

    private final TwoServers servers = new TwoServers();
    private final TestDirector director = servers.director;
    private final TestRules rules = director.rules;
    private final ServiceKey http = servers.http;
    private final int first = servers.first;
    private final int second = servers.second;

    @AfterEach
    void close() {
        director.close();
    }

    @Test
    void shouldSendWhatLinuxSends() {
        final byte[] in = HexFormat.of().parseHex("0200000000010200000001fe080045000028123440004006f3fdc6336407"
            + "0a0000644e290050000003e8000000005002faf02df20000" + "747261696c696e672070616464696e67");

        final byte[] out = director.forward(in);

        assertEquals("0200000000" + String.format("%02x", first) + "020000000002"
            + "080045000028123440003f06f4fdc63364070a0000644e290050000003e8000000005002faf02df20000",
            HexFormat.of().formatHex(out));
        director.assertOnly(Verdict.FORWARD, 1);
    }

    @Test
    void shouldKeepServerOfConnection() {
        assertEquals(first, director.serverOf(tcp(1000, SYN)));
        assertEquals(second, director.serverOf(tcp(1001, SYN)));
        for (int i = 0; i < 3; i++) {
            assertEquals(first, director.serverOf(tcp(1000, ACK)));
            assertEquals(second, director.serverOf(tcp(1001, ACK)));
        }
        assertEquals(first, director.serverOf(tcp(1000, SYN)), "a repeated SYN");
        assertEquals(2, director.table.size());
    }

    @Test
    void shouldOpenNoConnectionFromAnAddressOfTheHost() {
        final Adjacency host = new Adjacency(Adjacency.State.LOCAL, 0, 0, 0, 0);
        final Adjacency router = new Adjacency(Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0, 0, 1500);
        rules.clients(new ClientWays.Builder().add(IpAddress.parse("10.0.0.100"), 32, host)
            .add(IpAddress.parse("10.50.0.0"), 16, host).add(IpAddress.parse("0.0.0.0"), 0, router).build());
        director.publish();

        director.receive(FrameBuilder.tcp(SYN).from("10.0.0.100", 1000).build(),
            FrameBuilder.tcp(SYN).from("10.50.1.2", 1000).build());
        director.assertOnly(Verdict.DROP_MARTIAN, 2);
        assertEquals(first, director.serverOf(tcp(1000, SYN)));
        assertEquals(1, director.table.size());
    }

    @Test
    void shouldOpenOneConnectionGivenItsPacketsInOneBatch() {
        director.receive(tcp(1000, SYN), tcp(1000, ACK), tcp(1001, SYN), tcp(1000, SYN), tcp(1001, ACK));

        final int[] servers = {first, first, second, first, second};
        for (final int server : servers) {
            assertEquals(server, director.servers().collect()[5]);
        }
        assertEquals(2, director.table.size());
        assertEquals(1, director.destinations.totalConnections(first));
        director.assertOnly(Verdict.FORWARD, 5);
    }

    @Test
    void shouldCountWhatIpvsCounts() {
        director.receive(tcp(1000, SYN), tcp(1000, ACK), tcp(1001, SYN));

        final int serviceRow = rules.statisticsRow(http);
        final int firstRow = rules.server(http, first).statisticsRow();
        for (final int row : new int[] {Statistics.TOTAL_ROW, serviceRow}) {
            assertEquals(2, director.statistics.sum(row, Statistics.CONNECTIONS));
            assertEquals(3, director.statistics.sum(row, Statistics.IN_PACKETS));
            assertEquals(120, director.statistics.sum(row, Statistics.IN_BYTES));
            assertEquals(0, director.statistics.sum(row, Statistics.OUT_PACKETS));
        }
        assertEquals(1, director.statistics.sum(firstRow, Statistics.CONNECTIONS));
        assertEquals(2, director.statistics.sum(firstRow, Statistics.IN_PACKETS));
        assertEquals(80, director.statistics.sum(firstRow, Statistics.IN_BYTES));
        assertEquals(1, director.destinations.activeConnections(first));
        assertEquals(1, director.worker.counters().batches(3));
        assertEquals(3, director.worker.counters().takeLatencies(null).getTotalCount());
    }

    @Test
    void shouldLeaveToHostGivenNoConnectionAndNoSyn() {
        final byte[] ack = tcp(1000, ACK);
        director.receive(ack, tcp(1000, RST), tcp(1000, SYN | RST), tcp(1000, FIN));

        director.assertOnly(Verdict.HOST_NO_CONNECTION, 4);
        assertArrayEquals(ack, director.handedToHost.get(0));
        assertEquals(4, director.worker.counters().handedToHost());
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldScheduleAnythingButResetGivenSloppyTcp() {
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.SLOPPY_TCP, 1));
        director.publish();

        assertEquals(first, director.serverOf(tcp(1000, ACK)));
        assertEquals(-1, director.serverOf(tcp(1001, RST)));
    }

    @Test
    void shouldLeaveToHostGivenNoService() {
        director.receive(FrameBuilder.tcp(SYN).to("10.0.0.100", 81).build(),
            FrameBuilder.udp().to("10.0.0.100", 80).build(), FrameBuilder.tcp(SYN).to("10.0.0.101", 80).build());

        director.assertOnly(Verdict.HOST_NO_SERVICE, 3);
    }

    @Test
    void shouldLeaveToHostGivenSourcePort20() {
        director.receive(tcp(20, SYN));

        director.assertOnly(Verdict.HOST_FTP_DATA, 1);
    }

    @Test
    void shouldDropGivenPortOfServiceOfEveryPortThatIsNotPersistent() {
        rules.addServer(rules.addService(IpProtocol.TCP, "10.0.0.101", 0, "rr"), "192.168.1.13", 0,
            TestDirector.SERVERS);
        director.publish();
        director.receive(FrameBuilder.tcp(SYN).to("10.0.0.101", 8080).build());

        director.assertOnly(Verdict.DROP_NO_DESTINATION, 1);
    }

    @Test
    void shouldLeaveToHostGivenPassivePortOfFtpServiceWithoutSession() {
        rules.addServer(rules.addService(IpProtocol.TCP, "10.0.0.101", 21, "rr"), "192.168.1.13", 21,
            TestDirector.SERVERS);
        director.publish();
        director.receive(FrameBuilder.tcp(SYN).to("10.0.0.101", 30000).build());

        director.assertOnly(Verdict.HOST_FTP_PORT, 1);
    }

    @Test
    void shouldDropGivenAllServersQuiesced() {
        rules.weight(http, first, 0);
        rules.weight(http, second, 0);
        director.publish();
        director.receive(tcp(1000, SYN));

        director.assertOnly(Verdict.DROP_NO_DESTINATION, 1);
        assertEquals(0, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.IN_PACKETS));
    }

    @Test
    void shouldRefuseAndCountGivenFullTable() {
        try (TestDirector small = new TestDirector(2, RingSizes.same(64))) {
            final ServiceKey key = small.rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "rr");
            small.rules.addServer(key, "192.168.1.11", 80, TestDirector.SERVERS);
            small.publish();
            small.receive(tcp(1000, SYN), tcp(1001, SYN), tcp(1002, SYN), tcp(1000, ACK));

            assertEquals(1, small.packets(Verdict.DROP_TABLE_FULL));
            assertEquals(3, small.packets(Verdict.FORWARD));
        }
    }

    @Test
    void shouldForwardEachPacketByItselfGivenOnePacketScheduling() {
        final ServiceKey dns = rules.addService(
            ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse("10.0.0.100"), 53), "rr", ServiceFlags.ONE_PACKET);
        final int b = rules.addServer(dns, "192.168.1.12", 53, TestDirector.SERVERS);
        final int a = rules.addServer(dns, "192.168.1.11", 53, TestDirector.SERVERS);
        director.publish();
        final byte[] query = FrameBuilder.udp().to("10.0.0.100", 53).payload(20).build();

        assertEquals(a, director.serverOf(query));
        assertEquals(b, director.serverOf(query));
        assertEquals(a, director.serverOf(query));
        assertEquals(0, director.table.size());
        assertEquals(3, director.statistics.sum(rules.statisticsRow(dns), Statistics.CONNECTIONS));
        assertEquals(3, director.statistics.sum(rules.statisticsRow(dns), Statistics.IN_PACKETS));
    }

    @Test
    void shouldForwardIpv6AndUdpAndSctp() {
        final ServiceKey v6 = rules.addService(IpProtocol.UDP, "2001:db8::100", 53, "rr");
        final int six = rules.addServer(v6, "2001:db8:1::11", 53, TestDirector.SERVERS);
        final ServiceKey sctp = rules.addService(IpProtocol.SCTP, "10.0.0.100", 80, "rr");
        final int association = rules.addServer(sctp, "192.168.1.11", 80, TestDirector.CLIENTS);
        director.publish();

        assertEquals(six, director.serverOf(FrameBuilder.udp().from("2001:db8:9::7", 5000).to("2001:db8::100", 53)
            .build()));
        director.receive(FrameBuilder.tcp(0).protocol(IpProtocol.SCTP)
            .transport("4e200050" + "0000000000000000" + "01000004").build());
        assertEquals(association, director.clients().collect()[5], "leaves where it came from");
        director.receive(FrameBuilder.tcp(0).protocol(IpProtocol.SCTP)
            .transport("4e210050" + "0000000000000000" + "00000004").build());
        assertEquals(1, director.packets(Verdict.HOST_NO_CONNECTION), "data without an association");
    }

    @Test
    void shouldReceiveFromEveryPort() {
        assertTrue(director.servers().inject(tcp(1000, SYN)));
        director.worker.doWork();

        assertEquals(first, director.servers().collect()[5]);
    }

    @Test
    void shouldDropGivenNoPortOnInterface() {
        rules.adjacency(first, Adjacency.State.RESOLVED, 77);
        director.publish();
        director.receive(tcp(1000, SYN));

        director.assertOnly(Verdict.DROP_NO_PORT, 1);
    }

    @Test
    void shouldDropGivenMethodNotPerformed() {
        final ServiceKey bypassed = rules.addService(IpProtocol.TCP, "10.0.0.101", 80, "rr");
        rules.addServer(bypassed, DestinationConfig.of(IpAddress.parse("192.168.1.11"), 80, ForwardingMethod.BYPASS, 1),
            ForwardingMethod.BYPASS.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        director.publish();
        director.receive(FrameBuilder.tcp(SYN).to("10.0.0.101", 80).build());

        director.assertOnly(Verdict.DROP_METHOD, 1);
    }

    @Test
    void shouldLeaveToHostGivenServerIsThisHost() {
        rules.adjacency(first, Adjacency.State.LOCAL, 0);
        director.publish();
        final byte[] syn = tcp(1000, SYN);
        director.receive(syn);

        director.assertOnly(Verdict.HOST_LOCAL, 1);
        assertArrayEquals(syn, director.handedToHost.get(0), "unchanged");
    }

    @Test
    void shouldDropAndCountGivenTxRingStaysFull() {
        final int size = director.ports.get(1).rings().tx().size();
        for (int port = 0; port < size; port++) {
            director.receive(tcp(2000 + port, SYN));
        }
        director.receive(tcp(1000, SYN), tcp(1001, SYN));

        assertEquals(size, director.packets(Verdict.FORWARD));
        assertEquals(2, director.packets(Verdict.DROP_TX_FULL));
        assertTrue(director.servers().transmit(size) == size);
        director.receive(tcp(1000, ACK));
        assertEquals(size + 1, director.packets(Verdict.FORWARD));
    }

    @Test
    void shouldWakeKernelOncePerCycleGivenItSleeps() {
        director.servers().sleep(true);
        final int before = director.servers().txWakeups();
        director.receive(tcp(1000, SYN), tcp(1001, SYN), tcp(1002, SYN));

        assertEquals(before + 1, director.servers().txWakeups());
    }

    @Test
    void shouldHaveNothingInTxRingGivenDrop() {
        director.receive(FrameBuilder.tcp(SYN).timeToLive(1).build());

        assertNull(director.servers().collect());
        director.assertOnly(Verdict.DROP_TTL_EXPIRED, 1);
        assertEquals(1, director.table.size(), "IPVS opens the connection first");
    }
}
