package io.ringvs.xdp;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.linux.Capability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Loading, what is said when it fails, and what C and Java must have in common. */
class SteeringProgramTest {
    private static final Path HEADER = Path.of("src", "main", "bpf", "steer.h");

    @Test
    void shouldListVerdictsInTheOrderOfTheHeader() throws IOException {
        final String header = Files.readString(HEADER);
        final int start = header.indexOf("enum steer_verdict {");
        final String[] names = header.substring(header.indexOf('{', start) + 1, header.indexOf('}', start))
            .replaceAll("\\s", "").split(",");

        assertEquals("STEER_VERDICTS", names[names.length - 1]);
        assertArrayEquals(Arrays.copyOf(names, names.length - 1),
            Arrays.stream(XdpVerdict.values()).map(Enum::name).toArray());
    }

    @Test
    void shouldShareFlagsAndDirectionsWithTheHeader() throws IOException {
        final String header = Files.readString(HEADER);

        assertEquals(SteeringLayout.SERVICE_STEER, constant(header, "SERVICE_STEER"));
        assertEquals(1 << SteeringLayout.TCP, constant(header, "ADDRESS_SERVED_TCP"));
        assertEquals(1 << SteeringLayout.UDP, constant(header, "ADDRESS_SERVED_UDP"));
        assertEquals(1 << SteeringLayout.SCTP, constant(header, "ADDRESS_SERVED_SCTP"));
        assertEquals(SteeringLayout.ANY_PORT_SHIFT, constant(header, "ANY_PORT_SHIFT"));
        assertEquals(SteeringLayout.ADDRESS_ICMP_ERRORS, constant(header, "ADDRESS_ICMP_ERRORS"));
        assertEquals(SteeringLayout.CONFIG_SERVER_REPLIES, constant(header, "CONFIG_SERVER_REPLIES"));
        assertEquals(SteeringLayout.CONFIG_LOCAL_SERVERS, constant(header, "CONFIG_LOCAL_SERVERS"));
        for (final SteeringEntry.Direction direction : SteeringEntry.Direction.values()) {
            assertTrue(header.contains("STEER_" + direction + " = " + direction.ordinal() + ","), direction::name);
        }
    }

    private static int constant(final String header, final String name) {
        final Matcher matcher = Pattern.compile("#define " + name + "\\s+(\\w+)").matcher(header);
        assertTrue(matcher.find(), name);
        return Integer.decode(matcher.group(1).replace("u", ""));
    }

    @Test
    void shouldSayWhichPackageToInstallGivenNoLibbpf() {
        assertEquals(
            "librvs-absent.so.1 was not found: install libbpf 1.0 or newer (Debian: apt-get install libbpf1)",
            assertThrows(XdpException.class, () -> Bpf.open("librvs-absent.so.1")).getMessage());
    }

    @Test
    void shouldNameTheMissingCapability() {
        final EnumSet<Capability> needed =
            EnumSet.of(Capability.CAP_BPF, Capability.CAP_PERFMON, Capability.CAP_NET_ADMIN);
        for (final Capability missing : needed) {
            final EnumSet<Capability> others = EnumSet.copyOf(needed);
            others.remove(missing);
            final String message = assertThrows(
                XdpException.class, () -> Bpf.requireCapabilities(others)).getMessage();
            assertTrue(message.startsWith(missing + " is missing, needed for "), message);
        }
        Bpf.requireCapabilities(needed);
        Bpf.requireCapabilities(EnumSet.of(Capability.CAP_SYS_ADMIN, Capability.CAP_NET_ADMIN));
    }

    @Test
    void shouldQuoteLibbpfGivenObjectIsCorrupt() {
        try (SteeringMap steering = SteeringMap.create(16)) {
            final XdpException e = assertThrows(
                XdpException.class, () -> SteeringProgram.load(steering, new byte[200]));
            assertTrue(e.getMessage().startsWith("libbpf cannot read the steering program\n    libbpf: "),
                e::getMessage);
        }
    }

    @Test
    void shouldQuoteVerifierGivenProgramIsNotAccepted() throws IOException {
        final Path object = Path.of("target", "rvs-rejected.o").toAbsolutePath();
        final Path source = Path.of("target", "rvs-rejected.c").toAbsolutePath();
        Files.writeString(source, Files.readString(Path.of("src", "main", "bpf", "steer.bpf.c"))
            .replace("__u32 queue = context->rx_queue_index;",
                "__u32 queue = *(__u32 *)((void *)(long)context->data + 4000);"));
        TestNamespace.sh("clang -O2 -g -target bpf -I/usr/include/$(uname -m)-linux-gnu -Isrc/main/bpf -c " + source
            + " -o " + object);
        try (SteeringMap steering = SteeringMap.create(16)) {
            final XdpException e = assertThrows(
                XdpException.class, () -> SteeringProgram.load(steering, Files.readAllBytes(object)));
            assertTrue(e.getMessage().startsWith("the kernel did not accept the steering program (Permission denied"),
                e::getMessage);
            assertTrue(e.getMessage().contains("invalid access to packet"), e::getMessage);
        }
    }

    @Test
    void shouldRefuseQueuesAndDescriptorsThatCannotBe() {
        try (ProgramRun run = new ProgramRun()) {
            assertThrows(IllegalArgumentException.class, () -> run.xskMap.put(-1, 0));
            assertThrows(IllegalArgumentException.class, () -> run.xskMap.remove(XskMap.MAX_QUEUES));
            assertEquals("descriptor 0 is no AF_XDP socket, so queue 3 cannot be handed to it",
                assertThrows(XdpException.class, () -> run.xskMap.put(3, 0)).getMessage());
            assertThrows(IllegalArgumentException.class, () -> run.hostMacs.setOwn(new byte[5]));
        }
    }
}
