package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RemovedServersTest {
    private static final int HOST = -1;

    private final TestDirector director = new TestDirector();
    private final TestRules rules = director.rules;
    private ServiceKey http;
    private int first;
    private int second;

    @AfterEach
    void close() {
        director.close();
    }

    /** Two servers in turn; three clients, the first and the third with the first server. */
    private void threeClients(final int expireNodestConn, final boolean persistent) {
        http = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.100"), 80);
        if (persistent) {
            rules.addPersistentService(http, 0, 100, HOST);
        } else {
            rules.addService(http, "rr", 0);
        }
        second = rules.addServer(http, "192.168.1.12", 80, TestDirector.SERVERS);
        first = rules.addServer(http, "192.168.1.11", 80, TestDirector.SERVERS);
        rules.settings(IpvsSettings.DEFAULTS.with(IpvsSetting.EXPIRE_NODEST_CONN, expireNodestConn));
        director.publish();
        for (int client = 1; client <= 3; client++) {
            director.forward(tcp(client, TcpHeader.SYN));
        }
    }

    private static byte[] tcp(final int client, final int flags) {
        return FrameBuilder.tcp(flags).from("198.51.100." + client, 1000).build();
    }

    private void removeFirst() {
        rules.removeServer(http, first);
        director.publish();
        for (int cycle = 0; cycle < 2 * director.table.slots() / RemovedServers.PIECE + 2; cycle++) {
            director.worker.doWork();
        }
    }

    @Test
    void shouldEndConnectionsAtOnceGivenExpireNodestConn() {
        threeClients(1, false);

        removeFirst();

        director.assertListing("TCP 198.51.100.2:1000 10.0.0.100:80 192.168.1.12:80 SYN_RECV 60");
        assertEquals(0, director.destinations.totalConnections(first));
        director.receive(tcp(1, TcpHeader.ACK));
        assertEquals(1, director.packets(Verdict.HOST_NO_CONNECTION));
    }

    @Test
    void shouldEndTemplatesToo() {
        threeClients(1, true);
        director.receive(tcp(1, TcpHeader.ACK));

        removeFirst();

        director.assertListing(
            "TCP 198.51.100.2:0 10.0.0.100:80 192.168.1.12:80 NONE 100",
            "TCP 198.51.100.2:1000 10.0.0.100:80 192.168.1.12:80 SYN_RECV 60");
        assertEquals(0, director.destinations.persistentConnections(first));
    }

    @Test
    void shouldKeepConnectionsForReturnOfServerGivenSettingIsOff() {
        threeClients(0, false);

        removeFirst();

        assertEquals(3, director.table.size());
        director.receive(tcp(1, TcpHeader.ACK));
        assertEquals(1, director.packets(Verdict.DROP_DESTINATION_GONE));
        assertEquals(2, director.destinations.totalConnections(first));
    }
}
