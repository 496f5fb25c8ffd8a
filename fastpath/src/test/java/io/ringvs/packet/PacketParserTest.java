package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.stream.Stream;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;

class PacketParserTest {
    private static final String V6_CLIENT = "2001:db8:9::7";
    private static final String V6_VIRTUAL = "2001:db8::100";

    private final long memory = UnsafeApi.allocateMemory(4096);
    private final PacketBatch batch = new PacketBatch(4);
    private final FlowBatch flows = new FlowBatch(4);
    private final PacketParser parser = new PacketParser(memory, batch, flows);

    @AfterEach
    void free() {
        UnsafeApi.freeMemory(memory);
        flows.close();
    }

    private Verdict parse(final byte[] frame) {
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(memory + 256 + i, frame[i]);
        }
        batch.addresses[0] = 256;
        batch.lengths[0] = frame.length;
        batch.count = 1;
        parser.parse();
        return Verdict.ofCode(batch.verdicts[0]);
    }

    @Test
    void shouldTellVlanWithoutPriorities() {
        try (TestFrame frame = new TestFrame()) {
            assertEquals(0x6400_0081L, vlan(frame, "8100a064"));
            assertEquals(0x6500_0081_6400_a888L, vlan(frame, "88a8f06481000065"));
            assertEquals(0x6400_0081L, vlan(frame, "8100e00081000064"));
            assertEquals(0, vlan(frame, "8100e000"));
            assertEquals(0, vlan(frame, ""));
        }
    }

    private static long vlan(final TestFrame frame, final String tags) {
        final byte[] bytes = FrameBuilder.tcp(TcpHeader.ACK).tags(tags).build();
        return EthernetHeader.vlan(frame.pointer(), ParsedHeaders.tags(frame.parse(bytes)));
    }

    @Test
    void shouldFindFlowGivenTcpOverIpv4() {
        final Verdict verdict = parse(FrameBuilder.tcp(TcpHeader.SYN).from("198.51.100.7", 20000)
            .to("10.0.0.100", 80).padding(6).build());

        assertEquals(Verdict.UNDECIDED, verdict);
        final long word = batch.headers[0];
        assertEquals(14, ParsedHeaders.networkOffset(word));
        assertEquals(34, ParsedHeaders.transportOffset(word));
        assertEquals(40, ParsedHeaders.networkLength(word));
        assertEquals(54, ParsedHeaders.frameLength(word));
        assertEquals(IpProtocol.TCP, ParsedHeaders.protocol(word));
        assertEquals(TcpHeader.SYN, ParsedHeaders.event(word));
        assertEquals(0, ParsedHeaders.tags(word));
        assertFalse(ParsedHeaders.isIpv6(word));
        assertEquals("c6336407" + "00".repeat(12) + "0a000064" + "00".repeat(12) + "4e200050" + "06" + "04" + "0000",
            flowHex());
    }

    @Test
    void shouldFindFlowGivenUdpOverIpv6BehindExtensionHeaders() {
        // hop-by-hop (8 bytes), destination options (16 bytes), then UDP
        final Verdict verdict = parse(FrameBuilder.udp().from(V6_CLIENT, 5000).to(V6_VIRTUAL, 53)
            .extensions(0, "3c00010400000000" + "11010104000000000000000000000000").payload(5).build());

        assertEquals(Verdict.UNDECIDED, verdict);
        final long word = batch.headers[0];
        assertTrue(ParsedHeaders.isIpv6(word));
        assertEquals(14 + 40 + 24, ParsedHeaders.transportOffset(word));
        assertEquals(40 + 24 + 8 + 5, ParsedHeaders.networkLength(word));
        assertEquals(IpProtocol.UDP, ParsedHeaders.protocol(word));
        assertEquals(HexFormat.of().formatHex(IpAddress.parse(V6_CLIENT).bytes())
            + HexFormat.of().formatHex(IpAddress.parse(V6_VIRTUAL).bytes()) + "13880035" + "11" + "06" + "0000",
            flowHex());
    }

    @Test
    void shouldFindPortsBehindIpv4Options() {
        assertEquals(Verdict.UNDECIDED, parse(FrameBuilder.tcp(TcpHeader.ACK).options("0101010194040000").build()));
        assertEquals(42, ParsedHeaders.transportOffset(batch.headers[0]));
        assertEquals(TcpHeader.ACK, ParsedHeaders.event(batch.headers[0]));
    }

    @Test
    void shouldStepOverTwoTags() {
        assertEquals(Verdict.UNDECIDED, parse(FrameBuilder.tcp(TcpHeader.ACK).tags("88a80064" + "81000065").build()));
        assertEquals(22, ParsedHeaders.networkOffset(batch.headers[0]));
        assertEquals(2, ParsedHeaders.tags(batch.headers[0]));
    }

    @Test
    void shouldTakeFirstChunkOfSctpAsEvent() {
        assertEquals(Verdict.UNDECIDED, parse(FrameBuilder.tcp(0).protocol(IpProtocol.SCTP)
            .transport("4e200050" + "0000000000000000" + "01000004").build()));
        assertEquals(SctpHeader.INIT, ParsedHeaders.event(batch.headers[0]));
    }

    @Test
    void shouldTakeAbortAsEventGivenAbortBehindCookie() {
        assertEquals(Verdict.UNDECIDED, parse(FrameBuilder.tcp(0).protocol(IpProtocol.SCTP)
            .transport("4e200050" + "0000000000000000" + "0a000005aa000000" + "06000004").build()));
        assertEquals(SctpHeader.ABORT, ParsedHeaders.event(batch.headers[0]));
    }

    @Test
    void shouldClearFlowGivenPacketThatIsNotLookedUp() {
        parse(FrameBuilder.tcp(TcpHeader.SYN).build());
        parse(FrameBuilder.tcp(TcpHeader.SYN).protocol(IpProtocol.GRE).build());

        assertEquals("00".repeat(8), flowHex().substring(64));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource
    void shouldGiveVerdict(final Verdict expected, final String why, final byte[] frame) {
        assertEquals(expected, parse(frame));
    }

    static Stream<Arguments> shouldGiveVerdict() {
        return Stream.of(
            of(Verdict.HOST_FRAGMENT, "atomic IPv6 fragment", v6().extensions(44, "0600000012345678").build()),
            of(Verdict.UNDECIDED, "IPv6 authentication header",
                v6().extensions(51, "060100000000000100000000").build()),
            of(Verdict.HOST_NOT_IP, "ARP", FrameBuilder.tcp(0).type(0x0806).build()),
            of(Verdict.HOST_NOT_IP, "three tags", FrameBuilder.tcp(0).tags("81000001".repeat(3)).build()),
            of(Verdict.HOST_GROUP, "broadcast", FrameBuilder.tcp(0).destinationMac("ffffffffffff").build()),
            of(Verdict.HOST_GROUP, "multicast", FrameBuilder.tcp(0).destinationMac("01005e000001").build()),
            of(Verdict.HOST_ICMP, "ICMP", FrameBuilder.tcp(0).protocol(1).transport("0800f7ff00000000").build()),
            of(Verdict.HOST_ICMP, "ICMPv6", v6().protocol(58).transport("8000f7ff00000000").build()),
            of(Verdict.HOST_PROTOCOL, "ICMP over IPv6", v6().protocol(1).transport("0800f7ff00000000").build()),
            of(Verdict.HOST_PROTOCOL, "ESP", FrameBuilder.tcp(0).protocol(50).build()),
            of(Verdict.HOST_PROTOCOL, "no next header", v6().extensions(60, "3b00010400000000").build()),
            of(Verdict.HOST_FRAGMENT, "first fragment", FrameBuilder.tcp(0).fragment(0x2000).build()),
            of(Verdict.HOST_FRAGMENT, "later fragment", FrameBuilder.tcp(0).fragment(0x0001).build()),
            of(Verdict.HOST_FRAGMENT, "first IPv6 fragment", v6().extensions(44, "0600000112345678").build()),
            of(Verdict.HOST_FRAGMENT, "later IPv6 fragment", v6().extensions(44, "0600000812345678").build()),
            of(Verdict.HOST_EXTENSIONS, "nine extensions",
                v6().extensions(60, "3c00010400000000".repeat(8) + "0600010400000000").build()),
            of(Verdict.DROP_TRUNCATED, "extension beyond the end",
                v6().extensions(60, "06ff010400000000").build()),
            of(Verdict.DROP_TRUNCATED, "12 bytes of TCP",
                FrameBuilder.tcp(0).transport("4e240050000003e800000000").build()),
            of(Verdict.DROP_TRUNCATED, "19 bytes of TCP",
                FrameBuilder.tcp(0).transport("4e240050000003e8000000005002faf02df700").padding(10).build()),
            of(Verdict.DROP_TRUNCATED, "7 bytes of UDP", FrameBuilder.udp().transport("4e240035000d39").build()),
            of(Verdict.DROP_TRUNCATED, "15 bytes of SCTP",
                FrameBuilder.tcp(0).protocol(132).transport("4e2400350000000000000000010000").build()),
            // recorded of Linux 6.1: what it dropped without an answer
            of(Verdict.DROP_BAD_CHECKSUM, "IP checksum", hex("0200000000010200000001fe08004500002812344000400"
                + "6a6a8c63364070a0000644e230050000003e8000000005002faf02df80000")),
            of(Verdict.DROP_TRUNCATED, "total length beyond the frame", hex("0200000000010200000001fe08004500"
                + "00c8123440004006f35dc63364070a0000644e250050000003e8000000005002faf02df60000")),
            of(Verdict.DROP_BAD_HEADER, "total length within the header", hex("0200000000010200000001fe0800"
                + "4500000a123440004006f41bc63364070a0000644e270050000003e8000000005002faf02df40000")),
            of(Verdict.DROP_BAD_HEADER, "version 5", hex("0200000000010200000001fe0800"
                + "55000028123440004006f3fdc63364070a0000644e280050000003e8000000005002faf02df30000")),
            of(Verdict.DROP_BAD_HEADER, "header of 16 bytes", hex("0200000000010200000001fe0800"
                + "44000028123440004006f3fdc63364070a0000644e280050000003e8000000005002faf02df30000")),
            of(Verdict.DROP_BAD_HEADER, "IPv4 as IPv6", FrameBuilder.tcp(0).type(0x86dd).payload(64).build()),
            of(Verdict.DROP_MARTIAN, "from 127.0.0.1", FrameBuilder.tcp(0).from("127.0.0.1", 1).build()),
            of(Verdict.DROP_MARTIAN, "from 0.0.0.0", FrameBuilder.tcp(0).from("0.0.0.0", 1).build()),
            of(Verdict.DROP_MARTIAN, "from 255.255.255.255", FrameBuilder.tcp(0).from("255.255.255.255", 1).build()),
            of(Verdict.DROP_MARTIAN, "from 224.0.0.1", FrameBuilder.tcp(0).from("224.0.0.1", 1).build()),
            of(Verdict.DROP_MARTIAN, "from ::1", v6().from("::1", 1).build()),
            of(Verdict.DROP_MARTIAN, "from ff02::1", v6().from("ff02::1", 1).build()));
    }

    private static FrameBuilder v6() {
        return FrameBuilder.tcp(TcpHeader.SYN).from(V6_CLIENT, 5000).to(V6_VIRTUAL, 80);
    }

    private static Arguments of(final Verdict expected, final String why, final byte[] frame) {
        return Arguments.of(expected, why, frame);
    }

    private static byte[] hex(final String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private String flowHex() {
        final byte[] bytes = new byte[40];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = UnsafeApi.getByte(flows.entry(0) + i);
        }
        return HexFormat.of().formatHex(bytes);
    }
}
