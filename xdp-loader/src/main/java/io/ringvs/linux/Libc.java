package io.ringvs.linux;

import jnr.ffi.Pointer;
import jnr.ffi.annotations.IgnoreError;
import jnr.ffi.types.off_t;
import jnr.ffi.types.size_t;
import jnr.ffi.types.ssize_t;
import jnr.ffi.types.uintptr_t;

/**
 * C signatures of the libc functions that RingVS calls, bound by jnr-ffi. Use {@link LinuxCalls}; this interface is
 * public only because jnr-ffi implements it in a class loader of its own.
 *
 * <p>Functions of six arguments take a {@link Pointer}: for purely numeric signatures jnr-ffi 2.2 compiles an x86-64
 * stub that passes a sixth argument in the wrong place, so {@code mmap} fails with EINVAL without a system call. A
 * Pointer in the signature makes it take a slower, correct way. {@code LinuxCallsTest} looks at the result of every
 * one of these.
 */
public interface Libc {
    int socket(int domain, int type, int protocol);

    int close(int fd);

    int open(String path, int flags);

    @ssize_t long read(int fd, @uintptr_t long data, @size_t long length);

    @ssize_t long write(int fd, @uintptr_t long data, @size_t long length);

    int bind(int fd, @uintptr_t long address, int length);

    int connect(int fd, @uintptr_t long address, int length);

    int getsockname(int fd, @uintptr_t long address, @uintptr_t long lengthAddress);

    int setsockopt(int fd, int level, int name, @uintptr_t long value, int length);

    int getsockopt(int fd, int level, int name, @uintptr_t long value, @uintptr_t long lengthAddress);

    Pointer mmap(Pointer hint, @size_t long length, int protection, int flags, int fd, @off_t long offset);

    int munmap(@uintptr_t long address, @size_t long length);

    int madvise(@uintptr_t long address, @size_t long length, int advice);

    int poll(@uintptr_t long pollfds, @size_t long count, int timeoutMs);

    @ssize_t long sendto(int fd, Pointer data, @size_t long length, int flags, Pointer address, int addressLength);

    @ssize_t long send(int fd, @uintptr_t long data, @size_t long length, int flags);

    @ssize_t long recv(int fd, @uintptr_t long data, @size_t long length, int flags);

    @ssize_t long recvfrom(int fd, Pointer data, @size_t long length, int flags, Pointer address,
        Pointer addressLengthAddress);

    int ioctl(int fd, @size_t long request, @uintptr_t long argument);

    int if_nametoindex(String name);

    int sched_setaffinity(int threadId, @size_t long maskLength, @uintptr_t long mask);

    int setpriority(int which, int threadId, int nice);

    int sched_setscheduler(int threadId, int policy, @uintptr_t long parameters);

    int sched_getaffinity(int threadId, @size_t long maskLength, @uintptr_t long mask);

    int setns(int fd, int type);

    int gettid();

    @size_t long sysconf(int name);

    int getrlimit(int resource, @uintptr_t long limit);

    int setrlimit(int resource, @uintptr_t long limit);

    @IgnoreError
    String strerror(int errno);
}
