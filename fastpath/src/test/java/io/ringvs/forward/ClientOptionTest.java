package io.ringvs.forward;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TestFrame;
import io.ringvs.packet.Translation;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Random packets get both ends translated and the client's address as an option, and back. */
class ClientOptionTest {
    private static final int LINK = 14;
    private static final int ROUNDS = 3000;
    private static final int MTU = 1500;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final TestFrame frame = new TestFrame();
    private final ClientOption option = new ClientOption();

    ClientOptionTest() {
        System.out.println("ClientOptionTest seed " + seed);
    }

    @AfterEach
    void free() {
        frame.close();
    }

    private boolean ipv6;
    private int protocol;

    /** A packet from 10.9.0.2:4000 or fd09::2:4000 with a checksum that is right or, now and then, wrong. */
    private byte[] packet() {
        ipv6 = random.nextBoolean();
        protocol = random.nextBoolean() ? IpProtocol.TCP : IpProtocol.UDP;
        final FrameBuilder builder = protocol == IpProtocol.TCP ? FrameBuilder.tcp(TcpHeader.ACK) : FrameBuilder.udp();
        final byte[] in = (ipv6 ? builder.from("fd09::2", 4000).to("fd01::100", 80)
            : builder.from("10.9.0.2", 4000).to("10.1.0.100", 80)).payload(random.nextInt(200)).random(random).build();
        final int field = transport() + (protocol == IpProtocol.TCP ? 16 : 6);
        put(in, field, 0);
        final int right = ~sum(in, 0) & 0xffff;
        put(in, field, random.nextInt(4) != 0 ? right : 1 + random.nextInt(0xfffd));
        if (get(in, field) == 0) {
            put(in, field, 0xffff);
        }
        return in;
    }

    private int transport() {
        return LINK + (ipv6 ? 40 : 20);
    }

    private IpAddress address() {
        return ipv6 ? IpAddress.ofWords(Family.IPV6, 0xfd | random.nextLong() << 8, random.nextLong())
            : IpAddress.ofWords(Family.IPV4, random.nextInt() & 0xffff_ffffL, 0);
    }

    @Test
    void shouldGiveThePacketBackGivenBothEndsAreTranslatedThereAndBack() {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] in = packet();
            final long headers = frame.parse(in);
            final IpAddress server = address();
            final IpAddress local = address();
            NatForwarder.destination(frame.pointer(), headers, server.word0(), server.word1(), (short)random.nextInt());
            NatForwarder.source(frame.pointer(), headers, local.word0(), local.word1(), (short)random.nextInt());
            assertEquals(sum(in, 0) == 0xffff, sum(frame.read(0, in.length), 0) == 0xffff, "seed " + seed);

