package io.ringvs.xdp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Attaching to real interfaces, veth pairs in a namespace of the test's own. */
class XdpProgramTest {
    private TestNamespace namespace;
    private SteeringMap steering;

    @BeforeEach
    void createNamespace() {
        namespace = new TestNamespace().withVeth("rvs0", "rvs1");
        steering = SteeringMap.create(64);
    }

    @AfterEach
    void deleteNamespace() {
        steering.close();
        namespace.close();
    }

    private XdpProgram attach(final AttachOptions options) {
        return namespace.call(() -> XdpProgram.attach("rvs0", steering, options));
    }

    private String link() {
        return namespace.inside("ip link show rvs0");
    }

    private XdpException assertRefused(final AttachOptions options) {
        return assertThrows(XdpException.class, () -> attach(options).close());
    }

    @Test
    void shouldAttachNativelyAndDetachOnClose() {
        try (XdpProgram program = attach(AttachOptions.DEFAULT)) {
            assertEquals(AttachMode.NATIVE, program.mode());
            assertEquals("", program.fallbackReason());
            assertEquals("rvs0", program.interfaceName());
            assertTrue(link().contains(" xdp "), this::link);
        }
        assertFalse(link().contains("xdp"), this::link);
    }

    @Test
    void shouldCountWhatPassesTheInterface() {
        try (XdpProgram program = attach(AttachOptions.DEFAULT)) {
            assertEquals(0, program.counters().get(XdpVerdict.PASS_NOT_IP));
            namespace.inside("ip addr add 10.99.0.2/24 dev rvs1");

            namespace.call(() -> {
                try (DatagramSocket socket = new DatagramSocket()) {
                    socket.send(new DatagramPacket(new byte[1], 1, TestFrames.address("10.99.0.77"), 9));
                }
                return null;
            });

            final long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
            while (program.counters().get(XdpVerdict.PASS_NOT_IP) == 0) {
                assertTrue(System.nanoTime() < deadline, () -> "no ARP request seen: " + program.counters().getAll());
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void shouldAttachInGenericModeGivenOnlyThatIsAsked() {
        try (XdpProgram program = attach(AttachOptions.DEFAULT.withModes(AttachMode.GENERIC))) {
            assertEquals(AttachMode.GENERIC, program.mode());
            assertTrue(link().contains("xdpgeneric"), this::link);
        }
        assertFalse(link().contains("xdp"), this::link);
    }

    @Test
    void shouldFallBackToGenericModeAndSayWhyGivenDriverHasNoNativeXdp() {
        namespace.inside("ip link add rvsd type bridge");
        try (XdpProgram program = namespace.call(
            () -> XdpProgram.attach("rvsd", steering, AttachOptions.DEFAULT))) {
            assertEquals(AttachMode.GENERIC, program.mode());
            assertEquals("driver bridge has no native XDP", program.fallbackReason());
        }
    }

    @Test
    void shouldSayWhyGivenNoModeIsPossible() {
        namespace.inside("ip link set rvs0 mtu 9000");
        namespace.inside("ip link set rvs1 mtu 9000");

        final XdpException e = assertRefused(AttachOptions.DEFAULT.withModes(AttachMode.NATIVE));

        assertTrue(e.getMessage().startsWith("the steering program could not be attached to rvs0: driver veth refuses"
            + " native XDP with the present settings, often because of an MTU (now 9000) above one page: "),
            e::getMessage);
        assertFalse(link().contains("xdp"), this::link);
    }

    @Test
    void shouldRefuseGivenAnotherRingvsLivesOnTheInterface() {
        try (XdpProgram first = attach(AttachOptions.DEFAULT)) {
            final XdpException e = assertRefused(AttachOptions.DEFAULT);

            assertEquals("rvs0 is already steered by another RingVS, process " + ProcessHandle.current().pid()
                + ": stop that one, or use --force to take the interface over", e.getMessage());
            assertTrue(link().contains(" xdp "), () -> first.interfaceName() + " keeps its program: " + link());
        }
    }

    @Test
    void shouldTakeOverFromAnotherRingvsGivenForce() {
        final XdpProgram first = attach(AttachOptions.DEFAULT);
        try (XdpProgram second = attach(AttachOptions.DEFAULT.withForce(true))) {
            first.close();
            assertTrue(link().contains(" xdp "), "closing the displaced one leaves the other alone");
            assertEquals(AttachMode.NATIVE, second.mode());
        }
        assertFalse(link().contains("xdp"), this::link);
    }

    @Test
    void shouldRefuseForeignProgramUnlessForced() {
        for (final String mode : List.of("xdp", "xdpgeneric")) {
            namespace.inside("ip link set dev rvs0 " + mode + " object " + foreignObject() + " section xdp");
            final String before = link();

            final XdpException e = assertRefused(AttachOptions.DEFAULT);
            assertTrue(e.getMessage().matches("rvs0 already runs the XDP program rvs_foreign \\(id \\d+\\), which is"
                + " not RingVS's: detach it, or use --force to displace it"), e::getMessage);
            assertEquals(before, link(), "the foreign program is left as it was");

            try (XdpProgram program = attach(AttachOptions.DEFAULT.withForce(true))) {
                assertEquals(AttachMode.NATIVE, program.mode());
            }
            assertFalse(link().contains("xdp"), this::link);
        }
    }

    @Test
    void shouldNotCallProgramForeignGivenItsNameCannotBeRead() {
        final XdpOccupant unnamed = new XdpOccupant(1, Integer.MAX_VALUE, "");

        assertEquals("eth0 already runs XDP program id 2147483647 (its name needs CAP_SYS_ADMIN to be read): stop what"
            + " attached it, or use --force to displace it", unnamed.refusal("eth0"));
        assertTrue(unnamed.mayBeRingvs(), "it is waited for, as it may be a killed daemon's");
    }

    /** An XDP program that only passes, compiled here: some other tool's. */
    private static Path foreignObject() {
        final Path object = Path.of("target", "rvs-foreign.o").toAbsolutePath();
        TestNamespace.sh("printf '%s' 'int rvs_foreign(void *c) __attribute__((section(\"xdp\")));"
            + " int rvs_foreign(void *c) { return 2; }"
            + " char l[] __attribute__((section(\"license\"))) = \"GPL\";'"
            + " | clang -O2 -g -target bpf -x c -c - -o " + object);
        return object;
    }

    @Test
    void shouldLeaveNothingBehindGivenDaemonIsKilled() throws IOException, InterruptedException {
        final Process daemon = startDaemon();
        assertTrue(link().contains(" xdp "), this::link);
        final XdpException refused = assertRefused(AttachOptions.DEFAULT);
        assertTrue(refused.getMessage().contains("process " + daemon.pid() + ":"), refused::getMessage);

        daemon.destroyForcibly();

        // At once, while the kernel may still be taking the dead daemon apart.
        try (XdpProgram program = attachOnceDead(daemon)) {
            assertEquals(AttachMode.NATIVE, program.mode());
        }
        assertFalse(link().contains("xdp"), this::link);
    }

    private XdpProgram attachOnceDead(final Process daemon) throws InterruptedException {
        assertEquals(128 + 9, daemon.waitFor());
        return attach(AttachOptions.DEFAULT);
    }

    private Process startDaemon() throws IOException {
        final Process daemon = new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "--add-opens", "java.base/jdk.internal.misc=ALL-UNNAMED",
            "-cp", System.getProperty("java.class.path"), AttachAndWait.class.getName(), namespace.name, "rvs0")
            .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        final BufferedReader out = new BufferedReader(
            new InputStreamReader(daemon.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("attached", out.readLine());
        return daemon;
    }

    @Test
    void shouldRefuseAbsentAndUnsuitableInterfaces() {
        assertEquals("there is no interface rvs7 in this network namespace; 'ip link' lists them",
            assertThrows(XdpException.class, () -> namespace.call(
                () -> XdpProgram.attach("rvs7", steering, AttachOptions.DEFAULT))).getMessage());
        assertEquals("'an-interface-name' is no interface name: those have 1 to 15 characters",
            assertThrows(XdpException.class, () -> InterfaceProbe.of("an-interface-name")).getMessage());
        assertEquals("lo carries no Ethernet frames, which an XDP program of RingVS needs",
            assertThrows(XdpException.class, () -> namespace.call(
                () -> XdpProgram.attach("lo", steering, AttachOptions.DEFAULT))).getMessage());
    }

    @Test
    void shouldProbeInterface() {
        // the kernel tells that a new link runs a moment after it was set up
        namespace.inside("timeout 10 sh -c 'until grep -q up /sys/class/net/rvs0/operstate; do :; done'");
        final InterfaceProbe up = namespace.call(() -> InterfaceProbe.of("rvs0"));
        assertEquals("02:00:00:00:00:01", up.macAddress());
        assertEquals(1, up.mac()[5]);
        assertEquals(1500, up.mtu());
        assertTrue(up.up() && up.running() && up.ethernet());
        assertEquals(2, up.queues());
        assertEquals("veth", up.driver());
        assertEquals(namespace.inside("cat /sys/class/net/rvs0/ifindex").trim(), String.valueOf(up.index()));

        namespace.inside("ethtool -K rvs0 rxvlan on");
        assertTrue(namespace.call(() -> InterfaceProbe.of("rvs0")).untagging());
        namespace.inside("ethtool -K rvs0 rxvlan off");
        assertFalse(namespace.call(() -> InterfaceProbe.of("rvs0")).untagging());

        namespace.inside("ip link set rvs1 down");
        assertFalse(namespace.call(() -> InterfaceProbe.of("rvs0")).running());
        namespace.inside("ip link set rvs0 down");
        assertFalse(namespace.call(() -> InterfaceProbe.of("rvs0")).up());
    }
}
