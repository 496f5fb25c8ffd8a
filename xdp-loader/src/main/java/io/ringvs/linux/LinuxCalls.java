package io.ringvs.linux;

import jnr.ffi.LastError;
import jnr.ffi.LibraryLoader;
import jnr.ffi.Pointer;
import jnr.ffi.Runtime;
import org.agrona.UnsafeApi;

/**
 * The system calls that RingVS makes, over raw addresses.
 *
 * <p><b>Threading</b>: any thread. What concerns the calling thread only is in {@link CallingThread}.
 *
 * <p><b>Errors</b>: the calls made while running ({@link #poll}, {@link #kickTransmit}, {@link #send}, {@link #recv},
 * {@link #read}, {@link #write}, {@link #sendto}, {@link #recvfrom}) return {@code -errno} and never throw; only the
 * last two allocate. The others throw {@link NativeCallException}. None of them repeats a call that a signal
 * interrupted.
 *
 * <p><b>Source</b>: sections 2 and 3 of the Linux manual pages.
 */
public final class LinuxCalls {
    public static final int AF_UNIX = 1;
    public static final int AF_INET = 2;
    public static final int AF_INET6 = 10;
    public static final int AF_NETLINK = 16;
    public static final int AF_PACKET = 17;
    public static final int AF_XDP = 44;

    public static final int SOCK_STREAM = 1;
    public static final int SOCK_DGRAM = 2;
    public static final int SOCK_RAW = 3;
    public static final int SOCK_NONBLOCK = 0x800;
    public static final int SOCK_CLOEXEC = 0x80000;

    public static final int SOL_SOCKET = 1;
    public static final int SOL_NETLINK = 270;
    public static final int SOL_XDP = 283;

    public static final int MSG_DONTWAIT = 0x40;

    public static final short POLLIN = 0x1;
    public static final short POLLOUT = 0x4;
    public static final short POLLERR = 0x8;
    public static final short POLLNVAL = 0x20;
    /** Size of {@code struct pollfd}: fd s32 at 0, events s16 at 4, revents s16 at 6; host byte order. */
    public static final int POLLFD_BYTES = 8;

    public static final int PROT_READ = 0x1;
    public static final int PROT_WRITE = 0x2;
    public static final int MAP_SHARED = 0x1;
    public static final int MAP_PRIVATE = 0x2;
    public static final int MAP_ANONYMOUS = 0x20;
    public static final int MAP_NORESERVE = 0x4000;
    public static final int MAP_POPULATE = 0x8000;
    public static final int MADV_HUGEPAGE = 14;
    public static final int MADV_POPULATE_WRITE = 23;

    /** A limit that does not limit, as {@link #lockedMemoryLimit} returns it. */
    public static final long UNLIMITED = -1L;

    private static final int O_RDWR = 0x2;
    private static final int O_NONBLOCK = 0x800;
    private static final int O_CLOEXEC = 0x80000;
    private static final int SC_PAGESIZE = 30;
    private static final int RLIMIT_MEMLOCK = 8;
    /** {@code struct rlimit}: soft limit u64 at 0, hard limit u64 at 8. */
    private static final int RLIMIT_BYTES = 16;

    static final Libc LIBC = LibraryLoader.create(Libc.class).load("c");

    private static final Runtime RUNTIME = Runtime.getRuntime(LIBC);

    private LinuxCalls() {
    }

    // ---- calls made while running: a count, or -errno

    /**
     * Waits until one of {@code count} descriptors is ready or {@code timeoutMs} milliseconds passed (-1: no limit).
     *
     * @return number of ready descriptors, 0 at the time limit, or {@code -errno}
     */
    public static int poll(final long pollfds, final int count, final int timeoutMs) {
        final int ready = LIBC.poll(pollfds, count, timeoutMs);
        return ready >= 0 ? ready : -lastErrno();
    }

    /**
     * Sends to the {@code sockaddr} of {@code addressLength} bytes at {@code address}. Allocates; not for packets.
     *
     * @return bytes sent, or {@code -errno}
     */
    public static long sendto(
        final int fd, final long data, final long length, final int flags,
        final long address, final int addressLength) {
        final long sent = LIBC.sendto(fd, at(data), length, flags, at(address), addressLength);
        return sent >= 0 ? sent : -lastErrno();
    }

    /**
     * Asks the kernel to send what lies in the TX ring of an AF_XDP socket. EAGAIN, EBUSY and ENOBUFS say that it did
     * a part and wants to be asked again; ENETDOWN and ENXIO that the interface is down or its queue gone.
     *
     * @return 0, or {@code -errno}
     */
    public static int kickTransmit(final int fd) {
        final long sent = LIBC.send(fd, 0L, 0L, MSG_DONTWAIT);
        return sent >= 0 ? 0 : -lastErrno();
    }

