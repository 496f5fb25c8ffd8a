package io.ringvs.ring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the operator reads when a socket cannot be opened, each time with the real kernel's refusal behind it. */
@Timeout(60)
class XskSetupErrorsTest {
    @RegisterExtension
    private final NetworkNamespace namespace = new NetworkNamespace();
    private final Umem umem = Umem.map(64, 2048, 0);

    @BeforeEach
    void connect() {
        namespace.veth("a0", "a1", 2);
    }

    @AfterEach
    void free() {
        umem.close();
    }

    @Test
    void shouldSayThatTheQueueIsTaken() {
        try (XskSocket first = XskSocket.open("a0", 1, umem, XskOptions.DEFAULT)) {
            assertEquals(1, first.queue());
            assertSentence("queue 1 of a0 is taken by another AF_XDP socket; stop the program that uses it", "a0", 1);
        }
    }

    @Test
    void shouldSayThatTheQueueDoesNotExist() {
        assertSentence("queue 2 of a0 does not exist or cannot be used: the interface has 2 queues, "
            + "counted from 0, as `ethtool -l a0` shows", "a0", 2);
        assertSentence("a queue's number must not be negative, but is -1", "a0", -1);
    }

    @Test
    void shouldSayThatASharedQueueDoesNotExist() {
        try (XskSocket first = XskSocket.open("a0", 0, umem, XskOptions.DEFAULT)) {
            final XskException e =
                assertThrows(XskException.class, () -> first.openSharing("a0", 7, XskOptions.DEFAULT));
            assertEquals("queue 7 of a0 does not exist or cannot be used: the interface has 2 queues, "
                + "counted from 0, as `ethtool -l a0` shows", e.getMessage());
        }
    }

    @Test
    void shouldSayThatTheInterfaceIsDown() {
        namespace.command("ip", "link", "set", "a0", "down");
        assertSentence("interface a0 is down; bring it up with `ip link set a0 up`", "a0", 0);
    }

    @Test
    void shouldSayThatTheInterfaceIsAbsent() {
        assertSentence("there is no interface nosuch0 in this network namespace; 'ip link' lists them", "nosuch0", 0);
        assertSentence("'longerthanfifteen' is no interface name: those have 1 to 15 characters",
            "longerthanfifteen", 0);
    }

    @Test
    void shouldSayThatTheMtuIsTooBigForAFrame() {
        namespace.command("ip", "link", "set", "a0", "mtu", "1771");
        assertSentence("the MTU of a0, 1771 bytes, is too big for a frame of 2048, which holds 1770; "
            + "lower it with `ip link set a0 mtu N` or use frames of 4096", "a0", 0);
        namespace.command("ip", "link", "set", "a0", "mtu", "1770");
        XskSocket.open("a0", 0, umem, XskOptions.DEFAULT).close();
    }

    @Test
    void shouldSayThatMemoryMayNotBeLocked() {
        assertEquals("packet memory of 65536 KiB is more than this process may lock (8192 KiB); "
            + "give CAP_IPC_LOCK or raise `ulimit -l`", openWithout("ipc_lock"));
    }

    @Test
    void shouldSayThatACapabilityIsMissing() {
        assertEquals("opening an AF_XDP socket is not permitted; run as root or give CAP_NET_RAW",
            openWithout("net_raw"));
    }

    private void assertSentence(final String expected, final String interfaceName, final int queue) {
        final int before = openSockets();
        final XskException e = assertThrows(XskException.class,
            () -> XskSocket.open(interfaceName, queue, umem, XskOptions.DEFAULT));
        assertEquals(expected, e.getMessage());
        assertEquals(before, openSockets(), "sockets left open");
    }

    private static int openSockets() {
        int count = 0;
        for (final File descriptor : new File("/proc/self/fd").listFiles()) {
            try {
                count += Files.readSymbolicLink(descriptor.toPath()).toString().startsWith("socket:") ? 1 : 0;
            } catch (final NoSuchFileException e) {
                assertEquals(descriptor.getPath(), e.getFile(), "the one that listed the directory is closed again");
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return count;
    }

    private String openWithout(final String capability) {
        return namespace.command("prlimit", "--memlock=8388608:8388608",
            "setpriv", "--bounding-set", "-" + capability, "--inh-caps", "-" + capability,
            System.getProperty("java.home") + "/bin/java", "-Xshare:auto", "-XX:TieredStopAtLevel=1",
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-cp", System.getProperty("java.class.path"), OpenOnce.class.getName(), "a0").trim();
    }

    /** Opens a socket in a process of its own and prints the sentence that came of it. */
    static final class OpenOnce {
        private OpenOnce() {
        }

        public static void main(final String[] args) {
            try (Umem umem = Umem.map(32768, 2048, 0);
                XskSocket socket = XskSocket.open(args[0], 0, umem, XskOptions.DEFAULT)) {
                System.out.println("opened " + socket);
            } catch (final XskException e) {
                System.out.println(e.getMessage());
            }
        }
    }
}
