package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.MarkRule;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PersistenceTest {
    private static final int SYN = TcpHeader.SYN;
    private static final int ACK = TcpHeader.ACK;
    private static final int HOST = -1;
    private static final String VIP = "10.0.0.100";

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private int first;
    private int second;

    @AfterEach
    void close() {
        director.close();
    }

    private ServiceKey persistent(final int protocol, final int port, final int netmask, final int serverPort) {
        return persistent(ServiceKey.ofAddress(protocol, IpAddress.parse(VIP), port), 0, netmask, serverPort);
    }

    private ServiceKey persistent(final ServiceKey key, final int flags, final int netmask, final int serverPort) {
        rules.addPersistentService(key, flags, 100, netmask);
        second = rules.addServer(key, "192.168.1.12", serverPort, TestDirector.SERVERS);
        first = rules.addServer(key, "192.168.1.11", serverPort, TestDirector.SERVERS);
        director.publish();
        return key;
    }

    private static byte[] tcp(final String client, final int clientPort, final int port, final int flags) {
        return FrameBuilder.tcp(flags).from(client, clientPort).to(VIP, port).build();
    }

    private int open(final String client, final int clientPort, final int port) {
        return director.serverOf(tcp(client, clientPort, port, SYN));
    }

    private void settings(final IpvsSetting setting, final int value) {
        rules.settings(IpvsSettings.DEFAULTS.with(setting, value));
        director.publish();
    }

    @Test
    void shouldKeepClientWithItsServer() {
        persistent(IpProtocol.TCP, 80, HOST, 8080);

        assertEquals(first, open("198.51.100.7", 1000, 80));
        assertEquals(second, open("198.51.100.8", 1000, 80));
        assertEquals(first, open("198.51.100.7", 1001, 80));

        director.assertListing(
            "TCP 198.51.100.7:0 10.0.0.100:80 192.168.1.11:8080 NONE 100",
            "TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:8080 SYN_RECV 60",
            "TCP 198.51.100.7:1001 10.0.0.100:80 192.168.1.11:8080 SYN_RECV 60",
            "TCP 198.51.100.8:0 10.0.0.100:80 192.168.1.12:8080 NONE 100",
            "TCP 198.51.100.8:1000 10.0.0.100:80 192.168.1.12:8080 SYN_RECV 60");
        assertEquals(1, director.destinations.persistentConnections(first));
        assertEquals(2, director.destinations.totalConnections(first));
        assertEquals(3, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.CONNECTIONS));
        assertEquals(3, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.IN_PACKETS));
    }

    @Test
    void shouldKeepClientsOfOneBatchTogether() {
        persistent(IpProtocol.TCP, 80, 0xffff_ff00, 80);

        director.receive(tcp("198.51.100.7", 1000, 80, SYN), tcp("198.51.100.8", 1000, 80, SYN),
            tcp("198.51.101.8", 1000, 80, SYN), tcp("198.51.100.7", 1000, 80, ACK));

        for (final int server : new int[] {first, first, second, first}) {
            assertEquals(server, director.servers().collect()[5]);
        }
        director.assertListing(
            "TCP 198.51.100.0:0 10.0.0.100:80 192.168.1.11:80 ASSURED 100",
            "TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:80 ESTABLISHED 900",
            "TCP 198.51.100.8:1000 10.0.0.100:80 192.168.1.11:80 SYN_RECV 60",
            "TCP 198.51.101.0:0 10.0.0.100:80 192.168.1.12:80 NONE 100",
            "TCP 198.51.101.8:1000 10.0.0.100:80 192.168.1.12:80 SYN_RECV 60");
    }

    @Test
    void shouldMaskIpv6ClientsByPrefix() {
        final ServiceKey key = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("2001:db8::100"), 80);
        rules.addPersistentService(key, 0, 100, 48);
        first = rules.addServer(key, "2001:db8:1::11", 80, TestDirector.SERVERS);
        second = rules.addServer(key, "2001:db8:1::12", 80, TestDirector.SERVERS);
        director.publish();

        final int chosen = openIpv6("2001:db8:7:1::1");
        assertEquals(chosen, openIpv6("2001:db8:7:2::1"));
        assertNotEquals(chosen, openIpv6("2001:db8:8:1::1"));
        assertEquals(List.of("TCP 2001:db8:7:::0 2001:db8::100:80", "TCP 2001:db8:8:::0 2001:db8::100:80"),
            director.listing().stream().filter((line) -> line.contains("NONE"))
                .map((line) -> line.substring(0, line.indexOf(":80 ") + 3)).toList());
    }

    private int openIpv6(final String client) {
        return director.serverOf(FrameBuilder.tcp(SYN).from(client, 1000).to("2001:db8::100", 80).build());
    }

    @Test
    void shouldFollowOneTemplateOnAllPortsGivenPortZeroService() {
        persistent(IpProtocol.TCP, 0, HOST, 8080);

        assertEquals(first, open("198.51.100.7", 1000, 80));
        assertEquals(first, open("198.51.100.7", 1001, 443));

        director.assertListing(
            "TCP 198.51.100.7:0 10.0.0.100:0 192.168.1.11:0 NONE 100",
            "TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:80 SYN_RECV 60",
            "TCP 198.51.100.7:1001 10.0.0.100:443 192.168.1.11:443 SYN_RECV 60");
    }

    @Test
    void shouldFollowControlConnectionGivenFtpData() {
        persistent(IpProtocol.TCP, 21, HOST, 2121);

        assertEquals(first, open("198.51.100.7", 1000, 21));
        assertEquals(second, open("198.51.100.8", 1000, 21));
        assertEquals(second, open("198.51.100.8", 1001, 40000));
        assertEquals(-1, open("198.51.100.8", 20, 40000));

        director.assertListing(
            "TCP 198.51.100.7:0 10.0.0.100:0 192.168.1.11:0 NONE 100",
            "TCP 198.51.100.7:1000 10.0.0.100:21 192.168.1.11:2121 SYN_RECV 60",
            "TCP 198.51.100.8:0 10.0.0.100:0 192.168.1.12:0 NONE 100",
            "TCP 198.51.100.8:1000 10.0.0.100:21 192.168.1.12:2121 SYN_RECV 60",
            "TCP 198.51.100.8:1001 10.0.0.100:40000 192.168.1.12:40000 SYN_RECV 60");
        assertEquals(1, director.packets(Verdict.HOST_FTP_DATA));
    }

    private void markTcpAndUdp() {
        final MarkRule.Prefix vip = MarkRule.Prefix.host(IpAddress.parse(VIP));
        rules.marks(
            new MarkRule(Family.IPV4, vip, null, IpProtocol.TCP,
                List.of(new MarkRule.PortRange(80, 80), new MarkRule.PortRange(443, 443)), 0, 5),
            new MarkRule(Family.IPV4, vip, null, IpProtocol.UDP, List.of(new MarkRule.PortRange(53, 53)), 0, 5));
    }

    @Test
    void shouldFollowOneTemplateOfMarkWhateverPortAndProtocol() {
        markTcpAndUdp();
        persistent(ServiceKey.ofFwmark(Family.IPV4, 5), 0, HOST, 8080);

        assertEquals(first, open("198.51.100.7", 1000, 80));
        assertEquals(first, open("198.51.100.7", 1001, 443));
        assertEquals(first, director.serverOf(
            FrameBuilder.udp().from("198.51.100.7", 1000).to(VIP, 53).build()));
        assertEquals(-1, open("198.51.100.7", 1002, 81));

        director.assertListing(
            "IP 198.51.100.7:0 0.0.0.5:0 192.168.1.11:0 NONE 100",
            "TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:80 SYN_RECV 60",
            "TCP 198.51.100.7:1001 10.0.0.100:443 192.168.1.11:443 SYN_RECV 60",
            "UDP 198.51.100.7:1000 10.0.0.100:53 192.168.1.11:53 UDP 300");
        assertEquals(1, director.packets(Verdict.HOST_NO_SERVICE));
    }

    @Test
    void shouldPreferMarkToAddressGivenBoth() {
        markTcpAndUdp();
        final ServiceKey http = rules.addService(IpProtocol.TCP, VIP, 80, "rr");
        rules.addServer(http, "192.168.1.13", 80, TestDirector.SERVERS);
        final ServiceKey marked = rules.addService(ServiceKey.ofFwmark(Family.IPV4, 5), "rr", 0);
        final int server = rules.addServer(marked, "192.168.1.11", 8080, TestDirector.SERVERS);
        director.publish();

        assertEquals(server, open("198.51.100.7", 1000, 80));
        director.assertListing("TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:8080 SYN_RECV 60");
    }

    @Test
    void shouldKeepClientGivenServerIsQuiesced() {
        final ServiceKey http = persistent(IpProtocol.TCP, 80, HOST, 80);
        open("198.51.100.7", 1000, 80);

        rules.weight(http, first, 0);
        director.publish();

        assertEquals(first, open("198.51.100.7", 1001, 80));
        assertEquals(second, open("198.51.100.8", 1000, 80));
    }

    @Test
    void shouldMoveClientGivenQuiescedServerAndExpireQuiescentTemplate() {
        final ServiceKey http = persistent(IpProtocol.TCP, 80, HOST, 80);
        open("198.51.100.7", 1000, 80);

        rules.weight(http, first, 0);
        settings(IpvsSetting.EXPIRE_QUIESCENT_TEMPLATE, 1);

        assertEquals(second, open("198.51.100.7", 1001, 80));
        assertEquals(first, director.serverOf(tcp("198.51.100.7", 1000, 80, ACK)), "its connection");
        director.assertListing(
            "TCP 198.51.100.7:0 10.0.0.100:65535 192.168.1.11:65535 ASSURED 100",
            "TCP 198.51.100.7:0 10.0.0.100:80 192.168.1.12:80 NONE 100",
            "TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:80 ESTABLISHED 900",
            "TCP 198.51.100.7:1001 10.0.0.100:80 192.168.1.12:80 SYN_RECV 60");
    }

    @Test
    void shouldMoveClientGivenServerIsRemovedEvenOnPort65535() {
        final ServiceKey high = persistent(IpProtocol.TCP, 65535, HOST, 80);
        open("198.51.100.7", 1000, 65535);

        rules.removeServer(high, first);
        director.publish();

        assertEquals(second, open("198.51.100.7", 1001, 65535));
        assertEquals(second, open("198.51.100.7", 1002, 65535));
    }

    @Test
    void shouldOpenNothingGivenNoServerTakesNewClients() {
        final ServiceKey http = persistent(IpProtocol.TCP, 80, HOST, 80);
        open("198.51.100.7", 1000, 80);
        rules.removeServer(http, first);
        rules.removeServer(http, second);
        director.publish();

        open("198.51.100.7", 1001, 80);

        assertEquals(1, director.packets(Verdict.DROP_NO_DESTINATION));
        director.assertListing(
            "TCP 198.51.100.7:0 10.0.0.100:65535 192.168.1.11:65535 NONE 100",
            "TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:80 SYN_RECV 60");
    }

    @Test
    void shouldKeepOnlyTemplateGivenOnePacketScheduling() {
        persistent(ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse(VIP), 53),
            ServiceFlags.ONE_PACKET, HOST, 53);
        final byte[] query = FrameBuilder.udp().from("198.51.100.7", 1000).to(VIP, 53).build();

        assertEquals(first, director.serverOf(query));
        director.advanceSeconds(40);
        director.assertListing("UDP 198.51.100.7:0 10.0.0.100:53 192.168.1.11:53 NONE 60");
        assertEquals(first, director.serverOf(query));

        director.assertListing("UDP 198.51.100.7:0 10.0.0.100:53 192.168.1.11:53 NONE 100");
        assertEquals(2, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.CONNECTIONS));
        assertEquals(0, director.destinations.totalConnections(first));
        assertEquals(1, director.destinations.persistentConnections(first));
        director.advanceSeconds(101);
        director.assertListing();
    }

    /** conn_reuse_mode leaves a connection alone that has a template, over as it may be. */
    @Test
    void shouldKeepConnectionThatIsOverGivenTemplate() {
        persistent(IpProtocol.TCP, 80, HOST, 80);
        open("198.51.100.7", 1000, 80);
        director.receive(tcp("198.51.100.7", 1000, 80, ACK), tcp("198.51.100.7", 1000, 80, TcpHeader.RST));
        assertTrue(director.listing().get(1).endsWith("CLOSE 10"), "closed by the reset");

        open("198.51.100.7", 1000, 80);

        assertEquals(1, director.statistics.sum(Statistics.TOTAL_ROW, Statistics.CONNECTIONS));
        assertTrue(director.listing().get(1).endsWith("SYN_RECV 60"), "stepped, not replaced");
    }

    /** Of the template; timers are good to a second. */
    private void assertSecondsLeft(final int least, final int most) {
        final String line = director.listing().get(0);
        final String template = "TCP 198.51.100.7:0 10.0.0.100:80 192.168.1.11:80 ASSURED ";
        assertEquals(template, line.substring(0, template.length()));
        final int seconds = Integer.parseInt(line.substring(template.length()));
        assertTrue(seconds >= least && seconds <= most, seconds + " s left");
    }

    /** A template that expires while it controls connections lives by minutes from then on, for good. */
    @Test
    void shouldLiveByMinutesOnceExpiredWithConnections() {
        persistent(IpProtocol.TCP, 80, HOST, 80);
        open("198.51.100.7", 1000, 80);
        director.receive(tcp("198.51.100.7", 1000, 80, ACK));
        director.advanceSeconds(99);
        assertSecondsLeft(1, 1);

        director.advanceSeconds(2);
        assertSecondsLeft(59, 60);
        director.advanceSeconds(29);
        assertSecondsLeft(30, 31);
        open("198.51.100.7", 1001, 80);
        assertSecondsLeft(60, 60);

        // the first connection ends 900 s after its last packet; the template's last minute then began up to 60 s
        // before
        director.advanceSeconds(900 - 130 - 1);
        assertEquals(2, director.table.size());
        director.advanceSeconds(2);
        assertEquals(1, director.table.size());
        director.advanceSeconds(60);
        director.assertListing();
        assertEquals(0, director.destinations.persistentConnections(first));
    }
}
