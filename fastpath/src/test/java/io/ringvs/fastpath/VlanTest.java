package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.ring.KernelSide;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tags come and go, and nothing else of a frame changes for it: each case is compared with the same one without tags.
 */
class VlanTest {
    private static final HexFormat HEX = HexFormat.of();
    private static final String[] RECEIVED = {"", "81000064", "8100e000", "8100a064", "88a8000781000064"};
    private static final String[] SENT = {"", "810000c8", "88a80007810000c8"};
    private static final int DO_NOT_FRAGMENT = 0x4000;
    private static final int MTU = 600;
    private static final int MACS = 12;

    private enum Case {
        DIRECT(ForwardingMethod.DIRECT, tcp().build()),
        DIRECT_PADDED(ForwardingMethod.DIRECT, tcp().padding(6).build()),
        DIRECT_DIVIDED(ForwardingMethod.DIRECT, udp().payload(1400).build()),
        DIRECT_PUT_TOGETHER(ForwardingMethod.DIRECT,
            TestFragments.parts(udp().payload(1000).build(), 7, 504)),
        DIRECT_IPV6(ForwardingMethod.DIRECT, ipv6().build()),
        TUNNEL(ForwardingMethod.TUNNEL, tcp().fragment(DO_NOT_FRAGMENT).build()),
        TUNNEL_PUT_TOGETHER(ForwardingMethod.TUNNEL,
            TestFragments.parts(udp().payload(504).fragment(DO_NOT_FRAGMENT).build(), 7, 256)),
        TUNNEL_IPV6(ForwardingMethod.TUNNEL, ipv6().build()),
        NAT(ForwardingMethod.NAT, tcp().build()),
        NAT_DIVIDED(ForwardingMethod.NAT, udp().payload(1400).build()),
        NAT_PUT_TOGETHER(ForwardingMethod.NAT, TestFragments.parts(udp().payload(1000).build(), 7, 504)),
        NAT_IPV6(ForwardingMethod.NAT, ipv6().build());

        final ForwardingMethod method;
        final byte[][] frames;

        Case(final ForwardingMethod method, final byte[]... frames) {
            this.method = method;
            this.frames = frames;
        }
    }

    private static FrameBuilder tcp() {
        return FrameBuilder.tcp(TcpHeader.SYN).from("198.51.100.7", 20000).to("10.0.0.100", 80);
    }

    private static FrameBuilder udp() {
        return FrameBuilder.udp().from("198.51.100.7", 20000).to("10.0.0.100", 80);
    }

    private static FrameBuilder ipv6() {
        return FrameBuilder.tcp(TcpHeader.SYN).from("2001:db8:9::7", 20000).to("2001:db8::100", 80);
    }

    static Stream<Arguments> cases() {
        return Stream.of(Case.values()).flatMap(each -> Stream.of(RECEIVED).flatMap(
            received -> Stream.of(SENT).map(sent -> Arguments.of(each, received, sent))));
    }

    @ParameterizedTest(name = "{0}, received [{1}], sent [{2}]")
    @MethodSource("cases")
    void shouldSendTagsOfTheWay(final Case each, final String received, final String sent) {
        try (TestDirector director = director(each, sent)) {
            final List<String> out = send(director.clients(), director, director.servers(), each.frames, received);

            assertFalse(out.isEmpty());
            assertEquals(tagged(untagged(each), sent), out);
        }
    }

    private static List<byte[]> untagged(final Case each) {
        try (TestDirector director = director(each, "")) {
            return send(director.clients(), director, director.servers(), each.frames, "").stream()
                .map(HEX::parseHex).toList();
        }
    }

    @ParameterizedTest(name = "{0}, received [{1}], sent [{2}]")
    @MethodSource("cases")
    void shouldSendAnswersWithTagsOfTheWayToTheClient(final Case each, final String received, final String sent) {
        if (each.method == ForwardingMethod.NAT) {
            assertEquals(tagged(answers(each, "", "").stream().map(HEX::parseHex).toList(), sent),
                answers(each, received, sent));
        }
    }

    private static List<String> answers(final Case each, final String received, final String sent) {
        try (TestDirector director = director(each, sent)) {
            send(director.clients(), director, director.servers(), each.frames, received);
            final boolean tcp = each.frames[0][23] == IpProtocol.TCP || each == Case.NAT_IPV6;
            final FrameBuilder answer = (tcp ? FrameBuilder.tcp(TcpHeader.SYN | TcpHeader.ACK) : FrameBuilder.udp())
                .from(each == Case.NAT_IPV6 ? "2001:db8:1::11" : "192.168.1.11", 8080)
                .to(each == Case.NAT_IPV6 ? "2001:db8:9::7" : "198.51.100.7", 20000);
            final List<String> out = send(director.servers(), director, director.clients(),
                new byte[][] {answer.build()}, received);
            assertEquals(1, out.size());
            return out;
        }
    }

    private static TestDirector director(final Case each, final String sent) {
        final TestDirector director = new TestDirector();
        for (final String vip : new String[] {"10.0.0.100", "2001:db8::100"}) {
            for (final int protocol : new int[] {IpProtocol.TCP, IpProtocol.UDP}) {
                final ServiceKey service = director.rules.addService(protocol, vip, 80, "rr");
                final IpAddress server = IpAddress.parse(vip.startsWith("10") ? "192.168.1.11" : "2001:db8:1::11");
                final int id = director.rules.addServer(service,
                    new DestinationConfig(server, 8080, each.method, Tunnel.IPIP, 1, 1, 0, 0),
                    each.method.value() | ConnectionFlags.INACTIVE, Adjacency.State.RESOLVED, TestDirector.SERVERS);
                director.rules.adjacency(id, way(TestDirector.SERVERS, 0x0002_0202_0000_0002L, sent,
                    vip.startsWith("10") ? "192.168.1.1" : "2001:db8:1::1", vip.startsWith("10") ? MTU : 1500));
            }
        }
        final Adjacency client = way(TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, sent, "10.0.0.1", MTU);
        director.rules.clients(new ClientWays.Builder()
            .add(IpAddress.parse("0.0.0.0"), 0, client).add(IpAddress.parse("::"), 0, client).build());
        director.publish();
        return director;
    }

    private static Adjacency way(
        final int interfaceIndex, final long macWord, final String tags, final String source, final int mtu) {
        final byte[] wire = Arrays.copyOf(HEX.parseHex(tags), Long.BYTES);
        return new Adjacency(Adjacency.State.RESOLVED, interfaceIndex, macWord, 0x0200_0000, mtu,
            IpAddress.parse(source), ByteBuffer.wrap(wire).order(ByteOrder.nativeOrder()).getLong());
    }

    private static List<String> send(
        final KernelSide from, final TestDirector director, final KernelSide to, final byte[][] frames,
        final String tags) {
        final List<String> out = new ArrayList<>();
        for (final byte[] frame : frames) {
            from.inject(tag(frame, tags));
            director.worker.doWork();
            for (byte[] sent = to.collect(); sent != null; sent = to.collect()) {
                out.add(HEX.formatHex(sent));
            }
        }
        return out;
    }

    private static List<String> tagged(final List<byte[]> frames, final String tags) {
        return frames.stream().map(frame -> HEX.formatHex(tag(frame, tags))).toList();
    }

    private static byte[] tag(final byte[] frame, final String tags) {
        return HEX.parseHex(HEX.formatHex(frame, 0, MACS) + tags + HEX.formatHex(frame, MACS, frame.length));
    }
}
