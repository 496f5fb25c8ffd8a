package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TcpSegment;
import io.ringvs.ring.KernelSide;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;
import io.ringvs.snapshot.Adjacency;
import io.ringvs.snapshot.ClientWays;

/**
 * Any bytes are frames that a worker with services of every kind receives: nothing fails inside, what it sends are
 * packets with right lengths and header checksums, and every frame of the UMEM is in one place afterwards.
 *
 * <pre>
 *   0  kind u8   1  length u16   3  frame
 *   kind: bit 0 from the real servers' side (else the clients'), bits 4..7 seconds that pass before, by powers of 2
 * </pre>
 */
public final class WorkerFuzzTarget {
    private static final int CLIENTS = 0;
    private static final int SERVERS = 1;
    private static final int HEADER = 3;
    private static final int MAX_FRAME = 1800;
    private static final int ETHERNET = 14;
    private static final String CLIENT = "198.51.100.7";
    private static final String CLIENT6 = "2001:db8:9::7";
    private static final String SERVER = "192.168.1.11";
    private static final String SERVER6 = "2001:db8:1::11";

    private WorkerFuzzTarget() {
    }

    /** Conversations with services of every kind. */
    public static List<byte[]> seeds() {
        final int synAck = TcpHeader.SYN | TcpHeader.ACK;
        final byte[] first = tcp("10.0.0.100", 80, TcpHeader.SYN, 999, 0, "");
        return List.of(
            frames(CLIENTS, first, tcp("10.0.0.100", 80, TcpHeader.ACK, 1000, 1, "GET /")),
            frames(CLIENTS, tcp("10.0.0.101", 80, TcpHeader.SYN, 999, 0, ""), SERVERS,
                answer(8080, synAck, 1, 1000, "")),
            frames(CLIENTS, tcp("10.0.0.102", 80, TcpHeader.SYN, 999, 0, ""), 0x50,
                tcp("10.0.0.102", 80, TcpHeader.FIN, 1000, 1, "")),
            frames(CLIENTS, tcp("10.0.0.103", 80, TcpHeader.SYN, 999, 0, ""), 0x90,
                tcp("10.0.0.103", 80, TcpHeader.RST, 1000, 1, "")),
            frames(CLIENTS, tcp("10.0.0.100", 21, TcpHeader.SYN, 999, 0, ""), SERVERS,
                answer(21, synAck, 4999, 1000, ""), CLIENTS,
                tcp("10.0.0.100", 21, TcpHeader.ACK, 1000, 5000, "PASV\r\n"), SERVERS,
                answer(21, TcpHeader.ACK, 5000, 1006, "227 Passive (192,168,1,11,195,80).\r\n"), CLIENTS,
                tcp("10.0.0.100", 50000, TcpHeader.SYN, 1, 0, "")),
            frames(CLIENTS, udp("10.0.0.100", 5060, "OPTIONS sip:a SIP/2.0\r\nCall-ID: a@b\r\n\r\n"), 0,
                udp("10.0.0.100", 53, "question")),
            frames(CLIENTS, FrameBuilder.tcp(TcpHeader.SYN).from(CLIENT6, 40000).to("2001:db8::100", 80).build(),
                CLIENTS, FrameBuilder.tcp(TcpHeader.SYN).from(CLIENT6, 40000).to("2001:db8::102", 80).build(), CLIENTS,
                FrameBuilder.udp().from(CLIENT6, 40000).to("2001:db8::100", 53).payload(64).build()),
            frames(CLIENTS, first, CLIENTS, unreachable(first)),
            frames(CLIENTS, TestFragments.part(udp("10.0.0.100", 53, "x".repeat(40)), 9, 0, 24), CLIENTS,
                TestFragments.part(udp("10.0.0.100", 53, "x".repeat(40)), 9, 24, 24)));
    }

    private static byte[] tcp(
        final String virtual, final int port, final int flags, final int sequence, final int number,
        final String text) {
        return TcpSegment.of(CLIENT, 40000, virtual, port, flags, sequence, number, text).frame();
    }

    private static byte[] answer(
        final int port, final int flags, final int sequence, final int number, final String text) {
        return TcpSegment.of(SERVER, port, CLIENT, 40000, flags, sequence, number, text).frame();
    }

    private static byte[] udp(final String virtual, final int port, final String text) {
        final byte[] payload = text.getBytes(StandardCharsets.ISO_8859_1);
        return FrameBuilder.udp().from(CLIENT, 40000).to(virtual, port).transport(String.format(
            "9c40%04x%04x0000", port, 8 + payload.length) + HexFormat.of().formatHex(payload)).build();
    }

    /** An ICMP error to the virtual address about what the real server might have sent. */
    private static byte[] unreachable(final byte[] frame) {
        final byte[] quoted = TcpSegment.of("10.0.0.100", 80, CLIENT, 40000, TcpHeader.ACK, 1, 1000, "").frame();
        return FrameBuilder.tcp(0).from("203.0.113.1", 0).to("10.0.0.100", 0).protocol(IpProtocol.ICMP)
            .transport("0301000000000000" + HexFormat.of().formatHex(quoted, ETHERNET, quoted.length)).build();
    }

