package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;

/** ICMP errors about packets whose addresses and ports are translated. */
class IcmpTranslationTest {
    private static final int ETHERNET = 14;

    private final TestDirector director = new TestDirector();

    @AfterEach
    void close() {
        director.close();
    }

    /** The ends of one connection, and a router that finds fault with its packets. */
    private record Ends(String client, String virtual, String server, String router) {
        static final Ends IPV4 = new Ends("198.51.100.7", "10.0.0.100", "192.168.1.11", "203.0.113.1");
        static final Ends IPV6 =
            new Ends("2001:db8:9::7", "2001:db8::100", "2001:db8:1::11", "2001:db8:d::1");

        boolean isIpv6() {
            return client.indexOf(':') >= 0;
        }

        int headerLength() {
            return isIpv6() ? 40 : 20;
        }

        int addressOffset() {
            return isIpv6() ? 8 : 12;
        }

        int addressLength() {
            return isIpv6() ? 16 : 4;
        }

        private byte[] packet(final String from, final int fromPort, final String to, final int toPort) {
            final byte[] frame = FrameBuilder.tcp(TcpHeader.ACK).from(from, fromPort).to(to, toPort).build();
            return Arrays.copyOfRange(frame, ETHERNET, frame.length);
        }

        byte[] error(final String from, final String to, final byte[] quoted) {
            final String message = (isIpv6() ? "01040000" : "03010000") + "00000000" + HexFormat.of().formatHex(quoted);
            final byte[] frame = FrameBuilder.tcp(0).from(from, 0).to(to, 0)
                .protocol(isIpv6() ? IpProtocol.ICMPV6 : IpProtocol.ICMP).transport(message).build();
            final int checksum = checksum(frame);
            frame[ETHERNET + headerLength() + 2] = (byte)(checksum >> 8);
            frame[ETHERNET + headerLength() + 3] = (byte)checksum;
            return frame;
        }

        /** Of the ICMP message in a frame: 0 if it is filled in and right. */
        int checksum(final byte[] frame) {
            final int start = ETHERNET + headerLength();
            byte[] covered = Arrays.copyOfRange(frame, start, frame.length);
            if (isIpv6()) {
                final byte[] pseudo = new byte[40 + covered.length];
                System.arraycopy(frame, ETHERNET + 8, pseudo, 0, 32);
                pseudo[34] = (byte)(covered.length >> 8);
                pseudo[35] = (byte)covered.length;
                pseudo[39] = IpProtocol.ICMPV6;
                System.arraycopy(covered, 0, pseudo, 40, covered.length);
                covered = pseudo;
            }
            return FrameBuilder.checksum(covered);
        }

        String address(final byte[] frame, final int header, final boolean destination) {
            final int offset = header + addressOffset() + (destination ? addressLength() : 0);
            try {
                return InetAddress.getByAddress(Arrays.copyOfRange(frame, offset, offset + addressLength()))
                    .getHostAddress();
            } catch (final UnknownHostException e) {
                throw new AssertionError(e);
            }
        }

