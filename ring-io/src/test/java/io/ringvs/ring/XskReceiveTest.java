package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.xdp.AttachMode;
import io.ringvs.xdp.AttachOptions;
import io.ringvs.xdp.SteeringEntry;
import io.ringvs.xdp.SteeringMap;
import io.ringvs.xdp.XdpProgram;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole round trips of frames through real sockets: steered in on a veth, sent out again, and all accounted for. */
@Timeout(60)
@ParameterizedClass
@ValueSource(ints = {Umem.MIN_FRAME_SIZE, Umem.STAGGERED_FRAME_SIZE})
class XskReceiveTest {
    private static final int RING = 512;
    private static final XskOptions OPTIONS = XskOptions.DEFAULT.withSizes(RingSizes.same(RING));
    private static final AttachOptions NATIVE = AttachOptions.DEFAULT.withModes(AttachMode.NATIVE);
    private static final int BATCH = 64;
    private static final int HEADROOM = 64;
    private static final int WAIT_MS = 5_000;
    private static final byte[] VIP = {10, 0, 0, 1};
    private static final int HTTP = 80;
    /** Ethernet, IPv4 and TCP headers without options, and the packet's number, in bytes. */
    private static final int FRAME_BYTES = 60;
    private static final int NUMBER = 54;

    @RegisterExtension
    private final NetworkNamespace namespace = new NetworkNamespace();
    private final Umem umem;
    private final FrameStack frames;
    private final long[] addresses = new long[BATCH];
    private final int[] lengths = new int[BATCH];

    XskReceiveTest(final int frameSize) {
        umem = Umem.map(2048, frameSize, HEADROOM);
        frames = new FrameStack(umem);
    }

    @AfterEach
    void free() {
        umem.close();
    }

