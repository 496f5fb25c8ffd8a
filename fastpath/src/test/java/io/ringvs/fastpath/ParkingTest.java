package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;

class ParkingTest {
    private final TestDirector director = new TestDirector(10_000, RingSizes.same(256));
    private int server;

    @BeforeEach
    void oneServerWithoutNeighbour() {
        final ServiceKey key = director.rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "rr");
        server = director.rules.addServer(key, "192.168.1.11", 80, TestDirector.SERVERS);
        director.rules.adjacency(server, Adjacency.State.UNRESOLVED, TestDirector.SERVERS);
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private static byte[] syn(final int clientPort) {
        return FrameBuilder.tcp(TcpHeader.SYN).from("198.51.100.7", clientPort).build();
    }

    @Test
    void shouldAskForNeighbourAndSendInOrderOnceItIsKnown() {
        director.receive(syn(1000), syn(1001)).receive(syn(1002));
        assertNull(director.servers().collect());

        director.rules.adjacency(server, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        director.publish();
        director.worker.doWork();

        for (int port = 1000; port < 1003; port++) {
            final byte[] sent = director.servers().collect();
            assertEquals(server, sent[5]);
            assertEquals(port, (sent[34] & 0xff) << 8 | sent[35] & 0xff);
            assertEquals(63, sent[22], "one hop less, once");
        }
        assertEquals(3, director.packets(Verdict.PARKED));
        assertEquals(3, director.packets(Verdict.FORWARD));
        assertEquals(0, director.worker.parked());
    }

    @Test
    void shouldKeepWaitingGivenNewSnapshotWithoutNeighbour() {
        director.receive(syn(1000));
        director.publish();
        director.worker.doWork();

        assertEquals(1, director.worker.parked());
    }

    @Test
    void shouldDropGivenThreeSecondsWithoutNeighbour() {
        director.receive(syn(1000));
        director.advanceSeconds(2);
        assertEquals(1, director.worker.parked());
        director.advanceSeconds(1);

        assertEquals(0, director.worker.parked());
        assertEquals(1, director.packets(Verdict.DROP_PARKING_EXPIRED));
    }

    @Test
    void shouldDropAndCountGivenMoreThanItHolds() {
        for (int port = 0; port < ParkingRing.CAPACITY + 5; port++) {
            director.receive(syn(1000 + port));
        }

        assertEquals(ParkingRing.CAPACITY, director.packets(Verdict.PARKED));
        assertEquals(5, director.packets(Verdict.DROP_PARKING_FULL));
    }

    @Test
    void shouldDropGivenServerRemovedMeanwhile() {
        director.receive(syn(1000));
        director.rules.adjacency(server, Adjacency.State.UNREACHABLE, 0);
        director.publish();
        director.worker.doWork();

        assertEquals(1, director.packets(Verdict.DROP_NO_ROUTE));
        assertEquals(0, director.worker.parked());
    }
}
