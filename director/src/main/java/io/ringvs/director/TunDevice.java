package io.ringvs.director;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.ringvs.fastpath.HostPath;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;

import org.agrona.UnsafeApi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands frames back to the kernel's stack: a TUN device of the director's own, into which it writes what steering took
 * but IPVS leaves to the host. To the kernel such a packet has come in on that device, so the host answers as it would
 * have.
 *
 * <p>The device carries layer 3, so the link layer header is skipped. It needs no address: the VIP is an address of the
 * host whatever interface it stands on. Reverse path filtering would drop what comes in here, so it is off for the device;
 * where the host insists on it for all (net.ipv4.conf.all.rp_filter) the device is set to loose filtering, which only works for
 * one with an address: it gets IPv4's dummy address (RFC 7600).
 *
 * <p><b>Threading:</b> {@link #accept} by any worker: one write(2) each, which the kernel serialises.
 *
 * <p><b>Source:</b> Linux Documentation/networking/tuntap.rst.
 */
final class TunDevice implements HostPath, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TunDevice.class);
    private static final String CLONE_DEVICE = "/dev/net/tun";
    private static final long TUNSETIFF = 0x400454caL;
    private static final long SIOCGIFFLAGS = 0x8913L;
    private static final long SIOCSIFFLAGS = 0x8914L;
    private static final long SIOCSIFADDR = 0x8916L;
    /** 192.0.0.8. */
    private static final int DUMMY_ADDRESS = 0xc000_0008;
    private static final short IFF_TUN = 0x0001;
    /** No packet information header: the first nibble of a packet tells its IP version. */
    private static final short IFF_NO_PI = 0x1000;
    private static final short IFF_UP = 0x1;

    /** {@code struct ifreq}: name 16 bytes, then a union of 24 bytes, of which flags are the first two. */
    private static final int IFREQ_BYTES = 40;
    private static final int IFREQ_NAME_BYTES = 16;

    private static final int ETHERNET_HEADER = 14;
    private static final int TAG_BYTES = 4;
    private static final int TYPE_OFFSET = 12;
    /** Ethernet types as natively loaded from the wire (little-endian machine). */
    private static final short TYPE_8021Q = Short.reverseBytes((short) 0x8100);
    private static final short TYPE_8021AD = Short.reverseBytes((short) 0x88a8);

    private final String name;
    private final int fd;

    private TunDevice(final String name, final int fd) {
        this.name = name;
        this.fd = fd;
    }

    /**
     * Makes the device in the network namespace of the process; it vanishes when the process ends.
     *
     * @param pattern a name, in which {@code %d} stands for the first free number
     */
    static TunDevice open(final String pattern) {
        final int fd;
        try {
            fd = LinuxCalls.openReadWrite(CLONE_DEVICE);
        } catch (final NativeCallException e) {
            throw new StartException(CLONE_DEVICE + " cannot be opened, which is needed to hand packets back to the kernel:"
                + " run `modprobe tun`, or run as root (" + e.getMessage() + ")", e);
        }
        final long request = UnsafeApi.allocateMemory(IFREQ_BYTES);
        try {
            putName(request, pattern);
            UnsafeApi.putShort(request + IFREQ_NAME_BYTES, (short) (IFF_TUN | IFF_NO_PI));
            LinuxCalls.ioctl(fd, TUNSETIFF, request);
            setUp(request);
            final String name = name(request);
            acceptOwnSources(name, request);
            return new TunDevice(name, fd);
        } catch (final NativeCallException e) {
            LinuxCalls.close(fd);
            throw new StartException("the TUN device that hands packets back to the kernel cannot be made: "
                + e.getMessage() + "; it needs CAP_NET_ADMIN", e);
        } finally {
            UnsafeApi.freeMemory(request);
        }
    }

    private static void setUp(final long request) {
        final int socket = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, 0);
        try {
            LinuxCalls.ioctl(socket, SIOCGIFFLAGS, request);
            final short flags = UnsafeApi.getShort(request + IFREQ_NAME_BYTES);
            UnsafeApi.putShort(request + IFREQ_NAME_BYTES, (short) (flags | IFF_UP));
            LinuxCalls.ioctl(socket, SIOCSIFFLAGS, request);
        } finally {
            LinuxCalls.close(socket);
        }
    }

    /**
     * Translated answers come in here with a virtual address, one of the host's own, as source. That is set for this device
     * alone; a host that does not let it be set drops such answers, which are those to clients it has not heard of yet.
     */
    private static void acceptOwnSources(final String name, final long request) {
        try {
            final Path settings = Path.of("/proc/sys/net/ipv4/conf");
            final boolean filtered = !Files.readString(settings.resolve("all/rp_filter")).strip().equals("0");
            Files.writeString(settings.resolve(name).resolve("accept_local"), "1");
            Files.writeString(settings.resolve(name).resolve("rp_filter"), filtered ? "2" : "0");
            if (filtered) {
                setDummyAddress(request);
            }
        } catch (final IOException e) {
            LOGGER.warn("{} cannot be set to take packets with an address of this host as source: {}", name, e.getMessage());
        }
    }

    /** The kernel makes it one of a single host on such a device. */
    private static void setDummyAddress(final long request) {
        UnsafeApi.setMemory(request + IFREQ_NAME_BYTES, IFREQ_BYTES - IFREQ_NAME_BYTES, (byte) 0);
        UnsafeApi.putShort(request + IFREQ_NAME_BYTES, (short) LinuxCalls.AF_INET);
        UnsafeApi.putInt(request + IFREQ_NAME_BYTES + Integer.BYTES, Integer.reverseBytes(DUMMY_ADDRESS));
        final int socket = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, 0);
        try {
            LinuxCalls.ioctl(socket, SIOCSIFADDR, request);
        } finally {
            LinuxCalls.close(socket);
        }
    }

    /** Name of the device. */
    String name() {
        return name;
    }

    @Override
    public boolean accept(final long pointer, final int length) {
        int offset = ETHERNET_HEADER;
        short type = UnsafeApi.getShort(pointer + TYPE_OFFSET);
        while ((type == TYPE_8021Q || type == TYPE_8021AD) && offset + TAG_BYTES < length) {
            type = UnsafeApi.getShort(pointer + offset + TAG_BYTES - Short.BYTES);
            offset += TAG_BYTES;
        }
        return offset < length && LinuxCalls.write(fd, pointer + offset, length - offset) > 0;
    }

    @Override
    public void close() {
        LinuxCalls.close(fd);
    }

    private static void putName(final long request, final String name) {
        UnsafeApi.setMemory(request, IFREQ_BYTES, (byte) 0);
        for (int i = 0; i < Math.min(name.length(), IFREQ_NAME_BYTES - 1); i++) {
            UnsafeApi.putByte(request + i, (byte) name.charAt(i));
        }
    }

    private static String name(final long request) {
        final StringBuilder name = new StringBuilder();
        for (int i = 0; i < IFREQ_NAME_BYTES && UnsafeApi.getByte(request + i) != 0; i++) {
            name.append((char) UnsafeApi.getByte(request + i));
        }
        return name.toString();
    }
}