    /** Kinds and frames in turn. */
    private static byte[] frames(final Object... kindsAndFrames) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        int kind = CLIENTS;
        for (final Object each : kindsAndFrames) {
            if (each instanceof byte[] frame) {
                out.write(kind);
                out.write(frame.length >> 8);
                out.write(frame.length);
                out.writeBytes(frame);
            } else {
                kind = (Integer)each;
            }
        }
        return out.toByteArray();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        try (TestDirector director = new TestDirector(256, RingSizes.same(16))) {
            director.keepHandedToHost = false;
            serve(director);
            for (int next = 0; next + HEADER <= data.length;) {
                final int kind = data[next];
                final int length = (data[next + 1] & 0xff) << 8 | data[next + 2] & 0xff;
                final int end = Math.min(data.length, next + HEADER + Math.min(length, MAX_FRAME));
                final byte[] frame = Arrays.copyOfRange(data, next + HEADER, end);
                FrameBuilder.repairIpv4Checksum(frame);
                pass(director, (kind & 0xf0) == 0 ? 0 : 1L << (kind >> 4 & 0xf));
                receive((kind & SERVERS) == 0 ? director.clients() : director.servers(), director, frame);
                next = end;
            }
        }
    }

    private static void pass(final TestDirector director, final long seconds) {
        director.now += seconds * 1_000_000_000L;
        director.worker.doWork();
        drain(director);
    }

    private static void receive(final KernelSide side, final TestDirector director, final byte[] frame) {
        assertTrue(side.inject(frame), "no frame is left to receive into");
        director.worker.doWork();
        drain(director);
        director.worker.doWork();
        drain(director);
    }

    private static void drain(final TestDirector director) {
        for (final KernelSide side : List.of(director.clients(), director.servers())) {
            for (byte[] sent = side.collect(); sent != null; sent = side.collect()) {
                check(sent);
            }
        }
    }

    private static void check(final byte[] sent) {
        assertTrue(sent.length > ETHERNET);
        if (sent[12] == 0x08 && sent[13] == 0) {
            final int header = (sent[ETHERNET] & 0xf) * 4;
            assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(sent, ETHERNET, ETHERNET + header)));
            assertTrue(((sent[16] & 0xff) << 8 | sent[17] & 0xff) <= sent.length - ETHERNET);
        } else if (sent[12] == (byte)0x86 && sent[13] == (byte)0xdd) {
            assertTrue(((sent[18] & 0xff) << 8 | sent[19] & 0xff) + 40 <= sent.length - ETHERNET);
        }
    }

    private static void serve(final TestDirector director) {
        final TestRules rules = director.rules;
        for (final boolean ipv6 : new boolean[] {false, true}) {
            final String virtual = ipv6 ? "2001:db8::10" : "10.0.0.10";
            serve(director, IpProtocol.TCP, virtual + "0", 80, "rr", ForwardingMethod.DIRECT, 80);
            serve(director, IpProtocol.TCP, virtual + "1", 80, "wlc", ForwardingMethod.NAT, 8080);
            serve(director, IpProtocol.TCP, virtual + "0", 21, "rr", ForwardingMethod.NAT, 21);
            serve(director, IpProtocol.UDP, virtual + "1", 53, "rr", ForwardingMethod.NAT, 53);
            serve(director, IpProtocol.SCTP, virtual + "1", 7, "rr", ForwardingMethod.NAT, 9);
            serve(director, IpProtocol.UDP, virtual + "0", 53, "sh", ForwardingMethod.TUNNEL, 53);
            server(director, rules.addPersistentService(ServiceKey.ofAddress(
                IpProtocol.TCP, IpAddress.parse(virtual + "3"), 80), 0, 100, -1), ipv6, ForwardingMethod.DIRECT, 80);
            server(director, rules.addService(new ServiceConfig(
                ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse(virtual + "0"), 5060), "rr",
                ServiceFlags.PERSISTENT, 100, -1, "sip", List.of())), ipv6, ForwardingMethod.NAT, 5060);
            for (final int protocol : new int[] {IpProtocol.TCP, IpProtocol.UDP}) {
                final ServiceKey full = serve(
                    director, protocol, virtual + "2", 80, "rr", ForwardingMethod.FULLNAT, 8080);
                rules.localAddresses(full, director.table.localAddresses().acquire(
                    IpAddress.parse(ipv6 ? "2001:db8:1::200" : "192.168.1.200")));
            }
        }
        final Adjacency way =
            new Adjacency(Adjacency.State.RESOLVED, TestDirector.CLIENTS, 0x0002_fe01_0000_0002L, 0x0100_0000, 1500);
        rules.clients(new ClientWays.Builder().add(IpAddress.parse("198.51.100.0"), 24, way)
            .add(IpAddress.parse("2001:db8:9::"), 48, way).build());
        director.publish();
    }

    private static ServiceKey serve(
        final TestDirector director, final int protocol, final String virtual, final int port, final String scheduler,
        final ForwardingMethod method, final int serverPort) {
        final ServiceKey key = director.rules.addService(protocol, virtual, port, scheduler);
        server(director, key, virtual.contains(":"), method, serverPort);
        return key;
    }

    private static void server(
        final TestDirector director, final ServiceKey key, final boolean ipv6, final ForwardingMethod method,
        final int port) {
        final Tunnel tunnel = method == ForwardingMethod.TUNNEL
            ? new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.NONE) : Tunnel.IPIP;
        final boolean answers = method == ForwardingMethod.NAT || method == ForwardingMethod.FULLNAT;
        final int id = director.rules.addServer(
            key, new DestinationConfig(IpAddress.parse(ipv6 ? SERVER6 : SERVER), port, method, tunnel, 1, 1, 0, 0),
            method.value() | ConnectionFlags.INACTIVE | (answers ? 0 : ConnectionFlags.NO_OUTPUT),
            Adjacency.State.RESOLVED, TestDirector.SERVERS);
        director.rules.adjacency(id, new Adjacency(Adjacency.State.RESOLVED, TestDirector.SERVERS,
            TestRules.macWord(id), 0x0200_0000, 1500, IpAddress.parse(ipv6 ? "2001:db8:1::1" : "192.168.1.1")));
    }
}
