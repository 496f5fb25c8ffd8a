package io.ringvs.control.proc;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Iterator;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.control.RuleException;
import io.ringvs.control.StatisticsEstimator;
import io.ringvs.control.TestRules;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;

/** The texts of /proc/net/ip_vs*; trailing blanks stand as \s. */
class ProcSessionTest {
    private static final IpAddress CLIENT = IpAddress.parse("198.51.100.7");
    private static final IpAddress VIRTUAL = IpAddress.parse("10.0.0.100");
    private static final IpAddress SERVER = IpAddress.parse("192.168.1.15");

    private final TestRules test = new TestRules();
    private Iterable<ConnectionEntry> entries = List.of();
    private String err;
    private int status;

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldShowServices() throws RuleException {
        final ServiceKey web = ServiceKey.ofAddress(6, VIRTUAL, 80);
        add(web, "wlc", ServiceFlags.PERSISTENT, 360, 0xffffff00);
        final ServiceKey names = ServiceKey.ofAddress(17, IpAddress.parse("2001:db8::1"), 53);
        add(names, "rr", ServiceFlags.PERSISTENT | ServiceFlags.ONE_PACKET, 300, 64);
        add(ServiceKey.ofAddress(17, VIRTUAL, 53), "rr", ServiceFlags.ONE_PACKET, 0, -1);
        add(ServiceKey.ofFwmark(Family.IPV4, 0x80000001), "sh", ServiceFlags.ONE_PACKET, 0, -1);
        add(ServiceKey.ofFwmark(Family.IPV6, 10), "sh", ServiceFlags.PERSISTENT, 10, 128);
        test.rules.addDestination(web, DestinationConfig.of(SERVER, 8080, ForwardingMethod.NAT, 10));
        test.rules.addDestination(web, DestinationConfig.of(
            IpAddress.parse("2001:db8::15"), 80, ForwardingMethod.TUNNEL, 1));
        final int id = test.rules.service(web).destinations().get(1).id();
        test.destinations.connectionBound(id, true);
        test.destinations.connectionBound(id, false);
        test.destinations.connectionBound(id, false);

        assertEquals("""
            IP Virtual Server version 1.2.1 (size=4096)
            Prot LocalAddress:Port Scheduler Flags
              -> RemoteAddress:Port Forward Weight ActiveConn InActConn
            TCP  0A000064:0050 wlc  persistent 90000 FFFFFF00
              -> [2001:0db8:0000:0000:0000:0000:0000:0015]:0050      Tunnel  1      0          0        \s
              -> C0A8010F:1F90      Masq    10     1          2        \s
            UDP  [2001:0db8:0000:0000:0000:0000:0000:0001]:0035 rr persistent 75000 40000000
            UDP  0A000064:0035 rr ops\s\s
            FWM  80000001 sh ops\s
            FWM  0000000A sh persistent 2500 80000000
            """, run("ip_vs"));
    }

    @Test
    void shouldShowConnections() {
        final IpAddress client6 = IpAddress.parse("2001:db8::7");
        entries = List.of(
            new ConnectionEntry(6, "ESTABLISHED", 899, CLIENT, 50000, VIRTUAL, 80, SERVER, 8080, null, null),
            new ConnectionEntry(0, "NONE", 5, CLIENT, 0, IpAddress.parse("0.0.0.1"), 0, SERVER, 0, null, null),
            new ConnectionEntry(
                17, "UDP", 300, client6, 53, IpAddress.parse("2001:db8::1"), 5060, SERVER, 5060, "sip", "abc"));

        assertEquals("""
            Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Expires PEName PEData
            TCP C6336407 C350 0A000064 0050 C0A8010F 1F90 ESTABLISHED     899
            IP  C6336407 0000 00000001 0000 C0A8010F 0000 NONE              5
            UDP 2001:0db8:0000:0000:0000:0000:0000:0007 0035 2001:0db8:0000:0000:0000:0000:0000:0001 13C4 %s
            """.formatted("C0A8010F 13C4 UDP             300 sip abc"), run("ip_vs_conn"));
        assertEquals("""
            Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       Origin Expires
            TCP C6336407 C350 0A000064 0050 C0A8010F 1F90 ESTABLISHED LOCAL      899
            """, run("ip_vs_conn_sync").lines().limit(2).reduce("", (a, b) -> a + b + "\n"));
    }

    @Test
    void shouldShowManyConnectionsPieceByPiece() {
        final ConnectionEntry entry =
            new ConnectionEntry(6, "ESTABLISHED", 899, CLIENT, 50000, VIRTUAL, 80, SERVER, 8080, null, null);
        entries = () -> Stream.generate(() -> entry).limit(100_000).iterator();

        assertEquals(100_001, run("ip_vs_conn").lines().count());
    }

    @Test
    void shouldShowStatistics() {
        for (int i = 0; i < 11; i++) {
            test.statistics.countConnection(i % 2, Statistics.TOTAL_ROW);
        }
        test.statistics.countIn(0, Statistics.TOTAL_ROW, 200, 0x12345);
        test.statistics.countOut(1, Statistics.TOTAL_ROW, 4096);
        final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, 0);
        estimator.poll(StatisticsEstimator.PERIOD_MS);

        assertEquals("""
               Total Incoming Outgoing         Incoming         Outgoing
               Conns  Packets  Packets            Bytes            Bytes
                   B       C8        1            12345             1000

             Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
                   1       19        0             2469              200
            """, run("ip_vs_stats"));
        test.rules.zeroAll();
        assertEquals("""
                   Total Incoming Outgoing         Incoming         Outgoing
            CPU    Conns  Packets  Packets            Bytes            Bytes
              0        6       C8        0            12345                0
              1        5        0        1                0             1000
              ~        0        0        0                0                0

                 Conns/s   Pkts/s   Pkts/s          Bytes/s          Bytes/s
                       0        0        0                0                0
            """, run("ip_vs_stats_percpu"));
    }

    @Test
    void shouldTellWhatThereIs() {
        for (final String[] words : new String[][] {{}, {"ip_vs_lblc"}, {"ip_vs", "ip_vs"}}) {
            assertEquals("", run(words));
            assertEquals(2, status);
            assertTrue(err.startsWith("ringvs proc takes one of ip_vs, ") && err.lines().count() == 1, err);
        }
    }

    private void add(
        final ServiceKey key, final String scheduler, final int flags, final int seconds, final int mask)
        throws RuleException {
        test.rules.addService(new ServiceConfig(key, scheduler, flags, seconds, mask, null, List.of()));
    }

    private String run(final String... words) {
        try (ControlSession session = ProcSession.begin(test.rules, this::cursor, 4096, List.of(words))) {
            final StringBuilder text = new StringBuilder();
            while (session.advance() == ControlSession.Step.OUTPUT) {
                assertTrue(session.out().length() < 100_000, "a piece of " + session.out().length());
                text.append(session.out());
                session.out().setLength(0);
            }
            err = session.err().toString();
            status = session.status();
            return text.append(session.out()).toString();
        }
    }

    private ConnectionSource.Cursor cursor() {
        final Iterator<ConnectionEntry> all = entries.iterator();
        return new ConnectionSource.Cursor() {
            @Override
            public ConnectionEntry next() {
                return all.hasNext() ? all.next() : null;
            }

            @Override
            public void close() {
            }
        };
    }
}
