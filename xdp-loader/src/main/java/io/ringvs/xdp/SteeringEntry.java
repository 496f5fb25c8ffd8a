package io.ringvs.xdp;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One thing that the steering program looks for in a frame.
 *
 * @param direction which end of the frame it is about
 * @param family    4 or 6
 * @param address0  first 8 bytes of the address as loaded in native order; IPv4 fills the first 4 bytes
 * @param address1  last 8 bytes of the address as loaded in native order, 0 for IPv4
 * @param protocol  IP protocol number: TCP, UDP or SCTP; 0 for {@link Direction#TO_HOST}; or {@link #ERRORS_ONLY}
 * @param port      port in host order; 0 stands for every port
 */
public record SteeringEntry(
    Direction direction, int family, long address0, long address1, int protocol, int port) {

    public static final int IPPROTO_TCP = 6;
    public static final int IPPROTO_UDP = 17;
    public static final int IPPROTO_SCTP = 132;
    /** In place of a protocol, with {@link Direction#TO_SERVICE} and port 0: of the address nothing but ICMP errors. */
    public static final int ERRORS_ONLY = 0;

    /** Which end of a frame an entry is about; ordinals are those of {@code enum steer_direction} in steer.h. */
    public enum Direction {
        /** Frames to a virtual service. */
        TO_SERVICE,
        /** Frames from a real server whose answers the director translates. */
        FROM_SERVER,
        /** Frames to this machine itself, which are never a real server's answer to a client. */
        TO_HOST,
        /** Frames that a real server on this machine sends. */
        LOCAL_SERVER
    }

    public SteeringEntry {
        if (family != 4 && family != 6) {
            throw new IllegalArgumentException("address family " + family + " is neither 4 nor 6");
        }
        if (port < 0 || port > 0xffff) {
            throw new IllegalArgumentException("port " + port + " is not within 0 to 65535");
        }
        if (direction == Direction.TO_HOST) {
            if (protocol != 0 || port != 0) {
                throw new IllegalArgumentException("an address of this host is steered around as a whole");
            }
        } else if (direction != Direction.TO_SERVICE || protocol != ERRORS_ONLY || port != 0) {
            SteeringLayout.protocolIndex(protocol);
        }
    }

    /** Frames to a virtual service; port 0 for a service of every port. */
    public static SteeringEntry service(final InetAddress address, final int protocol, final int port) {
        return of(Direction.TO_SERVICE, address, protocol, port);
    }

    /** Frames from a real server that answers through the director; port 0 for all its ports. */
    public static SteeringEntry server(final InetAddress address, final int protocol, final int port) {
        return of(Direction.FROM_SERVER, address, protocol, port);
    }

    /** Frames that a real server on this machine sends; port 0 for all its ports. */
    public static SteeringEntry localServer(final InetAddress address, final int protocol, final int port) {
        return of(Direction.LOCAL_SERVER, address, protocol, port);
    }

    /** ICMP errors to an address. */
    public static SteeringEntry errors(final InetAddress address) {
        return of(Direction.TO_SERVICE, address, ERRORS_ONLY, 0);
    }

    /** Frames to an address of this machine, which keeps them even if they come from a real server. */
    public static SteeringEntry host(final InetAddress address) {
        return of(Direction.TO_HOST, address, 0, 0);
    }

    private static SteeringEntry of(
        final Direction direction, final InetAddress address, final int protocol, final int port) {
        final byte[] bytes = address.getAddress();
        final ByteBuffer words = ByteBuffer.allocate(16).order(ByteOrder.nativeOrder()).put(bytes).rewind();
        return new SteeringEntry(
            direction, bytes.length == 4 ? 4 : 6, words.getLong(), words.getLong(), protocol, port);
    }
}
