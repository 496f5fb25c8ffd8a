package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TcpSegment;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

import org.junit.jupiter.api.AfterEach;

/** An FTP service with one real server behind NAT, its control connection, and what passes on it. */
abstract class FtpFixture {
    static final String CLIENT = "198.51.100.7";
    static final String CLIENT6 = "2001:db8:9::7";
    static final String VIP = "10.0.0.100";
    static final String VIP6 = "2001:db8::100";
    static final String SERVER = "192.168.100.211";
    static final String SERVER6 = "2001:db8:1::11";
    static final int CONTROL = 40000;
    static final int ACK = TcpHeader.ACK;
    static final int SYN_ACK = TcpHeader.SYN | TcpHeader.ACK;

    final TestDirector director = new TestDirector();
    String client = CLIENT;
    String vip = VIP;
    String server = SERVER;
    int mtu = 1500;

    @AfterEach
    void close() {
        director.close();
    }

    void serve(final int port, final int serverPort) {
        final ServiceKey key = director.rules.addService(IpProtocol.TCP, vip, port, "rr");
        director.rules.addServer(key,
            DestinationConfig.of(IpAddress.parse(server), serverPort, ForwardingMethod.NAT, 1),
            ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED, TestDirector.SERVERS);
        director.rules.clients(new ClientWays.Builder().add(IpAddress.parse(client.contains(":") ? "::" : "0.0.0.0"), 0,
            new Adjacency(Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, mtu))
            .build());
        director.publish();
    }

    void serveIpv6() {
        client = CLIENT6;
        vip = VIP6;
        server = SERVER6;
        serve(21, 21);
    }

    /** Establishes the control connection; then client and server have sent nothing, from numbers 1000 and 5000. */
    void connect() {
        connect(21, 21);
    }

    void connect(final int port, final int serverPort) {
        assertNotNull(fromClient(CONTROL, port, TcpHeader.SYN, 999, 0, ""));
        assertNotNull(fromServer(serverPort, CONTROL, SYN_ACK, 4999, 1000, ""));
        assertNotNull(fromClient(CONTROL, port, ACK, 1000, 5000, ""));
    }

    TcpSegment fromClient(
        final int port, final int virtualPort, final int flags, final int sequence, final int acknowledgment,
        final String text) {
        return throughToServer(
            TcpSegment.of(client, port, vip, virtualPort, flags, sequence, acknowledgment, text));
    }

    TcpSegment throughToServer(final TcpSegment segment) {
        final byte[] sent = director.forward(segment.frame());
        return sent == null ? null : TcpSegment.read(sent);
    }

    TcpSegment fromServer(
        final int port, final int clientPort, final int flags, final int sequence, final int acknowledgment,
        final String text) {
        director.servers().inject(
            TcpSegment.of(server, port, client, clientPort, flags, sequence, acknowledgment, text).frame());
        director.worker.doWork();
        final byte[] sent = director.clients().collect();
        return sent == null ? null : TcpSegment.read(sent);
    }

    TcpSegment command(final String text) {
        return fromClient(CONTROL, 21, ACK, 1000, 5000, text);
    }

    TcpSegment reply(final int sequence, final String text) {
        return fromServer(21, CONTROL, ACK, sequence, 1006, text);
    }
}