    /** Sends to a connected socket. Returns bytes sent, or {@code -errno}. */
    public static long send(final int fd, final long data, final long length, final int flags) {
        final long sent = LIBC.send(fd, data, length, flags);
        return sent >= 0 ? sent : -lastErrno();
    }

    /** Receives from a socket. Returns bytes received, or {@code -errno}. */
    public static long recv(final int fd, final long data, final long length, final int flags) {
        final long received = LIBC.recv(fd, data, length, flags);
        return received >= 0 ? received : -lastErrno();
    }

    /**
     * Receives from a socket together with the sender's address; both address arguments may be 0. Allocates; not for
     * packets.
     *
     * @param addressLengthAddress where a u32 says how much room there is, and is told how much was used
     * @return bytes received, or {@code -errno}
     */
    public static long recvfrom(
        final int fd, final long data, final long length, final int flags,
        final long address, final long addressLengthAddress) {
        final long received = LIBC.recvfrom(
            fd, at(data), length, flags, at(address), at(addressLengthAddress));
        return received >= 0 ? received : -lastErrno();
    }

    // ---- sockets

    /** Opens a socket and returns its descriptor. */
    public static int socket(final int domain, final int type, final int protocol) {
        final int fd = LIBC.socket(domain, type, protocol);
        if (fd < 0) {
            throw failed("socket", "domain=" + domain + ", type=" + type + ", protocol=" + protocol);
        }
        return fd;
    }

    /** Opens a file or device for reading and writing. */
    public static int openReadWrite(final String path) {
        return open(path, O_RDWR | O_CLOEXEC);
    }

    /** The same for one from which {@link #read} does not wait. */
    public static int openNonBlocking(final String path) {
        return open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    }

    private static int open(final String path, final int flags) {
        final int fd = LIBC.open(path, flags);
        if (fd < 0) {
            throw failed("open", path);
        }
        return fd;
    }

    /** Reads from a descriptor. Returns bytes read, of a packet all that it has, or {@code -errno}. */
    public static long read(final int fd, final long data, final long length) {
        final long read = LIBC.read(fd, data, length);
        return read >= 0 ? read : -lastErrno();
    }

    /** Writes to a descriptor. Returns bytes written, or {@code -errno}. */
    public static long write(final int fd, final long data, final long length) {
        final long written = LIBC.write(fd, data, length);
        return written >= 0 ? written : -lastErrno();
    }

    /** Closes a descriptor. */
    public static void close(final int fd) {
        if (LIBC.close(fd) < 0) {
            throw failed("close", "fd=" + fd);
        }
    }

    /** Binds a socket to the {@code sockaddr} of {@code length} bytes at an address. */
    public static void bind(final int fd, final long address, final int length) {
        if (LIBC.bind(fd, address, length) < 0) {
            throw failed("bind", "fd=" + fd + ", length=" + length);
        }
    }

    /** Connects a socket to the {@code sockaddr} of {@code length} bytes at an address. */
    public static void connect(final int fd, final long address, final int length) {
        if (LIBC.connect(fd, address, length) < 0) {
            throw failed("connect", "fd=" + fd + ", length=" + length);
        }
    }

    /**
     * Writes the address that a socket is bound to.
     *
     * @param lengthAddress where a u32 says how much room there is, and is told how much was used
     */
    public static void getsockname(final int fd, final long address, final long lengthAddress) {
        if (LIBC.getsockname(fd, address, lengthAddress) < 0) {
            throw failed("getsockname", "fd=" + fd);
        }
    }

    /** Sets a socket option from {@code length} bytes at an address. */
    public static void setsockopt(final int fd, final int level, final int name, final long value, final int length) {
        if (LIBC.setsockopt(fd, level, name, value, length) < 0) {
            throw failed("setsockopt", "fd=" + fd + ", level=" + level + ", name=" + name + ", length=" + length);
        }
    }

    /** Sets a socket option that is an int. */
    public static void setsockoptInt(final int fd, final int level, final int name, final int value) {
        final long address = UnsafeApi.allocateMemory(Integer.BYTES);
        try {
            UnsafeApi.putInt(address, value);
            setsockopt(fd, level, name, address, Integer.BYTES);
        } finally {
            UnsafeApi.freeMemory(address);
        }
    }

