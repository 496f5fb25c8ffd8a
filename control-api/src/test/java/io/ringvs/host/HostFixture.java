package io.ringvs.host;

import static org.junit.jupiter.api.Assertions.fail;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

import io.ringvs.linux.LinuxCalls;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.Adjacency;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A director and a real server, each in a network namespace, on the two ends of a veth: director "d0" 10.9.0.1/24 and
 * fd09::1/64, real server "r0" 10.9.0.2 and fd09::2. The director's view of its host is open.
 */
final class HostFixture implements AutoCloseable {
    static final String DIRECTOR_MAC = "02:00:00:00:00:01";
    static final String SERVER_MAC = "02:00:00:00:00:02";
    static final IpAddress SERVER = IpAddress.parse("10.9.0.2");
    static final IpAddress SERVER6 = IpAddress.parse("fd09::2");

    private static final long PATIENCE_NS = 15_000_000_000L;

    final NetworkNamespace director = new NetworkNamespace();
    final NetworkNamespace server = new NetworkNamespace();
    final HostView host;
    private List<IpAddress> watched = List.of();
    final AdjacencyResolver resolver;
    /** What tests add to the clock. */
    long skippedNs;
    private final UnsafeBuffer pollfd = new UnsafeBuffer(ByteBuffer.allocateDirect(LinuxCalls.POLLFD_BYTES));

    HostFixture() {
        director.sysctl("net/ipv6/conf/default/accept_dad", "0");
        server.sysctl("net/ipv6/conf/default/accept_dad", "0");
        director.ip("link add d0 address " + DIRECTOR_MAC + " type veth peer name r0 address " + SERVER_MAC
            + " netns " + server.name());
        director.ipBatch(List.of(
            "link set d0 up", "addr add 10.9.0.1/24 dev d0", "addr add fd09::1/64 dev d0 nodad"));
        server.ipBatch(List.of(
            "link set r0 up", "addr add 10.9.0.2/24 dev r0", "addr add fd09::2/64 dev r0 nodad"));
        host = director.inside(HostView::open);
        resolver = new AdjacencyResolver(host);
        pollfd.putInt(0, host.fileDescriptor());
        pollfd.putShort(4, LinuxCalls.POLLIN);
        await("d0 has a carrier", () -> host.link("d0").isRunning());
    }

    long nowNs() {
        return System.nanoTime() + skippedNs;
    }

    /** Watches these destinations and no others. */
    void watch(final String... destinations) {
        final List<IpAddress> wanted = Stream.of(destinations).map(IpAddress::parse).toList();
        resolver.watch(wanted, watched.stream().filter(each -> !wanted.contains(each)).toList(), nowNs());
        watched = wanted;
    }

    Adjacency adjacency(final String destination) {
        return resolver.adjacency(IpAddress.parse(destination));
    }

    RouteLookup lookup(final String destination) {
        return host.lookup(IpAddress.parse(destination));
    }

    Neighbour neighbour(final String address) {
        return host.neighbour(new Neighbour.Key(host.link("d0").index(), IpAddress.parse(address)));
    }

    /** Lets the resolver follow the kernel until something holds. */
    void await(final String what, final BooleanSupplier condition) {
        await(what, condition, () -> "");
    }

    void await(final String what, final BooleanSupplier condition, final Supplier<String> evidence) {
        final long deadlineNs = System.nanoTime() + PATIENCE_NS;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadlineNs > 0) {
                fail("waited 15 s in vain until " + what + "\n" + evidence.get());
            }
            LinuxCalls.poll(pollfd.addressOffset(), 1, 100);
            resolver.poll(nowNs());
        }
    }

    void awaitState(final String destination, final Adjacency.State state) {
        await(destination + " is " + state, () -> adjacency(destination).state == state);
    }

    /** Takes what the kernel has announced; that of a command is queued before the command ends. */
    boolean settle() {
        boolean changed = false;
        while (LinuxCalls.poll(pollfd.addressOffset(), 1, 0) > 0) {
            changed |= !resolver.poll(nowNs()).isEmpty();
        }
        return changed | !resolver.poll(nowNs()).isEmpty();
    }

    /** Destination and source MAC of an adjacency's Ethernet header. */
    static String macs(final Adjacency adjacency) {
        final byte[] header = ByteBuffer.allocate(12).order(ByteOrder.nativeOrder())
            .putLong(adjacency.macWord).putInt(adjacency.macTail).array();
        return MacAddress.of(Arrays.copyOf(header, 6)) + " "
            + MacAddress.of(Arrays.copyOfRange(header, 6, 12));
    }

    @Override
    public void close() {
        host.close();
        director.close();
        server.close();
    }
}