    @Test
    void shouldSendBackWhatItReceivedOnOneArm() throws Exception {
        namespace.veth("a0", "a1", 1);
        try (SteeringMap steering = steering();
            XdpProgram program = XdpProgram.attach("a0", steering, NATIVE);
            XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS);
            PacketTap peer = new PacketTap("a1")) {
            program.xskMap().put(0, socket.fd());
            final Port port = socket.port(frames);
            port.recycle();
            forward(3000, port, port, peer, peer, program.device().mac());
        }
    }

    @Test
    void shouldSendOnOneInterfaceWhatItReceivedOnAnother() throws Exception {
        namespace.veth("a0", "a1", 1);
        namespace.veth("b0", "b1", 1);
        try (SteeringMap steering = steering();
            XdpProgram program = XdpProgram.attach("a0", steering, NATIVE);
            XskSocket in = XskSocket.open("a0", 0, umem, OPTIONS);
            XskSocket out = in.openSharing("b0", 0, OPTIONS);
            PacketTap client = new PacketTap("a1");
            PacketTap server = new PacketTap("b1")) {
            program.xskMap().put(0, in.fd());
            final Port inPort = in.port(frames);
            final Port outPort = out.port(frames);
            inPort.recycle();
            outPort.recycle();
            forward(3000, inPort, outPort, client, server, program.device().mac());
        }
    }

    @Test
    void shouldReceiveOnSeveralQueues() throws Exception {
        namespace.veth("a0", "a1", 2);
        try (SteeringMap steering = steering();
            XdpProgram program = XdpProgram.attach("a0", steering, NATIVE);
            XskSocket first = XskSocket.open("a0", 0, umem, OPTIONS);
            XskSocket second = first.openSharing("a0", 1, OPTIONS);
            PollSet sockets = new PollSet(first.fd(), second.fd());
            PacketTap peer = new PacketTap("a1")) {
            program.xskMap().put(0, first.fd());
            program.xskMap().put(1, second.fd());
            final Port[] ports = {first.port(frames), second.port(frames)};
            ports[0].recycle();
            ports[1].recycle();
            for (int number = 0; number < 100; number++) {
                peer.send(packet(program.device().mac(), number));
                assertEquals(1, sockets.await(WAIT_MS));
                final int ready = sockets.isReady(0) ? 0 : 1;
                assertEquals(1, ports[ready].receive(addresses, lengths, 0, BATCH));
                assertEquals(number, numberOf(0));
                ports[ready].free(addresses[0]);
                ports[ready].recycle();
                assertConserved(0, ports);
            }
        }
    }

    @Test
    void shouldLoseNoFrameGivenTheWorkerDoesNotKeepUp() throws Exception {
        namespace.veth("a0", "a1", 1);
        try (SteeringMap steering = steering();
            XdpProgram program = XdpProgram.attach("a0", steering, NATIVE);
            XskSocket socket = XskSocket.open("a0", 0, umem, OPTIONS);
            PacketTap peer = new PacketTap("a1")) {
            program.xskMap().put(0, socket.fd());
            final Port port = socket.port(frames);
            port.recycle();
            for (int number = 0; number < 2 * RING; number++) {
                peer.send(packet(program.device().mac(), number));
            }

            int received = 0;
            for (int count = receive(port, socket); count != 0; count = port.receive(addresses, lengths, 0, BATCH)) {
                for (int i = 0; i < count; i++) {
                    assertEquals(received++, numberOf(i));
                    port.free(addresses[i]);
                }
                assertConserved(0, port);
            }

            assertEquals(RING, received);
            assertEquals(0, port.posted());
            port.recycle();
            assertEquals(RING, port.posted());
            peer.send(packet(program.device().mac(), 7));
            assertEquals(1, receive(port, socket));
            assertEquals(7, numberOf(0));
        }
    }

    /** Sends numbered packets into one arm, expects them in order out of the other, and every frame back at the end. */
    private void forward(
        final int total, final Port in, final Port out, final PacketTap client, final PacketTap server,
        final byte[] mac) {
        final long deadline = System.nanoTime() + 20_000_000_000L;
        int sent = 0;
        int forwarded = 0;
        int arrived = 0;
        while (arrived < total) {
            assertTrue(System.nanoTime() < deadline,
                sent + " sent, " + forwarded + " forwarded, " + arrived + " arrived");
            for (int i = 0; i < BATCH && sent < total && sent - arrived < RING / 2; i++) {
                client.send(packet(mac, sent++));
            }
            final int count = in.receive(addresses, lengths, 0, BATCH);
            for (int i = 0; i < count; i++) {
                assertEquals(FRAME_BYTES, lengths[i]);
                assertEquals(umem.receiveOffset(), addresses[i] - umem.frameStart(addresses[i]));
                assertEquals(forwarded + i, numberOf(i));
                UnsafeApi.putByte(umem.pointer(addresses[i]) + 5, (byte)0x77);
            }
            assertConserved(count, in, out);
            assertEquals(count, out.transmit(addresses, lengths, 0, count));
            forwarded += count;
            assertEquals(0, out.kick());
            out.recycle();
            in.recycle();
            assertConserved(0, in, out);
            for (byte[] frame = server.receive(0); frame != null; frame = server.receive(0)) {
                final byte[] expected = packet(mac, arrived++);
                expected[5] = 0x77;
                assertArrayEquals(expected, frame);
            }
        }
        while (out.underway() != 0) {
            assertTrue(System.nanoTime() < deadline, out.underway() + " frames did not come back");
            out.kick();
            out.recycle();
        }
        in.recycle();
        assertEquals(RING, in.posted());
        assertConserved(0, in, out);
    }

    private int receive(final Port port, final XskSocket socket) {
        assertEquals(1, socket.poll(WAIT_MS));
        return port.receive(addresses, lengths, 0, BATCH);
    }

    private void assertConserved(final int inBatch, final Port... ports) {
        int counted = frames.size() + inBatch;
        for (int i = 0; i < ports.length; i++) {
            counted += i > 0 && ports[i] == ports[0] ? 0 : ports[i].posted() + ports[i].underway();
        }
        assertEquals(umem.frameCount(), counted);
    }

    private int numberOf(final int i) {
        return Integer.reverseBytes(UnsafeApi.getInt(umem.pointer(addresses[i]) + NUMBER));
    }

    private static SteeringMap steering() throws Exception {
        final SteeringMap steering = SteeringMap.create(16);
        steering.put(SteeringEntry.service(InetAddress.getByAddress(VIP), SteeringEntry.IPPROTO_TCP, HTTP));
        return steering;
    }

    /** An IPv4 TCP packet to the service, RFC 791 and RFC 9293, without checksums, which nobody here looks at. */
    private static byte[] packet(final byte[] mac, final int number) {
        return ByteBuffer.allocate(FRAME_BYTES)
            .put(mac).put(new byte[] {2, 0, 0, 0, 0, 9}).putShort((short)0x0800)
            .putShort((short)0x4500).putShort((short)(FRAME_BYTES - 14)).putInt(0)
            .put((byte)64).put((byte)6).putShort((short)0).put(new byte[] {10, 0, 0, 2}).put(VIP)
            .putShort((short)40000).putShort((short)HTTP).putLong(0).put((byte)0x50).put((byte)0x10)
            .position(NUMBER).putInt(number).array();
    }
}
