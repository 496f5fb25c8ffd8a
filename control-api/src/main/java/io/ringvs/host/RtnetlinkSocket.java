package io.ringvs.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.function.Consumer;

import io.ringvs.linux.Errno;
import io.ringvs.linux.LinuxCalls;
import io.ringvs.linux.NativeCallException;
import io.ringvs.netlink.NetlinkMessage;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A NETLINK_ROUTE socket: one kind asks (dumps, neighbour requests), the other listens to the kernel's announcements.
 *
 * <p>A datagram is received into a buffer of the socket, so what a {@link NetlinkMessage} shows is valid until the next
 * call. The socket belongs to the network namespace of the thread that opened it, whoever uses it later.
 *
 * <p><b>Threading:</b> one thread at a time.
 *
 * <p><b>Errors:</b> {@link NativeCallException} if the socket cannot be opened or a dump is refused or unanswered.
 *
 * <p><b>Source:</b> netlink(7), rtnetlink(7); Linux Documentation/userspace-api/netlink/intro.rst.
 */
public final class RtnetlinkSocket implements AutoCloseable {
    private static final int NETLINK_ROUTE = 0;
    /** struct sockaddr_nl: family u16 at 0, port id u32 at 4, group mask u32 at 8; host byte order. */
    private static final int SOCKADDR_LENGTH = 12;
    private static final int SOCKADDR_GROUPS = 8;
    /** RTMGRP_ LINK 0x1, NEIGH 0x4, IPV4_IFADDR 0x10, IPV4_ROUTE 0x40, IPV6_IFADDR 0x100, IPV6_ROUTE 0x400. */
    private static final int MONITOR_GROUPS = 0x1 | 0x4 | 0x10 | 0x40 | 0x100 | 0x400;

    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVBUFFORCE = 33;
    /** Bytes of announcements that the kernel keeps for us: some ten thousand route changes. */
    private static final int MONITOR_QUEUE_BYTES = 8 << 20;
    /** recv(2): returns the datagram's whole length even if it was cut. */
    private static final int MSG_TRUNC = 0x20;
    /** The kernel fills at most 32 KiB of a dump into one datagram. */
    private static final int RECEIVE_BYTES = 128 << 10;
    private static final int SEND_BYTES = 256;
    /** The kernel answers at once; longer means that it never will. */
    private static final int ANSWER_TIMEOUT_MS = 5_000;

    private static final int IFLA_EXT_MASK = 29;
    /** RTEXT_FILTER_SKIP_STATS: leave the counters out. */
    private static final int SKIP_STATISTICS = 1 << 3;

    private final int fileDescriptor;
    private final UnsafeBuffer received = new UnsafeBuffer(ByteBuffer.allocateDirect(RECEIVE_BYTES));
    private final NetlinkRequest request = new NetlinkRequest(new UnsafeBuffer(ByteBuffer.allocateDirect(SEND_BYTES)));
    private final UnsafeBuffer pollfd = new UnsafeBuffer(ByteBuffer.allocateDirect(LinuxCalls.POLLFD_BYTES));
    private final NetlinkMessage message = new NetlinkMessage();
    private int sequence;
    private boolean closed;

    private RtnetlinkSocket(final int groups) {
        fileDescriptor = LinuxCalls.socket(
            LinuxCalls.AF_NETLINK, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC | LinuxCalls.SOCK_NONBLOCK,
            NETLINK_ROUTE);
        final UnsafeBuffer address = new UnsafeBuffer(ByteBuffer.allocateDirect(SOCKADDR_LENGTH));
        address.putShort(0, (short) LinuxCalls.AF_NETLINK);
        address.putInt(SOCKADDR_GROUPS, groups);
        try {
            LinuxCalls.bind(fileDescriptor, address.addressOffset(), SOCKADDR_LENGTH);
        } catch (final NativeCallException e) {
            LinuxCalls.close(fileDescriptor);
            throw e;
        }
        pollfd.putInt(0, fileDescriptor);
        pollfd.putShort(4, LinuxCalls.POLLIN);
    }

    /** Opens a socket to ask with, in the network namespace of the calling thread. */
    public static RtnetlinkSocket openForRequests() {
        return new RtnetlinkSocket(0);
    }

