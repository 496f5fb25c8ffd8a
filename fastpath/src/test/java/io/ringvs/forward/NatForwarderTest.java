package io.ringvs.forward;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32C;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TestFrame;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NatForwarderTest {
    private static final int LINK = 14;
    private static final int ROUNDS = 2000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final TestFrame frame = new TestFrame();

    NatForwarderTest() {
        System.out.println("NatForwarderTest seed " + seed);
    }

    @AfterEach
    void free() {
        frame.close();
    }

    @Test
    void shouldKeepChecksumsAsRightOrWrongAsTheyWere() {
        for (int round = 0; round < ROUNDS; round++) {
            final boolean ipv6 = random.nextBoolean();
            final boolean tcp = random.nextBoolean();
            final FrameBuilder builder = tcp ? FrameBuilder.tcp(TcpHeader.ACK) : FrameBuilder.udp();
            final byte[] in = addressed(builder, ipv6).payload(random.nextInt(200)).random(random).build();
            final int transport = LINK + (ipv6 ? 40 : 20);
            final int field = transport + (tcp ? 16 : 6);
            put(in, field, 0);
            final int right = transportChecksum(in, ipv6, transport);
            final int error = random.nextBoolean() ? 0 : 1 + random.nextInt(0xfffe);
            put(in, field, wrong(right, error));
            if (!tcp && get(in, field) == 0) {
                put(in, field, 0xffff);
            }
            final boolean wasRight = transportSum(in, ipv6, transport) == 0xffff;

            final byte[] out = translated(in, ipv6);

            assertEquals(wasRight, transportSum(out, ipv6, transport) == 0xffff, "seed " + seed);
            assertEquals(transportSum(in, ipv6, transport) % 0xffff, transportSum(out, ipv6, transport) % 0xffff);
            if (!ipv6) {
                assertEquals(0xffff, FrameBuilder.sum(out, LINK, 20, 0));
            }
        }
    }

    @Test
    void shouldMakeAUdpChecksumGivenThereIsNone() {
        for (int round = 0; round < ROUNDS; round++) {
            final boolean ipv6 = random.nextBoolean();
            final byte[] in = addressed(FrameBuilder.udp(), ipv6).payload(random.nextInt(100)).random(random).build();
            final int transport = LINK + (ipv6 ? 40 : 20);
            put(in, transport + 6, 0);

            final byte[] out = translated(in, ipv6);

            assertEquals(0xffff, transportSum(out, ipv6, transport), "seed " + seed);
            assertEquals(true, get(out, transport + 6) != 0);
        }
    }

    @Test
    void shouldMakeANewCrcOfSctpGivenThePortChanges() {
        for (int payload = 4; payload < 120; payload++) {
            final byte[] in = FrameBuilder.udp().protocol(IpProtocol.SCTP).from("10.9.0.2", 4000).to("10.1.0.100", 80)
                .payload(payload + 8).random(random).build();
            final byte[] out = translated(in, false);
            final int transport = LINK + 20;
            final byte[] packet = Arrays.copyOfRange(out, transport, out.length);
            Arrays.fill(packet, 8, 12, (byte)0);
            final CRC32C crc = new CRC32C();
            crc.update(packet);
            assertEquals((int)crc.getValue(), Integer.reverseBytes(ByteBuffer.wrap(out).getInt(transport + 8)));
        }
    }

    private FrameBuilder addressed(final FrameBuilder builder, final boolean ipv6) {
        return ipv6 ? builder.from("fd09::2", 4000).to("fd01::100", 80)
            : builder.from("10.9.0.2", 4000).to("10.1.0.100", 80);
    }

    /** As an answer is: new source address and port. */
    private byte[] translated(final byte[] in, final boolean ipv6) {
        final IpAddress address = ipv6
            ? IpAddress.ofWords(Family.IPV6, 0xfd | random.nextLong() << 8, random.nextLong())
            : IpAddress.ofWords(Family.IPV4, random.nextInt() & 0xffff_ffffL, 0);
        final long headers = frame.parse(in);
        NatForwarder.source(
            frame.pointer(), headers, address.word0(), address.word1(), (short)(1 + random.nextInt(0xfffe)));
        final byte[] out = frame.read(0, in.length);
        assertEquals(address, IpAddress.of(
            Arrays.copyOfRange(out, LINK + (ipv6 ? 8 : 12), LINK + (ipv6 ? 24 : 16))));
        return out;
    }

    private static int wrong(final int right, final int error) {
        return (right ^ error) & 0xffff;
    }

    private static int transportChecksum(final byte[] bytes, final boolean ipv6, final int transport) {
        return ~transportSum(bytes, ipv6, transport) & 0xffff;
    }

    private static int transportSum(final byte[] bytes, final boolean ipv6, final int transport) {
        return FrameBuilder.transportSum(bytes, ipv6, bytes[ipv6 ? LINK + 6 : LINK + 9] & 0xff, transport);
    }

    private static int get(final byte[] bytes, final int offset) {
        return ByteBuffer.wrap(bytes).getShort(offset) & 0xffff;
    }

    private static void put(final byte[] bytes, final int offset, final int value) {
        ByteBuffer.wrap(bytes).putShort(offset, (short)value);
    }
}
