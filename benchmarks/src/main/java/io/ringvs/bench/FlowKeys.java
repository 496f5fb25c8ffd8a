package io.ringvs.bench;

import io.ringvs.conntab.FlowLayout;
import io.ringvs.service.IpProtocol;
import org.agrona.UnsafeApi;

/** Flow keys by number, spread over clients and ports, and visited in a random order that costs no memory. */
final class FlowKeys {
    private static final int VIRTUAL_ADDRESS = Integer.reverseBytes(0xc0a8010a);
    private static final short VIRTUAL_PORT = Short.reverseBytes((short) 80);

    private FlowKeys() {
    }

    /** Writes key {@code number}: client 10.0.0.0/8 upwards, 50 000 ports each. */
    static void write(final long entry, final int number) {
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS, address(number) & 0xffffffffL);
        UnsafeApi.putLong(entry + FlowLayout.CLIENT_ADDRESS + 8, 0);
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS, VIRTUAL_ADDRESS & 0xffffffffL);
        UnsafeApi.putLong(entry + FlowLayout.VIRTUAL_ADDRESS + 8, 0);
        UnsafeApi.putLong(entry + FlowLayout.PORTS,
            FlowLayout.portsWord(port(number), VIRTUAL_PORT, IpProtocol.TCP, FlowLayout.IPV4));
    }

    /** Client address and port of key {@code number} in one long, for maps with primitive keys. */
    static long packed(final int number) {
        return (address(number) & 0xffffffffL) << 16 | port(number) & 0xffffL;
    }

    private static int address(final int number) {
        return Integer.reverseBytes(0x0a000000 + number / 50_000);
    }

    private static short port(final int number) {
        return Short.reverseBytes((short) (10_000 + number % 50_000));
    }

    /** The number, below {@code count}, that comes at {@code step} of a random walk (splitmix64). */
    static int at(final long step, final int count) {
        long z = step * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z ^= z >>> 27;
        return (int) ((z >>> 32) * count >>> 32);
    }
}
