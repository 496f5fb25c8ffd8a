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
 * host whatever interface it stands on. Reverse path filtering would drop what comes in here, so it is off for the
 * device; where the host insists on it for all (net.ipv4.conf.all.rp_filter) the device is set to loose filtering,
 * which only works for one with an address: it gets IPv4's dummy address (RFC 7600).
 *
 * <p><b>Threading:</b> {@link #accept} by any worker: one write(2) each, which the kernel serialises.
 *
 * <p><b>Source:</b> Linux Documentation/networking/tuntap.rst.
 */
final class TunDevice implements HostPath, AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TunDevice.class);
    /** Makes TUN and TAP devices. */
    static final String CLONE_DEVICE = "/dev/net/tun";
    /** 192.0.0.8. */
    private static final int DUMMY_ADDRESS = 0xc000_0008;

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
            throw new StartException(CLONE_DEVICE + " cannot be opened, which is needed to hand packets back to the"
                + " kernel: run `modprobe tun`, or run as root (" + e.getMessage() + ")", e);
        }
        try (InterfaceRequest request = new InterfaceRequest(pattern)) {
            request.makeDevice(fd, InterfaceRequest.IFF_TUN | InterfaceRequest.IFF_NO_PI);
            request.setUp(0);
            acceptOwnSources(request);
            return new TunDevice(request.name(), fd);
        } catch (final NativeCallException e) {
            LinuxCalls.close(fd);
            throw new StartException("the TUN device that hands packets back to the kernel cannot be made: "
                + e.getMessage() + "; it needs CAP_NET_ADMIN", e);
        }
    }

    /**
     * Translated answers come in here with a virtual address, one of the host's own, as source. That is set for this
     * device alone; a host that does not let it be set drops such answers, which are those to clients it has not heard
     * of yet.
     */
    private static void acceptOwnSources(final InterfaceRequest request) {
        final String name = request.name();
        try {
            final Path settings = Path.of("/proc/sys/net/ipv4/conf");
            final boolean filtered = !Files.readString(settings.resolve("all/rp_filter")).strip().equals("0");
            Files.writeString(settings.resolve(name).resolve("accept_local"), "1");
            Files.writeString(settings.resolve(name).resolve("rp_filter"), filtered ? "2" : "0");
            if (filtered) {
                // the kernel makes it one of a single host on such a device
                request.address(DUMMY_ADDRESS);
            }
        } catch (final IOException e) {
            LOGGER.warn("{} cannot be set to take packets with an address of this host as source: {}", name,
                e.getMessage());
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
}
