package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.nio.ByteBuffer;
import java.util.Arrays;

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
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FullNatTest {
    private static final int LINK = 14;
    private static final int MTU = 1500;
    private static final int PORTS = 65536 - 1024;
    private static final int SYN_ACK = TcpHeader.SYN | TcpHeader.ACK;

    private final TestDirector director = new TestDirector(100_000, RingSizes.same(64));
    private final TestRules rules = director.rules;
    private LocalAddress local;

    @AfterEach
    void close() {
        director.close();
    }

    private ServiceKey serve(final Ends ends, final int protocol, final boolean withLocalAddress) {
        final ServiceKey key = rules.addService(protocol, ends.virtual, 80, "rr");
        rules.addServer(key, DestinationConfig.of(IpAddress.parse(ends.server), 8080, ForwardingMethod.FULLNAT, 1),
            ForwardingMethod.FULLNAT.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED,
            TestDirector.SERVERS);
        if (withLocalAddress) {
            local = director.table.localAddresses().acquire(IpAddress.parse(ends.local));
            rules.localAddresses(key, local);
        }
        clientsOver(MTU);
        return key;
    }

    private void clientsOver(final int mtu) {
        final Adjacency way = new Adjacency(
            Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, mtu);
        rules.clients(new ClientWays.Builder()
            .add(IpAddress.parse("198.51.100.0"), 24, way).add(IpAddress.parse("2001:db8:9::"), 48, way).build());
        director.publish();
    }

    private void settings(final IpvsSetting setting, final int value) {
        rules.settings(IpvsSettings.DEFAULTS.with(setting, value));
        director.publish();
    }

    /** The two families' addresses. */
    private enum Ends {
        IPV4("198.51.100.7", "10.0.0.100", "192.168.1.200", "192.168.1.11", 20),
        IPV6("2001:db8:9::7", "2001:db8::100", "2001:db8:1::200", "2001:db8:1::11", 40);

        final String client;
        final String virtual;
        final String local;
        final String server;
        final int header;

        Ends(final String client, final String virtual, final String local, final String server, final int header) {
            this.client = client;
            this.virtual = virtual;
            this.local = local;
            this.server = server;
            this.header = header;
        }

        IpAddress source(final byte[] frame) {
            return this == IPV4 ? IpAddress.of(Arrays.copyOfRange(frame, LINK + 12, LINK + 16))
                : IpAddress.of(Arrays.copyOfRange(frame, LINK + 8, LINK + 24));
        }

        IpAddress destination(final byte[] frame) {
            return this == IPV4 ? IpAddress.of(Arrays.copyOfRange(frame, LINK + 16, LINK + 20))
                : IpAddress.of(Arrays.copyOfRange(frame, LINK + 24, LINK + 40));
        }

        int sourcePort(final byte[] frame) {
            return port(frame, LINK + header);
        }

        int destinationPort(final byte[] frame) {
            return port(frame, LINK + header + 2);
        }

        FrameBuilder fromClient(final FrameBuilder builder) {
            return builder.from(client, 20000).to(virtual, 80);
        }

        FrameBuilder fromServer(final FrameBuilder builder, final int localPort) {
            return builder.from(server, 8080).to(local, localPort);
        }
    }

    private static int port(final byte[] frame, final int offset) {
        return ByteBuffer.wrap(frame).getShort(offset) & 0xffff;
    }

    @Test
    void shouldTranslateBothEndsThereAndBack() {
        for (final Ends ends : Ends.values()) {
            final ServiceKey key = serve(ends, IpProtocol.TCP, true);
            final byte[] in = director.forward(ends.fromClient(FrameBuilder.tcp(TcpHeader.SYN)).build());
            assertEquals(IpAddress.parse(ends.local), ends.source(in));
            assertEquals(IpAddress.parse(ends.server), ends.destination(in));
            assertEquals(8080, ends.destinationPort(in));

            final byte[] out = answer(ends.fromServer(FrameBuilder.tcp(SYN_ACK), ends.sourcePort(in)).build());
            assertEquals(IpAddress.parse(ends.virtual), ends.source(out));
            assertEquals(IpAddress.parse(ends.client), ends.destination(out));
            assertEquals(80, ends.sourcePort(out));
            assertEquals(20000, ends.destinationPort(out));
            assertEquals((byte)0xfe, out[5]);
            assertEquals(1, director.statistics.sum(rules.statisticsRow(key), Statistics.OUT_PACKETS));
        }
        director.assertListing("TCP 198.51.100.7:20000 10.0.0.100:80 192.168.1.11:8080 SYN_RECV 60",
            "TCP 2001:db8:9::7:20000 2001:db8::100:80 2001:db8:1::11:8080 SYN_RECV 60");
        director.assertOnly(Verdict.FORWARD, 4);
    }

    @Test
    void shouldTellTcpServersTheClientUntilTheyHaveAnsweredWithData() {
        for (final Ends ends : Ends.values()) {
            serve(ends, IpProtocol.TCP, true);
            final byte[] syn = director.forward(ends.fromClient(FrameBuilder.tcp(TcpHeader.SYN)).build());
            assertToa(ends, syn);
            final int port = ends.sourcePort(syn);
            final FrameBuilder synAck = ends.fromServer(FrameBuilder.tcp(SYN_ACK), port);
            final byte[] bytes = synAck.build();
            ByteBuffer.wrap(bytes).putInt(LINK + ends.header + 4, 0xffff_fff0);
            assertNotNull(answer(bytes));

            assertToa(ends, director.forward(acknowledging(ends, 0xffff_fff1, 0)));
            assertToa(ends, director.forward(acknowledging(ends, 0xffff_fff1, 100)));
            assertNoToa(ends, director.forward(acknowledging(ends, 0xffff_fff2, 100)));
        }
    }

    private static byte[] acknowledging(final Ends ends, final int number, final int payload) {
        final byte[] bytes = ends.fromClient(FrameBuilder.tcp(TcpHeader.ACK)).payload(payload).build();
        ByteBuffer.wrap(bytes).putInt(LINK + ends.header + 8, number);
        return bytes;
    }

    private static void assertToa(final Ends ends, final byte[] frame) {
        final int tcp = LINK + ends.header;
        final int length = ends == Ends.IPV4 ? 8 : 20;
        assertEquals((20 + length) / 4, (frame[tcp + 12] & 0xff) >>> 4);
        assertEquals((byte)254, frame[tcp + 20]);
        assertEquals(length, frame[tcp + 21]);
        assertEquals(20000, port(frame, tcp + 22));
        assertEquals(IpAddress.parse(ends.client),
            IpAddress.of(Arrays.copyOfRange(frame, tcp + 24, tcp + 20 + length)));
        assertEquals(frame.length - LINK, ends == Ends.IPV4 ? port(frame, LINK + 2) : 40 + port(frame, LINK + 4));
    }

    private static void assertNoToa(final Ends ends, final byte[] frame) {
        assertEquals(5, (frame[LINK + ends.header + 12] & 0xff) >>> 4);
    }

    @Test
    void shouldTellNobodyGivenTheSettingIsOff() {
        serve(Ends.IPV4, IpProtocol.TCP, true);
        settings(IpvsSetting.FULLNAT_TOA, 0);

        assertNoToa(Ends.IPV4, director.forward(Ends.IPV4.fromClient(FrameBuilder.tcp(TcpHeader.SYN)).build()));
    }

    @Test
    void shouldLeaveOptionOutAndCountGivenItDoesNotFit() {
        serve(Ends.IPV4, IpProtocol.TCP, true);
        final byte[] syn = Ends.IPV4.fromClient(FrameBuilder.tcp(TcpHeader.SYN)).payload(MTU - 40 - 7).build();

        final byte[] out = director.forward(syn);

        assertEquals(syn.length, out.length);
        assertEquals(1, director.worker.counters().optionsLeftOut());
    }

    @Test
    void shouldTellUdpServersInTheFirstPackets() {
        for (final Ends ends : Ends.values()) {
            serve(ends, IpProtocol.UDP, true);
            settings(IpvsSetting.FULLNAT_UOA, 2);
            final int length = ends == Ends.IPV4 ? 12 : 24;
            for (int packet = 0; packet < 5; packet++) {
                final byte[] in = ends.fromClient(FrameBuilder.udp()).payload(50).build();
                final byte[] out = director.forward(in);
                assertEquals(in.length + (packet < 3 ? length : 0), out.length);
                if (packet < 3) {
                    final int header = LINK + ends.header;
                    assertEquals((byte)248, out[ends == Ends.IPV4 ? LINK + 9 : LINK + 6]);
                    assertArrayEquals(new byte[] {(byte)(ends == Ends.IPV4 ? 0x10 : 0x20), 17, 0, (byte)length, 31,
                        (byte)(length - 4)}, Arrays.copyOfRange(out, header, header + 6));
                    assertEquals(20000, port(out, header + 6));
                    assertEquals(IpAddress.parse(ends.client),
                        IpAddress.of(Arrays.copyOfRange(out, header + 8, header + length)));
                    assertEquals(8080, port(out, header + length + 2));
                }
            }
        }
    }

    @Test
    void shouldTellUdpServersInAnIpv4Option() {
        serve(Ends.IPV4, IpProtocol.UDP, true);
        settings(IpvsSetting.FULLNAT_UOA, 1);

        final byte[] out = director.forward(Ends.IPV4.fromClient(FrameBuilder.udp()).payload(50).build());

        assertEquals(0x47, out[LINK]);
        assertArrayEquals(new byte[] {31, 8, 0x4e, 0x20, (byte)198, 51, 100, 7}, Arrays.copyOfRange(out, 34, 42));
        assertEquals(8080, port(out, 44));
        assertEquals(17, out[LINK + 9]);
    }

    @Test
    void shouldDropGivenServiceHasNoLocalAddress() {
        serve(Ends.IPV4, IpProtocol.TCP, false);

        assertNull(director.forward(Ends.IPV4.fromClient(FrameBuilder.tcp(TcpHeader.SYN)).build()));

        director.assertOnly(Verdict.DROP_NO_LOCAL_ADDRESS, 1);
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldRefuseConnectionsGivenAllPortsAreInUseUntilOneEnds() {
        serve(Ends.IPV4, IpProtocol.UDP, true);
        final IpAddress server = IpAddress.parse(Ends.IPV4.server);
        final short port = Short.reverseBytes((short)8080);
        int last = LocalAddress.NONE;
        for (int i = 0; i < PORTS; i++) {
            last = local.take(0, server.word0(), server.word1(), port, IpProtocol.UDP);
        }
        final byte[] packet = Ends.IPV4.fromClient(FrameBuilder.udp()).payload(50).build();

        assertNull(director.forward(packet));
        director.assertOnly(Verdict.DROP_NO_LOCAL_PORT, 1);
        assertEquals(1, local.refusals());

        director.table.localAddresses().free(last);
        assertNotNull(director.forward(packet));
        assertEquals(PORTS, local.connections());
        director.advanceSeconds(310);
        assertEquals(0, director.table.size());
        assertEquals(PORTS - 1, local.connections());
    }

    @Test
    void shouldGiveThePortBackGivenTheTableIsFull() {
        try (TestDirector small = new TestDirector(1, RingSizes.same(64))) {
            final ServiceKey key = small.rules.addService(IpProtocol.UDP, Ends.IPV4.virtual, 80, "rr");
            small.rules.addServer(key,
                DestinationConfig.of(IpAddress.parse(Ends.IPV4.server), 8080, ForwardingMethod.FULLNAT, 1),
                ForwardingMethod.FULLNAT.value(), Adjacency.State.RESOLVED, TestDirector.SERVERS);
            final LocalAddress only = small.table.localAddresses().acquire(IpAddress.parse(Ends.IPV4.local));
            small.rules.localAddresses(key, only);
            small.publish();
            small.forward(FrameBuilder.udp().from("198.51.100.7", 1).to(Ends.IPV4.virtual, 80).build());
            small.forward(FrameBuilder.udp().from("198.51.100.7", 2).to(Ends.IPV4.virtual, 80).build());

            assertEquals(1, small.packets(Verdict.DROP_TABLE_FULL));
            assertEquals(1, only.connections());
        }
    }

    @Test
    void shouldTellServerThatItsAnswerIsTooBig() {
        serve(Ends.IPV4, IpProtocol.TCP, true);
        final byte[] syn = director.forward(Ends.IPV4.fromClient(FrameBuilder.tcp(TcpHeader.SYN)).build());
        clientsOver(1000);
        final byte[] large = Ends.IPV4.fromServer(FrameBuilder.tcp(TcpHeader.ACK), Ends.IPV4.sourcePort(syn))
            .fragment(0x4000).payload(1200).build();

        director.servers().inject(large);
        director.worker.doWork();

        assertNull(director.clients().collect());
        final byte[] error = director.servers().collect();
        assertEquals(3, error[LINK + 20]);
        assertEquals(4, error[LINK + 21]);
        assertEquals(1000, port(error, LINK + 26));
        assertEquals(IpAddress.parse(Ends.IPV4.local), Ends.IPV4.source(error));
        assertEquals(IpAddress.parse(Ends.IPV4.server), Ends.IPV4.destination(error));
        assertEquals(1, director.packets(Verdict.DROP_TOO_BIG));
    }

    @Test
    void shouldLeaveToHostWhatIsForALocalAddressAndNoConnection() {
        serve(Ends.IPV4, IpProtocol.TCP, true);

        assertNull(answer(Ends.IPV4.fromServer(FrameBuilder.tcp(TcpHeader.ACK), 2000).build()));

        assertEquals(1, director.handedToHost.size());
    }

    /** Sends an answer of the real server and returns what came out towards the client, or null. */
    private byte[] answer(final byte[] packet) {
        director.servers().inject(packet);
        director.worker.doWork();
        return director.clients().collect();
    }
}
