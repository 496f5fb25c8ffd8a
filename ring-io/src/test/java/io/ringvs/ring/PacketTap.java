package io.ringvs.ring;

import io.ringvs.linux.LinuxCalls;
import org.agrona.UnsafeApi;

/** Sends and receives whole frames on an interface through an AF_PACKET socket: the wire, for tests. */
final class PacketTap implements AutoCloseable {
    private static final int ETH_P_ALL_NETWORK_ORDER = 0x0300;
    private static final int SOCKADDR_LL_BYTES = 20;
    private static final int MOST_BYTES = 65536;
    private static final int SO_RCVBUFFORCE = 33;

    private final int fd;
    private final long buffer = UnsafeApi.allocateMemory(MOST_BYTES);
    private final PollSet pollSet;

    PacketTap(final String interfaceName) {
        fd = LinuxCalls.socket(LinuxCalls.AF_PACKET, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC,
            ETH_P_ALL_NETWORK_ORDER);
        LinuxCalls.setsockoptInt(fd, LinuxCalls.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20);
        UnsafeApi.setMemory(buffer, SOCKADDR_LL_BYTES, (byte)0);
        UnsafeApi.putShort(buffer, (short)LinuxCalls.AF_PACKET);
        UnsafeApi.putShort(buffer + 2, (short)ETH_P_ALL_NETWORK_ORDER);
        UnsafeApi.putInt(buffer + 4, LinuxCalls.ifNameToIndex(interfaceName));
        LinuxCalls.bind(fd, buffer, SOCKADDR_LL_BYTES);
        pollSet = new PollSet(fd);
    }

    void send(final byte[] frame) {
        for (int i = 0; i < frame.length; i++) {
            UnsafeApi.putByte(buffer + i, frame[i]);
        }
        final long sent = LinuxCalls.send(fd, buffer, frame.length, 0);
        if (sent != frame.length) {
            throw new IllegalStateException("sent " + sent);
        }
    }

    /** The next frame, or null if none came within the time. */
    byte[] receive(final int timeoutMs) {
        if (pollSet.await(timeoutMs) <= 0) {
            return null;
        }
        final int length = (int)LinuxCalls.recv(fd, buffer, MOST_BYTES, LinuxCalls.MSG_DONTWAIT);
        if (length < 0) {
            throw new IllegalStateException("recv: errno " + -length);
        }
        final byte[] frame = new byte[length];
        for (int i = 0; i < length; i++) {
            frame[i] = UnsafeApi.getByte(buffer + i);
        }
        return frame;
    }

    @Override
    public void close() {
        pollSet.close();
        LinuxCalls.close(fd);
        UnsafeApi.freeMemory(buffer);
    }
}
