package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.linux.LinuxCalls;
import io.ringvs.xdp.InterfaceProbe;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Real sockets on veth pairs: binding, sending and sharing, which need no XDP program. */
@Timeout(60)
class XskSocketTest {
    private static final XskOptions OPTIONS = XskOptions.DEFAULT.withSizes(RingSizes.same(512));
    private static final int WAIT_MS = 5_000;

    @RegisterExtension
    private final NetworkNamespace namespace = new NetworkNamespace();
    private final Umem umem = Umem.map(2048, 2048, 0);
    private final FrameStack frames = new FrameStack(umem);
    private final long[] addresses = new long[512];
    private final int[] lengths = new int[512];

    @BeforeEach
    void connect() {
        namespace.veth("a0", "a1", 2);
        namespace.veth("b0", "b1", 1);
    }

    @AfterEach
    void free() {
        umem.close();
    }

    @Test
    void shouldFallBackToCopyModeAndSayWhy() {
        try (XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS)) {
            assertEquals(XskMode.COPY, socket.mode());
            assertEquals("queue 0 of a0, copy mode (no zero-copy: driver veth refused it: "
                + "Operation not supported (errno 95))", socket.toString());
        }
        try (XskSocket socket = XskSocket.open("b0", 0, umem, OPTIONS.copyOnly("it was not asked for"))) {
            assertEquals("it was not asked for", socket.zeroCopyRefusal());
        }
    }

    @Test
    void shouldSayWhatStandsAgainstZeroCopyAndLeaveQueueFree() {
        assertEquals("driver veth refused it: Operation not supported (errno 95)", XskSocket.whyNoZeroCopy("a0", 0));
        try (XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS)) {
            assertEquals(XskMode.COPY, socket.mode());
        }
    }

    @Test
    void shouldNotTryZeroCopyGivenBond() {
        final InterfaceProbe real = InterfaceProbe.of("a0");
        final InterfaceProbe bond = new InterfaceProbe(
            "a0", real.index(), real.macAddress(), real.mtu(), true, true, true, 2, "bonding",
            false);
        try (XskSetup setup = new XskSetup(bond, 0, umem, OPTIONS); XskSocket socket = setup.open(-1)) {
            assertEquals("queue 0 of a0, copy mode (no zero-copy: a bond claims it but cannot do it; "
                + "use its member interfaces for zero-copy)", socket.toString());
        }
    }

    @Test
    void shouldSendToThePeerAndGetTheFrameBack() {
        try (XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS); PacketTap peer = new PacketTap("a1")) {
            final Port port = socket.port(frames);
            port.recycle();
            assertEquals(512, port.posted());
            final byte[] sent = frame(98, 1);
            put(0, sent);

            assertEquals(1, port.transmit(addresses, lengths, 0, 1));
            assertEquals(0, port.kick());

            assertArrayEquals(sent, peer.receive(WAIT_MS));
            awaitCompletion(port);
            assertEquals(umem.frameCount(), frames.size() + port.posted());
        }
    }

    @Test
    void shouldSendMoreThanTheRingHolds() {
        final int total = 3000;
        try (XskSocket socket = XskSocket.open("a0", 1, umem, OPTIONS); PacketTap peer = new PacketTap("a1")) {
            final Port port = socket.port(frames);
            int sent = 0;
            int received = 0;
            while (sent < total) {
                final int count = Math.min(64, Math.min(total - sent, frames.size()));
                for (int i = 0; i < count; i++) {
                    put(i, frame(60, sent + i));
                }
                final int accepted = port.transmit(addresses, lengths, 0, count);
                for (int i = accepted; i < count; i++) {
                    port.free(addresses[i]);
                }
                sent += accepted;
                assertEquals(0, port.kick());
                port.recycle();
                for (byte[] frame = peer.receive(0); frame != null; frame = peer.receive(0)) {
                    assertArrayEquals(frame(60, received++), frame);
                }
            }
            while (received < total) {
                port.kick();
                assertArrayEquals(frame(60, received++), peer.receive(WAIT_MS));
            }
            awaitCompletion(port);
            assertEquals(umem.frameCount(), frames.size() + port.posted());
            assertEquals(0, socket.statistics().txInvalidDescriptors());
        }
    }

    @Test
    void shouldBindEachQueueToASocketOfItsOwn() {
        try (XskSocket first = XskSocket.open("a0", 0, umem, OPTIONS);
            XskSocket second = first.openSharing("a0", 1, OPTIONS);
            PacketTap peer = new PacketTap("a1")) {
            assertEquals(1, second.queue());
            sendOne(first, peer, 11);
            sendOne(second, peer, 12);
        }
    }

    @Test
    void shouldSendFromOneUmemOnTwoInterfaces() {
        try (XskSocket first = XskSocket.open("a0", 0, umem, OPTIONS);
            XskSocket second = first.openSharing("b0", 0, OPTIONS);
            PacketTap peerA = new PacketTap("a1");
            PacketTap peerB = new PacketTap("b1")) {
            assertEquals(XskMode.COPY, second.mode());
            assertTrue(second.rings().tx().needsWakeup(), "a shared socket inherits need_wakeup");
            sendOne(first, peerA, 21);
            sendOne(second, peerB, 22);
        }
    }

    @Test
    void shouldSendOnASharedSocketAfterTheFirstWasClosed() {
        final XskSocket first = XskSocket.open("a0", 0, umem, OPTIONS);
        try (XskSocket second = first.openSharing("b0", 0, OPTIONS); PacketTap peer = new PacketTap("b1")) {
            first.close();
            sendOne(second, peer, 31);
        }
    }

    @Test
    void shouldCountAPacketOutsideTheUmem() {
        try (XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS)) {
            final Port port = socket.port(frames);
            addresses[0] = umem.lengthBytes();
            lengths[0] = 60;
            port.transmit(addresses, lengths, 0, 1);
            port.kick();

            assertEquals(1, socket.statistics().txInvalidDescriptors());
            assertEquals(0, socket.statistics().rxDropped());
        }
    }

    @Test
    void shouldSleepUntilTheTimeLimitGivenNothingArrives() {
        try (XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS)) {
            final long start = System.nanoTime();
            assertEquals(0, socket.poll(30));
            assertTrue(System.nanoTime() - start >= 29_000_000L);
        }
    }

    @Test
    void shouldTurnOnBusyPolling() {
        try (XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS.withBusyPoll(20, 64))) {
            assertTrue(socket.busyPolls());
            assertEquals(20, LinuxCalls.getsockoptInt(socket.fd(), LinuxCalls.SOL_SOCKET, XskAbi.SO_BUSY_POLL));
            assertEquals(1, LinuxCalls.getsockoptInt(socket.fd(), LinuxCalls.SOL_SOCKET, XskAbi.SO_PREFER_BUSY_POLL));
            assertEquals(0, socket.port(frames).kick());
        }
    }

    @Test
    void shouldReopenAtOnceAfterClose() {
        for (int i = 0; i < 20; i++) {
            XskSocket.open("a0", 0, umem, OPTIONS).close();
        }
    }

    private void sendOne(final XskSocket socket, final PacketTap peer, final int mark) {
        final Port port = socket.port(frames);
        final byte[] sent = frame(60, mark);
        put(0, sent);
        assertEquals(1, port.transmit(addresses, lengths, 0, 1));
        assertEquals(0, port.kick());
        final byte[] received = peer.receive(WAIT_MS);
        assertNotNull(received, "nothing came out of " + socket);
        assertArrayEquals(sent, received);
        awaitCompletion(port);
    }

    private static void awaitCompletion(final Port port) {
        final long deadline = System.nanoTime() + WAIT_MS * 1_000_000L;
        while (port.underway() != 0) {
            assertTrue(System.nanoTime() < deadline, port.underway() + " frames did not come back");
            port.kick();
            port.recycle();
        }
    }

    private void put(final int i, final byte[] frame) {
        addresses[i] = frames.pop() + umem.receiveOffset();
        lengths[i] = frame.length;
        for (int at = 0; at < frame.length; at++) {
            UnsafeApi.putByte(umem.pointer(addresses[i] + at), frame[at]);
        }
    }

    /** A broadcast frame of the local experimental EtherType, RFC 5342, with a number in it. */
    private static byte[] frame(final int length, final int number) {
        final byte[] frame = new byte[length];
        for (int i = 0; i < 6; i++) {
            frame[i] = -1;
            frame[6 + i] = (byte)(2 * i + 2);
        }
        frame[12] = (byte)0x88;
        frame[13] = (byte)0xb5;
        for (int i = 14; i < length; i++) {
            frame[i] = (byte)(number >>> (8 * (i & 3)));
        }
        return frame;
    }
}