    /** Opens a socket that hears of every change from now on, in the network namespace of the calling thread. */
    public static RtnetlinkSocket openForMonitoring() {
        final RtnetlinkSocket socket = new RtnetlinkSocket(MONITOR_GROUPS);
        socket.queueBytes(MONITOR_QUEUE_BYTES);
        return socket;
    }

    /** Sets how much the kernel keeps for this socket; beyond the system's limit as far as it is permitted. */
    void queueBytes(final int bytes) {
        try {
            LinuxCalls.setsockoptInt(fileDescriptor, LinuxCalls.SOL_SOCKET, SO_RCVBUFFORCE, bytes);
        } catch (final NativeCallException e) {
            LinuxCalls.setsockoptInt(fileDescriptor, LinuxCalls.SOL_SOCKET, SO_RCVBUF, bytes);
        }
    }

    /** To wait on with poll(2); the descriptor stays ours. */
    public int fileDescriptor() {
        return fileDescriptor;
    }

    /**
     * Receives a datagram if there is one.
     *
     * @return its messages, null if there is none
     * @throws NativeCallException with ENOBUFS if announcements were lost
     */
    NetlinkMessage receive() {
        while (true) {
            final long length = LinuxCalls.recv(fileDescriptor, received.addressOffset(), RECEIVE_BYTES, MSG_TRUNC);
            if (length > RECEIVE_BYTES) {
                throw new NativeCallException("recv", "a netlink datagram of " + length + " bytes", Errno.ENOBUFS);
            }
            if (length >= 0) {
                return message.wrap(received, 0, (int) length);
            }
            if (length == -Errno.EAGAIN) {
                return null;
            }
            if (length != -Errno.EINTR) {
                throw new NativeCallException("recv", "netlink socket", (int) -length);
            }
        }
    }

    /**
     * Reads one of the kernel's tables.
     *
     * @param getType RTM_GET.. of the table
     * @param taker   gets each message, valid during the call only
     * @return false if the table changed meanwhile, so that the dump may lack or repeat entries
     */
    boolean dump(final int getType, final int bodyLength, final Consumer<NetlinkMessage> taker) {
        request.begin(getType, NetlinkMessage.FLAG_REQUEST | NetlinkMessage.FLAG_DUMP, ++sequence, bodyLength, 0);
        if (getType == LinkMessage.GET) {
            request.attribute(
                IFLA_EXT_MASK, ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(SKIP_STATISTICS).array());
        }
        send();
        boolean consistent = true;
        while (true) {
            final NetlinkMessage answer = awaitAnswer();
            while (answer.next()) {
                if (answer.sequence() != sequence) {
                    continue;
                }
                consistent &= !answer.hasFlag(NetlinkMessage.FLAG_DUMP_INTERRUPTED);
                if (answer.type() == NetlinkMessage.TYPE_DONE || answer.type() == NetlinkMessage.TYPE_ERROR) {
                    if (answer.errno() > 0) {
                        throw new NativeCallException("rtnetlink dump", "type=" + getType, answer.errno());
                    }
                    return consistent;
                }
                taker.accept(answer);
            }
        }
    }

    /**
     * Makes the kernel resolve a neighbour, or confirm one that it knows, as if it had a packet for it. Must not be
     * called for a permanent one, which Linux since 5.16 would turn into a dynamic one.
     *
     * @return 0, or the positive error number of the kernel's refusal
     */
    int use(final Neighbour.Key neighbour) {
        NeighbourMessage.encodeUse(request, ++sequence, neighbour);
        send();
        while (true) {
            final NetlinkMessage answer = awaitAnswer();
            while (answer.next()) {
                if (answer.sequence() == sequence && answer.type() == NetlinkMessage.TYPE_ERROR) {
                    return answer.errno();
                }
            }
        }
    }

    private void send() {
        final long sent = LinuxCalls.send(fileDescriptor, request.address(), request.length(), 0);
        if (sent < 0) {
            throw new NativeCallException("send", "netlink socket", (int) -sent);
        }
    }

    private NetlinkMessage awaitAnswer() {
        while (true) {
            final NetlinkMessage answer = receive();
            if (answer != null) {
                return answer;
            }
            if (LinuxCalls.poll(pollfd.addressOffset(), 1, ANSWER_TIMEOUT_MS) == 0) {
                throw new NativeCallException("poll", "no answer on a netlink socket", Errno.EAGAIN);
            }
        }
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            LinuxCalls.close(fileDescriptor);
        }
    }
}
