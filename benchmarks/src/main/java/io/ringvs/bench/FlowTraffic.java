package io.ringvs.bench;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.SplittableRandom;

import io.ringvs.ring.KernelSide;
import io.ringvs.ring.Umem;

import org.agrona.UnsafeApi;

/**
 * Plays clients on the kernel's side of rings in memory: writes one flow after another into the frames it receives.
 *
 * <p>Every frame of the UMEM holds a complete 54-byte TCP frame from the start; only what differs from flow to flow,
 * and what forwarding changed, is written anew: Ethernet header, time to live, header checksum, addresses, ports. The
 * checksum and the client's address and port come from a table that is read from one end to the other and lists the
 * flows in random order:
 *
 * <pre>
 *   0  client address, 4 bytes     4  header checksum u16     6  client port u16     (network order)
 * </pre>
 */
public final class FlowTraffic {
    /** Bytes of a frame: Ethernet, IPv4 and TCP header without options. */
    static final int FRAME_BYTES = 54;

    /** The first eight bytes of the Ethernet header, natively stored. */
    private static final long ETHERNET_WORD = 0x0002_0100_0000_0002L;
    private static final int TYPE = 12;
    private static final short TYPE_IPV4 = 0x0008;
    private static final int IPV4 = 14;
    private static final int TIME_TO_LIVE = IPV4 + 8;
    private static final int CHECKSUM = IPV4 + 10;
    private static final int SOURCE = IPV4 + 12;
    private static final int TCP = IPV4 + 20;
    private static final int FLAGS = TCP + 13;

    private static final int FIRST_CLIENT = 0x0b000000;
    private static final int PORTS_PER_CLIENT = 32_000;
    private static final int FIRST_PORT = 1024;
    private static final byte HOPS = 64;
    private static final long ADDRESS = 0xffff_ffffL;
    /** 10.0.0.100 and port 80 as natively loaded together with what comes before them. */
    private static final long VIRTUAL_ADDRESS = 0x6400_000aL << Integer.SIZE;
    private static final int VIRTUAL_PORT = 0x5000 << Short.SIZE;
    /** Sum of the 16-bit words of the IP header below, without source and checksum, in network order. */
    private static final int HEADER_SUM = 0x4500 + 40 + 0x1234 + 0x4000 + (HOPS << 8 | 6) + 0x0a00 + 0x0064;

    private final Umem umem;
    private final KernelSide kernel;
    private final int flows;
    private final long order;
    private final long end;
    private final int batch;
    private final long[] addresses;
    private final int[] lengths;
    private long next;

    public FlowTraffic(
        final Umem umem, final KernelSide kernel, final int firstFlow, final int flows, final int batch) {
        this.umem = umem;
        this.kernel = kernel;
        this.flows = flows;
        this.batch = batch;
        addresses = new long[batch];
        lengths = new int[batch];
        Arrays.fill(lengths, FRAME_BYTES);
        order = UnsafeApi.allocateMemory((long)flows * Long.BYTES);
        end = order + (long)flows * Long.BYTES;
        next = order;
        for (int flow = 0; flow < flows; flow++) {
            UnsafeApi.putLong(order + (long)flow * Long.BYTES, entry(firstFlow + flow));
        }
        shuffle();
        for (int frame = 0; frame < umem.frameCount(); frame++) {
            template(umem.pointer(umem.frameAddress(frame) + umem.receiveOffset()));
        }
    }

    private static long entry(final int flow) {
        final int address = FIRST_CLIENT + flow / PORTS_PER_CLIENT;
        final int port = FIRST_PORT + flow % PORTS_PER_CLIENT;
        int sum = HEADER_SUM + (address >>> 16) + (address & 0xffff);
        sum = (sum & 0xffff) + (sum >>> 16);
        sum = ~((sum & 0xffff) + (sum >>> 16)) & 0xffff;
        return Integer.reverseBytes(address) & 0xffff_ffffL
            | (Short.reverseBytes((short)sum) & 0xffffL) << 32 | (Short.reverseBytes((short)port) & 0xffffL) << 48;
    }

    private void shuffle() {
        final SplittableRandom random = new SplittableRandom(7);
        for (int i = flows - 1; i > 0; i--) {
            final long a = order + (long)i * Long.BYTES;
            final long b = order + (long)random.nextInt(i + 1) * Long.BYTES;
            final long swapped = UnsafeApi.getLong(a);
            UnsafeApi.putLong(a, UnsafeApi.getLong(b));
            UnsafeApi.putLong(b, swapped);
        }
    }

    private static void template(final long frame) {
        final String hex = "0200000000010200000001fe0800" + "45000028123440004006000000000000" + "0a000064"
            + "0000005000000001000000005010100000000000";
        final byte[] bytes = HexFormat.of().parseHex(hex);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(frame + i, bytes[i]);
        }
    }

    /** Sets the TCP flags that all frames bear from now on; every frame is to be out of the director. */
    public void flags(final int flags) {
        for (int frame = 0; frame < umem.frameCount(); frame++) {
            UnsafeApi.putByte(umem.pointer(umem.frameAddress(frame) + umem.receiveOffset()) + FLAGS, (byte)flags);
        }
    }

    /** Receives a batch of packets of the next flows; returns their number. */
    public int receive() {
        final int taken = kernel.take(addresses, 0, batch);
        for (int i = 0; i < taken; i++) {
            write(umem.pointer(addresses[i]));
        }
        return kernel.post(addresses, lengths, 0, taken);
    }

    /** Writes the next flow into a frame. */
    public void write(final long frame) {
        final long flow = UnsafeApi.getLong(next);
        next = next + Long.BYTES == end ? order : next + Long.BYTES;
        // a tunnel's outer header covers it
        UnsafeApi.putLong(frame, ETHERNET_WORD);
        UnsafeApi.putShort(frame + TYPE, TYPE_IPV4);
        UnsafeApi.putByte(frame + TIME_TO_LIVE, HOPS);
        UnsafeApi.putShort(frame + CHECKSUM, (short)(flow >>> 32));
        UnsafeApi.putLong(frame + SOURCE, flow & ADDRESS | VIRTUAL_ADDRESS);
        UnsafeApi.putInt(frame + TCP, (int)(flow >>> 48) | VIRTUAL_PORT);
    }

    /** Takes the packets that were sent. */
    public int send() {
        return kernel.transmit(batch);
    }

    public int flows() {
        return flows;
    }
}
