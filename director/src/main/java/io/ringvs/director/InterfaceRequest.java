package io.ringvs.director;

import io.ringvs.linux.LinuxCalls;

import org.agrona.UnsafeApi;

/**
 * {@code struct ifreq}: what is asked of an interface, by its name.
 *
 * <p><b>Threading:</b> one thread.
 *
 * <p><b>Errors:</b> {@link io.ringvs.linux.NativeCallException} where the kernel refuses.
 *
 * <p><b>Source:</b> netdevice(7); Linux Documentation/networking/tuntap.rst.
 */
final class InterfaceRequest implements AutoCloseable {
    static final short IFF_UP = 0x1;
    static final short IFF_NOARP = 0x80;
    static final short IFF_TUN = 0x0001;
    static final short IFF_TAP = 0x0002;
    static final short IFF_MULTI_QUEUE = 0x0100;
    /** No packet information header before each packet. */
    static final short IFF_NO_PI = 0x1000;

    private static final long TUNSETIFF = 0x400454caL;
    private static final long SIOCGIFFLAGS = 0x8913L;
    private static final long SIOCSIFFLAGS = 0x8914L;
    private static final long SIOCSIFADDR = 0x8916L;
    private static final long SIOCSIFTXQLEN = 0x8943L;

    /** Name 16 bytes, then a union of 24 bytes. */
    private static final int BYTES = 40;
    private static final int NAME_BYTES = 16;
    private static final int UNION = NAME_BYTES;
    /** Of {@code struct sockaddr_in}. */
    private static final int SOCKADDR_ADDRESS = 4;

    private final long request = UnsafeApi.allocateMemory(BYTES);

    InterfaceRequest(final String name) {
        UnsafeApi.setMemory(request, BYTES, (byte) 0);
        for (int i = 0; i < Math.min(name.length(), NAME_BYTES - 1); i++) {
            UnsafeApi.putByte(request + i, (byte) name.charAt(i));
        }
    }

    /**
     * Makes a TUN or TAP device, or another queue of one. The name becomes that of the device.
     *
     * @param fd of the clone device
     */
    void makeDevice(final int fd, final int flags) {
        UnsafeApi.putShort(request + UNION, (short) flags);
        LinuxCalls.ioctl(fd, TUNSETIFF, request);
    }

    /** Sets the interface up, and further flags with it. */
    void setUp(final int furtherFlags) {
        ask(SIOCGIFFLAGS);
        final short flags = UnsafeApi.getShort(request + UNION);
        UnsafeApi.putShort(request + UNION, (short) (flags | IFF_UP | furtherFlags));
        ask(SIOCSIFFLAGS);
    }

    /** Gives it an IPv4 address, in host byte order. */
    void address(final int address) {
        UnsafeApi.setMemory(request + UNION, BYTES - UNION, (byte) 0);
        UnsafeApi.putShort(request + UNION, (short) LinuxCalls.AF_INET);
        UnsafeApi.putInt(request + UNION + SOCKADDR_ADDRESS, Integer.reverseBytes(address));
        ask(SIOCSIFADDR);
    }

    /** Packets that wait at most to be read. */
    void queueLength(final int packets) {
        UnsafeApi.putInt(request + UNION, packets);
        ask(SIOCSIFTXQLEN);
    }

    private void ask(final long what) {
        final int socket = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, 0);
        try {
            LinuxCalls.ioctl(socket, what, request);
        } finally {
            LinuxCalls.close(socket);
        }
    }

    /** Name of the interface. */
    String name() {
        final StringBuilder name = new StringBuilder();
        for (int i = 0; i < NAME_BYTES && UnsafeApi.getByte(request + i) != 0; i++) {
            name.append((char) UnsafeApi.getByte(request + i));
        }
        return name.toString();
    }

    @Override
    public void close() {
        UnsafeApi.freeMemory(request);
    }
}
