package io.ringvs.fastpath;

import static io.ringvs.fastpath.TwoServers.tcp;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;

/** What becomes of connections when their server is taken away, their client begins anew, or their time is over. */
class WorkerConnectionsTest {
    private static final int SYN = TcpHeader.SYN;
    private static final int ACK = TcpHeader.ACK;
    private static final int FIN = TcpHeader.FIN | TcpHeader.ACK;

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
    void shouldKeepServerOfConnectionGivenWeightBecomesZero() {
        assertEquals(first, director.serverOf(tcp(1000, SYN)));
        rules.weight(http, first, 0);
        director.publish();

        assertEquals(first, director.serverOf(tcp(1000, ACK)));
        assertEquals(second, director.serverOf(tcp(1001, SYN)));
        assertEquals(second, director.serverOf(tcp(1002, SYN)));
    }

    @Test
    void shouldDropAndKeepConnectionGivenServerRemoved() {
        director.serverOf(tcp(1000, SYN));
        rules.removeServer(http, first);
        director.publish();

        assertEquals(-1, director.serverOf(tcp(1000, ACK)));
        assertEquals(1, director.packets(Verdict.DROP_DESTINATION_GONE));
        assertEquals(1, director.table.size());
    }

    @Test
    void shouldScheduleAnewGivenServerRemovedAndExpireNodestConn() {
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.EXPIRE_NODEST_CONN, 1));
        director.publish();
        director.serverOf(tcp(1000, SYN));
        rules.removeServer(http, first);
        director.publish();

        assertEquals(second, director.serverOf(tcp(1000, SYN)));
        assertEquals(1, director.table.size());
        assertEquals(0, director.destinations.totalConnections(first));
    }

    @Test
    void shouldReuseClosedConnectionGivenSynInOneBatchWithReset() {
        director.serverOf(tcp(1000, SYN));
        director.serverOf(tcp(1000, ACK));
        director.receive(tcp(1000, TcpHeader.RST), tcp(1000, SYN), tcp(1000, ACK));

        assertEquals(first, director.servers().collect()[5]);
        assertEquals(second, director.servers().collect()[5], "a new choice");
        assertEquals(second, director.servers().collect()[5], "its next packet");
        assertEquals(1, director.table.size());
        assertEquals(0, director.destinations.totalConnections(first));
    }

    @Test
    void shouldKeepConnectionInFinWaitGivenDefaultReuseMode() {
        openAndEnd();

        assertEquals(first, director.serverOf(tcp(1000, SYN)));
    }

    @Test
    void shouldReuseConnectionInFinWaitGivenReuseMode2() {
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.CONN_REUSE_MODE, 2));
        director.publish();
        openAndEnd();

        assertEquals(second, director.serverOf(tcp(1000, SYN)));
    }

    private void openAndEnd() {
        director.serverOf(tcp(1000, SYN));
        director.serverOf(tcp(1000, ACK));
        director.serverOf(tcp(1000, FIN));
    }

    @Test
    void shouldExpireConnectionOfItsOwnAccord() {
        director.serverOf(tcp(1000, SYN));
        director.advanceSeconds(59);
        assertEquals(1, director.table.size());
        director.advanceSeconds(2);

        assertEquals(0, director.table.size());
        assertEquals(0, director.destinations.activeConnections(first));
        assertEquals(second, director.serverOf(tcp(1000, SYN)));
    }
}