            final IpAddress client = IpAddress.parse(ipv6 ? "fd09::2" : "10.9.0.2");
            final IpAddress virtual = IpAddress.parse(ipv6 ? "fd01::100" : "10.1.0.100");
            NatForwarder.source(
                frame.pointer(), headers, client.word0(), client.word1(), Short.reverseBytes((short)4000));
            NatForwarder.destination(
                frame.pointer(), headers, virtual.word0(), virtual.word1(), Short.reverseBytes((short)80));
            final byte[] out = frame.read(0, in.length);
            assertEquals(sum(in, 0) == 0xffff, sum(out, 0) == 0xffff, "seed " + seed);
            final int field = transport() + (protocol == IpProtocol.TCP ? 16 : 6);
            assertEquals(get(in, field) % 0xffff, get(out, field) % 0xffff, "seed " + seed);
            put(out, field, get(in, field));
            assertArrayEquals(in, out, "seed " + seed);
        }
    }

    @Test
    void shouldKeepEveryOtherByteAndTheChecksumAsRightOrWrongAsItWas() {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] in = packet();
            final long headers = frame.parse(in);
            final int form = protocol == IpProtocol.TCP ? Translation.TOA
                : ipv6 || random.nextBoolean() ? Translation.UOA_PROTOCOL : Translation.UOA_OPTION;
            final int before = form == Translation.TOA ? transport() + 20
                : form == Translation.UOA_OPTION ? LINK + 20 : transport();
            option.remember(frame.pointer(), headers);

            final int added = option.insert(form, frame.pointer(), headers, MTU);

            assertEquals((ipv6 ? 20 : 8) + (form == Translation.UOA_PROTOCOL ? 4 : 0), added);
            final byte[] out = frame.read(-added, in.length + added);
            assertArrayEquals(Arrays.copyOfRange(in, before, in.length),
                Arrays.copyOfRange(out, before + added, out.length), "seed " + seed);
            final int named = before + (form == Translation.UOA_PROTOCOL ? 4 : 0);
            assertEquals(form == Translation.TOA ? 254 : 31, out[named] & 0xff);
            assertEquals(ipv6 ? 20 : 8, out[named + 1]);
            assertEquals(4000, get(out, named + 2));
            assertEquals(IpAddress.parse(ipv6 ? "fd09::2" : "10.9.0.2"),
                IpAddress.of(Arrays.copyOfRange(out, named + 4, named + (ipv6 ? 20 : 8))));
            assertEquals(out.length - LINK, ipv6 ? 40 + get(out, LINK + 4) : get(out, LINK + 2));
            if (!ipv6) {
                final int header = (out[LINK] & 0xf) * 4;
                assertEquals(0, FrameBuilder.checksum(Arrays.copyOfRange(out, LINK, LINK + header)));
            }
            // UDP's pseudo header does not have the option, so only where it stands has changed
            assertEquals(sum(in, 0) % 0xffff, sum(out, form == Translation.TOA ? 0 : added) % 0xffff, "seed " + seed);
            assertEquals(form == Translation.TOA ? get(in, transport()) : -1,
                form == Translation.TOA ? get(out, transport()) : -1);
        }
    }

    @Test
    void shouldChangeNothingGivenNoRoom() {
        final byte[] large = FrameBuilder.tcp(TcpHeader.ACK).from("10.9.0.2", 4000).to("10.1.0.100", 80)
            .payload(MTU - 47).build();
        leftOut(large, Translation.TOA);
        final byte[] full = FrameBuilder.tcp(TcpHeader.ACK).from("10.9.0.2", 4000).to("10.1.0.100", 80)
            .payload(36).build();
        full[LINK + 20 + 12] = (byte)0xe0;
        leftOut(full, Translation.TOA);
        leftOut(FrameBuilder.udp().from("10.9.0.2", 4000).to("10.1.0.100", 80).options("01".repeat(36)).payload(10)
            .build(), Translation.UOA_OPTION);
        leftOut(FrameBuilder.udp().from("fd09::2", 4000).to("fd01::100", 80).payload(10).build(),
            Translation.UOA_OPTION);
    }

    private void leftOut(final byte[] in, final int form) {
        final long headers = frame.parse(in);
        option.remember(frame.pointer(), headers);
        assertEquals(0, option.insert(form, frame.pointer(), headers, MTU));
        assertArrayEquals(in, frame.read(0, in.length));
    }

    @Test
    void shouldLowerTheSegmentSizeOfAServersSynWhereverItStands() {
        protocol = IpProtocol.TCP;
        for (final boolean six : new boolean[] {false, true}) {
            ipv6 = six;
            for (int gap = 0; gap < 8; gap++) {
                final FrameBuilder builder = FrameBuilder.tcp(TcpHeader.SYN | TcpHeader.ACK);
                final byte[] in = (ipv6 ? builder.from("fd02::11", 80).to("fd02::200", 4000)
                    : builder.from("10.2.0.11", 80).to("10.2.0.200", 4000)).payload(12).build();
                final int options = transport() + 20;
                in[transport() + 12] = (byte)0x80;
                Arrays.fill(in, options, options + 12, (byte)1);
                in[options + gap] = 2;
                in[options + gap + 1] = 4;
                put(in, options + gap + 2, 1460);
                put(in, transport() + 16, 0);
                put(in, transport() + 16, ~sum(in, 0) & 0xffff);

                SegmentSize.leaveRoomForOption(frame.pointer(), frame.parse(in));

                final byte[] out = frame.read(0, in.length);
                assertEquals(ipv6 ? 1440 : 1452, get(out, options + gap + 2));
                assertEquals(0xffff, sum(out, 0));
            }
        }
    }

    @Test
    void shouldEndGivenOptionsOfASynMakeNoSense() {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] in = FrameBuilder.tcp(TcpHeader.SYN | TcpHeader.ACK).from("10.2.0.11", 80)
                .to("10.2.0.200", 4000).payload(random.nextInt(44)).random(random).build();
            in[LINK + 20 + 12] = (byte)random.nextInt();
            SegmentSize.leaveRoomForOption(frame.pointer(), frame.parse(in));
        }
    }

    /**
     * Of the transport header and data behind {@code skipped} bytes, with the pseudo header: 0xffff if all is right.
     */
    private int sum(final byte[] bytes, final int skipped) {
        return FrameBuilder.transportSum(bytes, ipv6, protocol, transport() + skipped);
    }

    private static int get(final byte[] bytes, final int offset) {
        return ByteBuffer.wrap(bytes).getShort(offset) & 0xffff;
    }

    private static void put(final byte[] bytes, final int offset, final int value) {
        ByteBuffer.wrap(bytes).putShort(offset, (short)value);
    }
}
