package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TcpSegment;
import io.ringvs.packet.Verdict;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.Adjacency;

/** Real servers on the director itself: the client's packets go to the host's stack, what that sends comes back. */
class LocalServersTest {
    private static final int ETHERNET = 14;
    private static final String CLIENT = "198.51.100.7";
    private static final String VIP = "10.0.0.100";
    private static final String OWN = "10.0.0.1";

    private final TestDirector director = new TestDirector();

    @AfterEach
    void close() {
        director.close();
    }

    private ServiceKey serve(final int protocol, final String address, final ForwardingMethod method) {
        final String vip = address.indexOf(':') < 0 ? VIP : "2001:db8::100";
        final ServiceKey key = director.rules.addService(protocol, vip, 80, "rr");
        final int flags = method == ForwardingMethod.NAT ? 0 : ConnectionFlags.NO_OUTPUT;
        director.rules.addServer(key, DestinationConfig.of(IpAddress.parse(address), 8080, method, 1),
            method.value() | ConnectionFlags.INACTIVE | flags, Adjacency.State.LOCAL, 0);
        director.publish();
        return key;
    }

    private static FrameBuilder answer(final int flags) {
        return FrameBuilder.tcp(flags).from(OWN, 8080).to(CLIENT, 20000);
    }

    private static String address(final byte[] frame, final int offset) {
        return (frame[offset] & 0xff) + "." + frame[offset + 1] + "." + frame[offset + 2] + "." + frame[offset + 3];
    }

    @Test
    void shouldTranslateThereAndBack() {
        final ServiceKey key = serve(IpProtocol.TCP, OWN, ForwardingMethod.NAT);
        assertNull(director.forward(FrameBuilder.tcp(TcpHeader.SYN).build()));
        final byte[] handed = director.handedToHost.get(0);
        assertEquals(OWN, address(handed, 30));
        assertEquals(8080, TestFragments.get(handed, 36));
        assertEquals(64, handed[22], "a hop is taken of packets that travel on only");

        final byte[] out = director.hostSends(answer(TcpHeader.SYN | TcpHeader.ACK).build());
        assertEquals(VIP, address(out, 26));
        assertEquals(80, TestFragments.get(out, 34));
        assertEquals(64, out[22]);
        assertArrayEquals(Arrays.copyOf(answer(0).build(), ETHERNET), Arrays.copyOf(out, ETHERNET));
        director.assertListing("TCP 198.51.100.7:20000 10.0.0.100:80 10.0.0.1:8080 SYN_RECV 60");

        director.hostSends(answer(TcpHeader.RST).build());
        director.assertListing("TCP 198.51.100.7:20000 10.0.0.100:80 10.0.0.1:8080 CLOSE 10");
        assertEquals(2, director.statistics.sum(director.rules.statisticsRow(key), Statistics.OUT_PACKETS));
    }

    @Test
    void shouldKeepTagsOfTheFrame() {
        serve(IpProtocol.TCP, OWN, ForwardingMethod.NAT);
        director.forward(FrameBuilder.tcp(TcpHeader.SYN).build());

        final byte[] out = director.hostSends(answer(TcpHeader.SYN | TcpHeader.ACK).tags("81000064").build());

        assertEquals("81000064", HexFormat.of().formatHex(out, 12, 16));
        assertEquals(VIP, address(out, 30));
    }

    @Test
    void shouldStepConnectionsThatAreNotTranslated() {
        for (final ForwardingMethod method : List.of(ForwardingMethod.DIRECT, ForwardingMethod.TUNNEL)) {
            final ServiceKey key = serve(IpProtocol.TCP, OWN, method);
            final byte[] syn = FrameBuilder.tcp(TcpHeader.SYN).build();
            director.forward(syn);
            assertArrayEquals(syn, director.handedToHost.remove(0));

            final byte[] reset = FrameBuilder.tcp(TcpHeader.RST).from(VIP, 80).to(CLIENT, 20000).build();
            assertArrayEquals(reset, director.hostSends(reset));

            director.assertListing("TCP 198.51.100.7:20000 10.0.0.100:80 10.0.0.1:8080 CLOSE 10");
            assertEquals(1, director.statistics.sum(director.rules.statisticsRow(key), Statistics.OUT_PACKETS));
            director.rules.removeService(key);
            director.advanceSeconds(11);
        }
    }

    @Test
    void shouldSendWhatIsOfNoConnectionAsItIs() {
        serve(IpProtocol.TCP, OWN, ForwardingMethod.NAT);
        final List<byte[]> others = List.of(
            answer(TcpHeader.ACK).timeToLive(1).build(),
            FrameBuilder.tcp(TcpHeader.ACK).from(OWN, 22).to(CLIENT, 20000).build(),
            answer(TcpHeader.ACK).options("94040000").build(),
            FrameBuilder.udp().from("2001:db8::1", 53).to("2001:db8:9::7", 4000).payload(30).build(),
            FrameBuilder.tcp(0).from(OWN, 0).to(CLIENT, 0).protocol(47).transport("00000800").build());
        for (final byte[] other : others) {
            assertArrayEquals(other, director.hostSends(other));
        }
        director.assertOnly(Verdict.FORWARD, others.size());
    }