    /**
     * Reads a socket option into at most {@code length} bytes at an address.
     *
     * @return bytes that the kernel wrote; an older kernel may know a shorter structure
     */
    public static int getsockopt(final int fd, final int level, final int name, final long value, final int length) {
        final long lengthAddress = UnsafeApi.allocateMemory(Integer.BYTES);
        try {
            UnsafeApi.putInt(lengthAddress, length);
            if (LIBC.getsockopt(fd, level, name, value, lengthAddress) < 0) {
                throw failed("getsockopt", "fd=" + fd + ", level=" + level + ", name=" + name + ", length=" + length);
            }
            return UnsafeApi.getInt(lengthAddress);
        } finally {
            UnsafeApi.freeMemory(lengthAddress);
        }
    }

    /** Reads a socket option that is an int. */
    public static int getsockoptInt(final int fd, final int level, final int name) {
        final long address = UnsafeApi.allocateMemory(Integer.BYTES);
        try {
            getsockopt(fd, level, name, address, Integer.BYTES);
            return UnsafeApi.getInt(address);
        } finally {
            UnsafeApi.freeMemory(address);
        }
    }

    /** Makes a device request whose argument lies at an address. Returns what the driver returned, 0 or more. */
    public static int ioctl(final int fd, final long request, final long argument) {
        final int result = LIBC.ioctl(fd, request, argument);
        if (result < 0) {
            throw failed("ioctl", "fd=" + fd + ", request=0x" + Long.toHexString(request));
        }
        return result;
    }

    /** Kernel index of a network interface. ENODEV in the exception means that there is none of that name. */
    public static int ifNameToIndex(final String name) {
        final int index = LIBC.if_nametoindex(name);
        if (index == 0) {
            throw failed("if_nametoindex", name);
        }
        return index;
    }

    // ---- memory

    /** Maps {@code length} bytes, of a descriptor or anonymous ({@code fd} -1), and returns where they lie. */
    public static long mmap(
        final long hint, final long length, final int protection, final int flags, final int fd, final long offset) {
        final long address = LIBC.mmap(at(hint), length, protection, flags, fd, offset).address();
        if (address == -1L) {
            throw failed("mmap", "length=" + length + ", protection=" + protection + ", flags=0x"
                + Integer.toHexString(flags) + ", fd=" + fd + ", offset=0x" + Long.toHexString(offset));
        }
        return address;
    }

    /** Unmaps what {@link #mmap} returned. */
    public static void munmap(final long address, final long length) {
        if (LIBC.munmap(address, length) < 0) {
            throw failed("munmap", "address=0x" + Long.toHexString(address) + ", length=" + length);
        }
    }

    /** Advises the kernel how a mapped range will be used. */
    public static void madvise(final long address, final long length, final int advice) {
        if (LIBC.madvise(address, length, advice) < 0) {
            throw failed("madvise",
                "address=0x" + Long.toHexString(address) + ", length=" + length + ", advice=" + advice);
        }
    }

    /** Size of a memory page, in bytes. */
    public static long pageSize() {
        return LIBC.sysconf(SC_PAGESIZE);
    }

    /** How many bytes this process may lock in memory (its soft limit), or {@link #UNLIMITED}. */
    public static long lockedMemoryLimit() {
        final long limit = UnsafeApi.allocateMemory(RLIMIT_BYTES);
        try {
            readLockedMemoryLimit(limit);
            return UnsafeApi.getLong(limit);
        } finally {
            UnsafeApi.freeMemory(limit);
        }
    }

    /** Sets the soft locked-memory limit of this process, in bytes; raising the hard limit too where that is needed. */
    public static void lockedMemoryLimit(final long bytes) {
        final long limit = UnsafeApi.allocateMemory(RLIMIT_BYTES);
        try {
            readLockedMemoryLimit(limit);
            UnsafeApi.putLong(limit, bytes);
            if (Long.compareUnsigned(UnsafeApi.getLong(limit + 8), bytes) < 0) {
                UnsafeApi.putLong(limit + 8, bytes);
            }
            if (LIBC.setrlimit(RLIMIT_MEMLOCK, limit) < 0) {
                throw failed("setrlimit", "RLIMIT_MEMLOCK, " + Long.toUnsignedString(bytes));
            }
        } finally {
            UnsafeApi.freeMemory(limit);
        }
    }

    private static void readLockedMemoryLimit(final long limit) {
        if (LIBC.getrlimit(RLIMIT_MEMLOCK, limit) < 0) {
            throw failed("getrlimit", "RLIMIT_MEMLOCK");
        }
    }

    private static Pointer at(final long address) {
        return Pointer.wrap(RUNTIME, address);
    }

    static int lastErrno() {
        return LastError.getLastError(RUNTIME);
    }

    static NativeCallException failed(final String call, final String arguments) {
        return new NativeCallException(call, arguments, lastErrno());
    }
}
