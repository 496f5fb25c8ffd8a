package io.ringvs.linux;

import static io.ringvs.linux.LinuxCalls.MAP_ANONYMOUS;
import static io.ringvs.linux.LinuxCalls.MAP_PRIVATE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** Every native signature, by a result that only correctly passed arguments can give. */
class LinuxCallsTest {
    /** Fields of proc_pid_stat(5). */
    private static final int NICE = 19;
    private static final int POLICY = 41;

    private static final int IPPROTO_UDP = 17;
    private static final int SO_RCVBUF = 8;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_TYPE = 3;
    private static final int SIOCGIFINDEX = 0x8933;
    private static final int SOCKADDR_IN_BYTES = 16;

    private long scratch;
    private int receiver = -1;
    private int sender = -1;

    @BeforeEach
    void openSockets() {
        scratch = UnsafeApi.allocateMemory(4096);
        UnsafeApi.setMemory(scratch, 4096, (byte)0);
        receiver = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, IPPROTO_UDP);
        sender = LinuxCalls.socket(LinuxCalls.AF_INET, LinuxCalls.SOCK_DGRAM | LinuxCalls.SOCK_CLOEXEC, IPPROTO_UDP);
    }

    @AfterEach
    void closeSockets() {
        LinuxCalls.close(receiver);
        LinuxCalls.close(sender);
        UnsafeApi.freeMemory(scratch);
    }

    @Test
    void shouldCarryDatagramFromSendtoToRecvfrom() {
        final long bound = bindReceiverToLoopback();
        writeText(scratch + 100, "datagram");

        assertEquals(8, LinuxCalls.sendto(sender, scratch + 100, 8, LinuxCalls.MSG_DONTWAIT, bound, SOCKADDR_IN_BYTES));
        UnsafeApi.putInt(scratch + 300, SOCKADDR_IN_BYTES);
        assertEquals(8, LinuxCalls.recvfrom(receiver, scratch + 200, 64, 0, scratch + 304, scratch + 300));

        assertEquals("datagram", readText(scratch + 200, 8));
        assertEquals(SOCKADDR_IN_BYTES, UnsafeApi.getInt(scratch + 300));
        assertEquals(0x0100007f, UnsafeApi.getInt(scratch + 304 + 4), "sender's address is 127.0.0.1");
    }

    @Test
    void shouldCarryDatagramFromSendToRecvGivenConnectedSocket() {
        LinuxCalls.connect(sender, bindReceiverToLoopback(), SOCKADDR_IN_BYTES);
        writeText(scratch + 100, "connected");

        assertEquals(9, LinuxCalls.send(sender, scratch + 100, 9, 0));
        assertEquals(9, LinuxCalls.recv(receiver, scratch + 200, 64, LinuxCalls.MSG_DONTWAIT));
        assertEquals("connected", readText(scratch + 200, 9));
    }

    @Test
    void shouldWriteWhatIsThereToAnOpenedFile(@TempDir final Path directory) throws IOException {
        final Path file = Files.createFile(directory.resolve("file"));
        final int fd = LinuxCalls.openReadWrite(file.toString());
        writeText(scratch, "frame");

        assertEquals(5, LinuxCalls.write(fd, scratch, 5));

        LinuxCalls.close(fd);
        assertEquals("frame", Files.readString(file));
        assertEquals(-Errno.EBADF, LinuxCalls.write(fd, scratch, 5));
        assertThrows(
            NativeCallException.class, () -> LinuxCalls.openReadWrite(directory.resolve("none").toString()));
    }

    @Test
    void shouldReturnNegativeErrnoGivenNothingToReceive() {
        bindReceiverToLoopback();

        assertEquals(-Errno.EAGAIN, LinuxCalls.recv(receiver, scratch, 64, LinuxCalls.MSG_DONTWAIT));
        assertEquals(-Errno.EAGAIN, LinuxCalls.recvfrom(receiver, scratch, 64, LinuxCalls.MSG_DONTWAIT, 0, 0));
        assertEquals(-Errno.EBADF, LinuxCalls.sendto(-1, 0, 0, LinuxCalls.MSG_DONTWAIT, 0, 0));
        assertEquals(-Errno.EBADF, LinuxCalls.send(-1, scratch, 1, LinuxCalls.MSG_DONTWAIT));
    }

    @Test
    void shouldKickOnlySocketsThatCanTransmit() {
        final int unbound = LinuxCalls.socket(LinuxCalls.AF_XDP, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC, 0);
        try {
            assertEquals(-Errno.ENXIO, LinuxCalls.kickTransmit(unbound), "not bound to a queue yet");
        } finally {
            LinuxCalls.close(unbound);
        }
        assertEquals(-Errno.EBADF, LinuxCalls.kickTransmit(-1));
    }

    @Test
    void shouldPollReadyDescriptorsOnly() {
        final long bound = bindReceiverToLoopback();
        pollfd(scratch + 400, receiver);
        pollfd(scratch + 400 + LinuxCalls.POLLFD_BYTES, sender);

        assertEquals(0, LinuxCalls.poll(scratch + 400, 2, 0));
        LinuxCalls.sendto(sender, scratch, 1, 0, bound, SOCKADDR_IN_BYTES);
        assertEquals(1, LinuxCalls.poll(scratch + 400, 2, 1000));

        assertEquals(LinuxCalls.POLLIN, UnsafeApi.getShort(scratch + 406));
        assertEquals(0, UnsafeApi.getShort(scratch + 414));
        assertEquals(-Errno.EFAULT, LinuxCalls.poll(8, 1, 0));
    }

    @Test
    void shouldSetAndGetSocketOptions() {
        LinuxCalls.setsockoptInt(sender, LinuxCalls.SOL_SOCKET, SO_REUSEADDR, 1);
        assertEquals(1, LinuxCalls.getsockoptInt(sender, LinuxCalls.SOL_SOCKET, SO_REUSEADDR));
        assertEquals(LinuxCalls.SOCK_DGRAM, LinuxCalls.getsockoptInt(sender, LinuxCalls.SOL_SOCKET, SO_TYPE));

        UnsafeApi.putInt(scratch, 8192);
        LinuxCalls.setsockopt(sender, LinuxCalls.SOL_SOCKET, SO_RCVBUF, scratch, Integer.BYTES);
        UnsafeApi.putInt(scratch, 0);
        assertEquals(4, LinuxCalls.getsockopt(sender, LinuxCalls.SOL_SOCKET, SO_RCVBUF, scratch, 64));
        assertEquals(16384, UnsafeApi.getInt(scratch), "the kernel doubles SO_RCVBUF");
    }

    @Test
    void shouldMapWriteAdviseAndUnmap() {
        final long length = 4L << 20;
        final int shared = MAP_PRIVATE | MAP_ANONYMOUS;
        final long address = LinuxCalls.mmap(
            0, length, LinuxCalls.PROT_READ | LinuxCalls.PROT_WRITE, shared, -1, 0);

        assertEquals(0, address % LinuxCalls.pageSize());
        UnsafeApi.putLong(address + length - 8, 0x1122334455667788L);
        LinuxCalls.madvise(address, length, LinuxCalls.MADV_HUGEPAGE);
        assertEquals(0x1122334455667788L, UnsafeApi.getLong(address + length - 8));
        LinuxCalls.munmap(address, length);

        final NativeCallException gone = assertThrows(
            NativeCallException.class, () -> LinuxCalls.madvise(address, length, LinuxCalls.MADV_HUGEPAGE));
        assertEquals(Errno.ENOMEM, gone.errno(), "the range is no longer mapped");
    }

    @Test
    void shouldPassSixthArgumentOfMmap(@TempDir final Path folder) throws IOException {
        final Path file = folder.resolve("mapped");
        final byte[] content = new byte[(int)LinuxCalls.pageSize() * 2];
        Arrays.fill(content, (int)LinuxCalls.pageSize(), content.length, (byte)'B');
        Files.write(file, content);
        final int fd = LinuxCalls.LIBC.open(file.toString(), 0);

        final long address = LinuxCalls.mmap(
            0, LinuxCalls.pageSize(), LinuxCalls.PROT_READ, LinuxCalls.MAP_SHARED, fd, LinuxCalls.pageSize());

        assertEquals('B', UnsafeApi.getByte(address), "the second page of the file is mapped");
        LinuxCalls.munmap(address, LinuxCalls.pageSize());
        LinuxCalls.close(fd);
    }

    @Test
    void shouldAgreeWithIoctlOnInterfaceIndex() throws IOException {
        final int index = LinuxCalls.ifNameToIndex("lo");
        writeText(scratch, "lo");

        assertEquals(0, LinuxCalls.ioctl(sender, SIOCGIFINDEX, scratch));

        assertEquals(index, UnsafeApi.getInt(scratch + 16), "ifr_ifindex follows the 16 bytes of the name");
        assertEquals(Integer.parseInt(Files.readString(Path.of("/sys/class/net/lo/ifindex")).trim()), index);
    }

    @Test
    void shouldPinOnlyTheCallingThread() throws InterruptedException {
        final int[] before = CallingThread.allowedCpus();
        final int last = before[before.length - 1];
        final int[][] pinned = new int[1][];

        final Thread worker = new Thread(() -> {
            CallingThread.pin(last);
            pinned[0] = CallingThread.allowedCpus();
        });
        worker.start();
        worker.join();

        assertArrayEquals(new int[]{last}, pinned[0]);
        assertArrayEquals(before, CallingThread.allowedCpus());
        assertEquals(Errno.EINVAL,
            assertThrows(NativeCallException.class, () -> CallingThread.pin(8191)).errno());
        assertEquals(Errno.EINVAL,
            assertThrows(NativeCallException.class, () -> CallingThread.pin(-1)).errno());
    }

    @Test
    void shouldAllowAllThreadsProcessorsOfTheProcess() throws IOException {
        final int[] before = CallingThread.allowedCpus();
        final int first = before[0];
        try {
            ProcessThreads.allowCpus(first);
            try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
                for (final Path task : tasks.filter(Files::exists).toList()) {
                    assertTrue(Files.readAllLines(task.resolve("status")).contains("Cpus_allowed_list:\t" + first),
                        task.toString());
                }
            }
        } finally {
            ProcessThreads.allowCpus(before);
        }
        assertArrayEquals(before, CallingThread.allowedCpus());
        assertErrno(Errno.EINVAL, () -> ProcessThreads.allowCpus(8191));
    }

    @Test
    void shouldLetThreadsOfNameRunFirstOrLater() throws IOException, InterruptedException {
        final CountDownLatch started = new CountDownLatch(1);
        final CountDownLatch seen = new CountDownLatch(1);
        final int[] id = new int[1];
        final Thread thread = new Thread(() -> {
            id[0] = CallingThread.id();
            started.countDown();
            awaitUninterruptibly(seen);
        }, "to-run-first");
        thread.start();
        started.await();
        try {
            assertEquals(1, ProcessThreads.runFirst("to-run-first"));
            assertEquals("1", stat(id[0], POLICY));
            assertEquals("0", stat(CallingThread.id(), POLICY));
            assertEquals(0, ProcessThreads.runFirst("no such thread"));
            assertEquals(1, ProcessThreads.runLater("to-run"));
            assertEquals("10", stat(id[0], NICE));
            assertEquals("0", stat(CallingThread.id(), NICE));
        } finally {
            seen.countDown();
            thread.join();
        }
    }

    private static void awaitUninterruptibly(final CountDownLatch latch) {
        try {
            latch.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A field, counted from 1; the name, field 2, may hold spaces but ends with the last parenthesis. */
    private static String stat(final int thread, final int field) throws IOException {
        final String stat = Files.readString(Path.of("/proc/self/task/" + thread + "/stat"));
        return stat.substring(stat.lastIndexOf(')') + 2).split(" ")[field - 3];
    }

    @Test
    void shouldGiveEachThreadItsOwnId() throws IOException, InterruptedException {
        final int[] other = new int[1];
        final Thread thread = new Thread(() -> other[0] = CallingThread.id());
        thread.start();
        thread.join();

        final String self = Path.of("/proc/thread-self").toRealPath().getFileName().toString();
        assertEquals(Integer.parseInt(self), CallingThread.id());
        assertNotEquals(other[0], CallingThread.id());
    }

    @Test
    void shouldLowerAndRestoreLockedMemoryLimit() {
        final long before = LinuxCalls.lockedMemoryLimit();
        assertNotEquals(0, before);
        try {
            LinuxCalls.lockedMemoryLimit(65536);
            assertEquals(65536, LinuxCalls.lockedMemoryLimit());
        } finally {
            LinuxCalls.lockedMemoryLimit(before);
        }
        assertEquals(before, LinuxCalls.lockedMemoryLimit());
    }

    @Test
    void shouldNameCallArgumentsAndReasonGivenSetUpFails() {
        final NativeCallException e = assertThrows(
            NativeCallException.class, () -> LinuxCalls.ifNameToIndex("rvs-absent0"));
        assertEquals("if_nametoindex", e.call());
        assertEquals(Errno.ENODEV, e.errno());
        assertEquals("if_nametoindex(rvs-absent0): No such device (errno 19)", e.getMessage());

        assertErrno(Errno.EBADF, () -> LinuxCalls.close(-1));
        assertErrno(Errno.EBADF, () -> LinuxCalls.bind(-1, scratch, 16));
        assertErrno(Errno.EBADF, () -> LinuxCalls.connect(-1, scratch, 16));
        assertErrno(Errno.EBADF, () -> LinuxCalls.ioctl(-1, SIOCGIFINDEX, scratch));
        assertErrno(Errno.EBADF, () -> LinuxCalls.getsockname(-1, scratch, scratch + 16));
        assertErrno(Errno.EBADF, () -> LinuxCalls.getsockoptInt(-1, LinuxCalls.SOL_SOCKET, SO_TYPE));
        assertErrno(Errno.EBADF, () -> LinuxCalls.setsockoptInt(-1, LinuxCalls.SOL_SOCKET, SO_REUSEADDR, 1));
        assertErrno(Errno.EINVAL, () -> LinuxCalls.munmap(scratch | 1, 4096));
        assertErrno(Errno.EINVAL, () -> LinuxCalls.mmap(0, 0, 0, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
        assertErrno(Errno.ENOENT, () -> CallingThread.enterNetworkNamespace("rvs-absent"));
        assertTrue(assertThrows(NativeCallException.class, () -> LinuxCalls.socket(9999, 1, 0)).getMessage()
            .startsWith("socket(domain=9999, type=1, protocol=0): "));
    }

    private static void assertErrno(final int errno, final Executable call) {
        assertEquals(errno, assertThrows(NativeCallException.class, call).errno());
    }

    /** Binds to a free port of 127.0.0.1 and returns where the bound sockaddr_in lies. */
    private long bindReceiverToLoopback() {
        final long address = scratch + 1024;
        UnsafeApi.putShort(address, (short)LinuxCalls.AF_INET);
        UnsafeApi.putInt(address + 4, 0x0100007f);
        LinuxCalls.bind(receiver, address, SOCKADDR_IN_BYTES);
        UnsafeApi.putInt(scratch + 1040, SOCKADDR_IN_BYTES);
        LinuxCalls.getsockname(receiver, address, scratch + 1040);
        assertNotEquals(0, UnsafeApi.getShort(address + 2), "the kernel chose a port");
        return address;
    }

    private static void pollfd(final long address, final int fd) {
        UnsafeApi.putInt(address, fd);
        UnsafeApi.putShort(address + 4, LinuxCalls.POLLIN);
        UnsafeApi.putShort(address + 6, (short)0);
    }

    private static void writeText(final long address, final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(address + i, bytes[i]);
        }
    }

    private static String readText(final long address, final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = UnsafeApi.getByte(address + i);
        }
        return new String(bytes, StandardCharsets.US_ASCII);
    }
}
