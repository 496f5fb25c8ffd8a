package io.ringvs.director;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import io.ringvs.fastpath.LocalOutput;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what local real servers send on one interface: a TAP device of the director's own, with a queue for each
 * worker, to which a program on the interface's egress redirects it. What a worker reads is what would have been on the
 * wire: the kernel divides large segments and completes checksums, since the device claims to do neither.
 *
 * <p>The kernel gives a flow to the same queue always, and so to the same worker. Nothing else is to come to the
 * device: it has no address, no ARP and no IPv6. It vanishes with the process.
 *
 * <p><b>Threading:</b> opened and closed by the starting thread; each queue is one worker's.
 *
 * <p><b>Source:</b> Linux Documentation/networking/tuntap.rst.
 */
final class TapDevice implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(TapDevice.class);
    /** Room for the windows of some fast connections; what does not fit is lost, as on a full interface. */
    private static final int QUEUE_LENGTH = 4096;

    private final String name;
    private final List<Integer> fds;

    private TapDevice(final String name, final List<Integer> fds) {
        this.name = name;
        this.fds = fds;
    }

    /**
     * Makes the device in the network namespace of the process.
     *
     * @param pattern a name, in which {@code %d} stands for the first free number
     * @param queues  as many as workers
     */
    static TapDevice open(final String pattern, final int queues) {
        final List<Integer> fds = new ArrayList<>();
        String name = pattern;
        try {
            for (int queue = 0; queue < queues; queue++) {
                fds.add(LinuxCalls.openNonBlocking(TunDevice.CLONE_DEVICE));
                try (InterfaceRequest request = new InterfaceRequest(name)) {
                    request.makeDevice(fds.get(queue),
                        InterfaceRequest.IFF_TAP | InterfaceRequest.IFF_NO_PI | InterfaceRequest.IFF_MULTI_QUEUE);
                    name = request.name();
                }
            }
            setUp(name);
            return new TapDevice(name, fds);
        } catch (final NativeCallException e) {
            fds.forEach(LinuxCalls::close);
            throw new StartException("the TAP device that takes what local real servers send cannot be made: "
                + e.getMessage() + "; it needs CAP_NET_ADMIN", e);
        }
    }

    private static void setUp(final String name) {
        final Path withoutIpv6 = Path.of("/proc/sys/net/ipv6/conf", name, "disable_ipv6");
        try {
            if (Files.exists(withoutIpv6)) {
                Files.writeString(withoutIpv6, "1");
            }
        } catch (final IOException e) {
            LOGGER.warn("{} cannot be kept free of IPv6's own messages: {}", name, e.getMessage());
        }
        try (InterfaceRequest request = new InterfaceRequest(name)) {
            request.queueLength(QUEUE_LENGTH);
            request.setUp(InterfaceRequest.IFF_NOARP);
        }
    }

    int index() {
        return LinuxCalls.ifNameToIndex(name);
    }

    /** Descriptor to wait on for a queue. */
    int fd(final int queue) {
        return fds.get(queue);
    }

    /** What was redirected here from an interface, and came to a queue. */
    LocalOutput queue(final int queue, final int interfaceIndex) {
        return new Queue(fds.get(queue), interfaceIndex);
    }

    @Override
    public void close() {
        fds.forEach(LinuxCalls::close);
    }

    private record Queue(int fd, int interfaceIndex) implements LocalOutput {
        @Override
        public int read(final long pointer, final int room) {
            long length = LinuxCalls.read(fd, pointer, room);
            while (length > room) { // the kernel tells the whole length of a frame that it cut
                length = LinuxCalls.read(fd, pointer, room);
            }
            return (int) Math.max(0, length);
        }
    }
}