    @Test
    void shouldLetNothingOutThatIsNotAHostsAnswer() {
        serve(IpProtocol.TCP, OWN, ForwardingMethod.NAT);

        assertNull(director.hostSends(answer(TcpHeader.ACK).destinationMac("ffffffffffff").build()));

        director.assertOnly(Verdict.FORWARD, 0);
    }

    @Test
    void shouldTranslateFragments() {
        serve(IpProtocol.UDP, OWN, ForwardingMethod.NAT);
        director.forward(FrameBuilder.udp().build());
        final byte[] whole = FrameBuilder.udp().from(OWN, 8080).to(CLIENT, 20000).payload(2000).build();
        for (final byte[] part : TestFragments.parts(whole, 7, 1480)) {
            director.hostSent.add(part);
        }
        director.worker.doWork();

        final List<byte[]> out = new ArrayList<>();
        for (byte[] each = director.clients().collect(); each != null; each = director.clients().collect()) {
            assertEquals(VIP, address(each, 26));
            out.add(each);
        }
        assertEquals(2, out.size());
        assertEquals(80, TestFragments.get(TestFragments.payload(out), 0));
        assertArrayEquals(Arrays.copyOfRange(whole, ETHERNET + 28, whole.length),
            Arrays.copyOfRange(TestFragments.payload(out), 8, whole.length - ETHERNET - 20));
    }

    @Test
    void shouldTranslateErrorsOfTheHost() {
        final ServiceKey key = serve(IpProtocol.UDP, OWN, ForwardingMethod.NAT);
        director.forward(FrameBuilder.udp().build());
        final byte[] handed = director.handedToHost.get(0);
        final String quoted = HexFormat.of().formatHex(handed, ETHERNET, handed.length);

        final byte[] out = director.hostSends(FrameBuilder.tcp(0).from(OWN, 0).to(CLIENT, 0)
            .protocol(IpProtocol.ICMP).transport("03030000" + "00000000" + quoted).build());

        assertEquals(VIP, address(out, 26));
        assertEquals(VIP, address(out, ETHERNET + 28 + 16));
        assertEquals(80, TestFragments.get(out, ETHERNET + 28 + 20 + 2));
        assertEquals(1, director.statistics.sum(director.rules.statisticsRow(key), Statistics.OUT_PACKETS));
    }

    @Test
    void shouldCountErrorsAboutWhatIsNotTranslated() {
        final ServiceKey key = serve(IpProtocol.UDP, OWN, ForwardingMethod.DIRECT);
        final byte[] request = FrameBuilder.udp().build();
        director.forward(request);
        final byte[] error = FrameBuilder.tcp(0).from(VIP, 0).to(CLIENT, 0).protocol(IpProtocol.ICMP)
            .transport("03030000" + "00000000" + HexFormat.of().formatHex(request, ETHERNET, request.length)).build();

        assertArrayEquals(error, director.hostSends(error));
        assertEquals(1, director.statistics.sum(director.rules.statisticsRow(key), Statistics.OUT_PACKETS));
    }

    @Test
    void shouldRewriteWhatFtpServersSay() {
        final ServiceKey key = director.rules.addService(IpProtocol.TCP, VIP, 21, "rr");
        director.rules.addServer(key, DestinationConfig.of(IpAddress.parse(OWN), 21, ForwardingMethod.NAT, 1),
            ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE, Adjacency.State.LOCAL, 0);
        director.publish();
        director.receive(TcpSegment.of(CLIENT, 40000, VIP, 21, TcpHeader.SYN, 999, 0, "").frame());
        ftpServerSays(TcpHeader.SYN | TcpHeader.ACK, 4999, 1000, "");
        director.receive(TcpSegment.of(CLIENT, 40000, VIP, 21, TcpHeader.ACK, 1000, 5000, "PASV\r\n").frame());

        assertEquals("227 Entering Passive Mode (10,0,0,100,195,80).\r\n",
            ftpServerSays(TcpHeader.ACK, 5000, 1006, "227 Entering Passive Mode (10,0,0,1,195,80).\r\n").text());
        assertEquals(5048, ftpServerSays(TcpHeader.ACK, 5046, 1006, "next").sequence());
    }

    private TcpSegment ftpServerSays(
        final int flags, final int sequence, final int acknowledgment, final String text) {
        return TcpSegment.read(director.hostSends(
            TcpSegment.of(OWN, 21, CLIENT, 40000, flags, sequence, acknowledgment, text).frame()));
    }

    @Test
    void shouldDropGivenLoopbackAddress() {
        serve(IpProtocol.TCP, "127.0.0.1", ForwardingMethod.NAT);
        serve(IpProtocol.TCP, "::1", ForwardingMethod.NAT);
        director.receive(FrameBuilder.tcp(TcpHeader.SYN).build(),
            FrameBuilder.tcp(TcpHeader.SYN).from("2001:db8:9::7", 20000).to("2001:db8::100", 80).build());

        assertEquals(List.of(), director.handedToHost);
        director.assertOnly(Verdict.DROP_METHOD, 2);
    }

    @Test
    void shouldNotLookAtTheHostGivenNoLocalServer() {
        final byte[] frame = answer(TcpHeader.ACK).build();
        director.publish();
        assertNull(director.hostSends(frame));

        director.worker.localOutputWaits();
        director.worker.doWork();

        assertArrayEquals(frame, director.clients().collect(), "what was sent before a rule was removed");
    }
}