        /** Outer and quoted addresses and the quoted ports, as text. */
        String describe(final byte[] frame) {
            final int quoted = ETHERNET + headerLength() + 8;
            final int ports = quoted + headerLength();
            if (!isIpv6()) {
                assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(frame, ETHERNET, ETHERNET + 20)));
                assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(frame, quoted, quoted + 20)));
            }
            assertEquals(0, checksum(frame));
            return address(frame, ETHERNET, false) + " > " + address(frame, ETHERNET, true) + ", quoted "
                + address(frame, quoted, false) + " " + TestFragments.get(frame, ports) + " > "
                + address(frame, quoted, true) + " " + TestFragments.get(frame, ports + 2);
        }

        static String text(final String address) {
            try {
                return InetAddress.getByAddress(IpAddress.parse(address).bytes()).getHostAddress();
            } catch (final UnknownHostException e) {
                throw new AssertionError(e);
            }
        }
    }

    private ServiceKey open(final Ends ends) {
        final ServiceKey key = director.rules.addService(IpProtocol.TCP, ends.virtual, 80, "rr");
        director.rules.addServer(key,
            DestinationConfig.of(IpAddress.parse(ends.server), 8080, ForwardingMethod.NAT, 1),
            ForwardingMethod.NAT.value(), Adjacency.State.RESOLVED, TestDirector.SERVERS);
        director.publish();
        director.forward(FrameBuilder.tcp(TcpHeader.SYN).from(ends.client, 20000).to(ends.virtual, 80).build());
        return key;
    }

    @Test
    void shouldTranslateErrorFromClientsSide() {
        for (final Ends ends : new Ends[] {Ends.IPV4, Ends.IPV6}) {
            final ServiceKey key = open(ends);

            final byte[] out = director.forward(
                ends.error(ends.router, ends.virtual, ends.packet(ends.virtual, 80, ends.client, 20000)));

            assertEquals(Ends.text(ends.router) + " > " + Ends.text(ends.server) + ", quoted "
                + Ends.text(ends.server) + " 8080 > " + Ends.text(ends.client) + " 20000", ends.describe(out));
            assertEquals(2, director.statistics.sum(director.rules.statisticsRow(key), Statistics.IN_PACKETS));
        }
    }

    @Test
    void shouldTranslateErrorFromServersSide() {
        for (final Ends ends : new Ends[] {Ends.IPV4, Ends.IPV6}) {
            final ServiceKey key = open(ends);

            director.receive(
                ends.error(ends.server, ends.client, ends.packet(ends.client, 20000, ends.server, 8080)));

            final byte[] out = director.handedToHost.remove(0);
            assertEquals(Ends.text(ends.virtual) + " > " + Ends.text(ends.client) + ", quoted "
                + Ends.text(ends.client) + " 20000 > " + Ends.text(ends.virtual) + " 80", ends.describe(out));
            assertEquals(1, director.statistics.sum(director.rules.statisticsRow(key), Statistics.OUT_PACKETS));
        }
        assertEquals(2, director.packets(Verdict.HOST_REPLY));
    }

    @Test
    void shouldTranslateBothEndsGivenFullNat() {
        for (final Ends ends : new Ends[] {Ends.IPV4, Ends.IPV6}) {
            final ServiceKey key = director.rules.addService(IpProtocol.TCP, ends.virtual, 80, "rr");
            director.rules.addServer(key,
                DestinationConfig.of(IpAddress.parse(ends.server), 8080, ForwardingMethod.FULLNAT, 1),
                ForwardingMethod.FULLNAT.value(), Adjacency.State.RESOLVED, TestDirector.SERVERS);
            final String local = ends.isIpv6() ? "2001:db8:1::200" : "192.168.1.200";
            director.rules.localAddresses(
                key, director.table.localAddresses().acquire(IpAddress.parse(local)));
            director.publish();
            final byte[] syn = director.forward(
                FrameBuilder.tcp(TcpHeader.SYN).from(ends.client, 20000).to(ends.virtual, 80).build());
            final int port = TestFragments.get(syn, ETHERNET + ends.headerLength());

            assertEquals(Ends.text(local) + " > " + Ends.text(ends.server) + ", quoted " + Ends.text(ends.server)
                + " 8080 > " + Ends.text(local) + " " + port, ends.describe(director.forward(
                    ends.error(ends.router, ends.virtual, ends.packet(ends.virtual, 80, ends.client, 20000)))));

            director.receive(ends.error(ends.router, local, ends.packet(local, port, ends.server, 8080)));
            assertEquals(Ends.text(ends.virtual) + " > " + Ends.text(ends.client) + ", quoted "
                + Ends.text(ends.client) + " 20000 > " + Ends.text(ends.virtual) + " 80",
                ends.describe(director.handedToHost.remove(0)));
        }
    }

    @Test
    void shouldDropErrorFromServersSideGivenWrongChecksum() {
        for (final Ends ends : new Ends[] {Ends.IPV4, Ends.IPV6}) {
            open(ends);
            final byte[] error =
                ends.error(ends.server, ends.client, ends.packet(ends.client, 20000, ends.server, 8080));
            error[error.length - 1] ^= 1;
            director.receive(error);
        }
        assertEquals(2, director.packets(Verdict.DROP_BAD_CHECKSUM));
    }

    @Test
    void shouldLeaveErrorFromServersSideToHostGivenNoConnection() {
        open(Ends.IPV4);
        final byte[] error = Ends.IPV4.error(
            Ends.IPV4.server, Ends.IPV4.client, Ends.IPV4.packet(Ends.IPV4.client, 20001, Ends.IPV4.server, 8080));

        director.receive(error);

        assertEquals(1, director.packets(Verdict.HOST_ICMP));
        assertEquals(HexFormat.of().formatHex(error), HexFormat.of().formatHex(director.handedToHost.get(0)));
    }
}
