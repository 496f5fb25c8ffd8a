package io.ringvs.xdp;

import static io.ringvs.xdp.TestFrames.IPV4;
import static io.ringvs.xdp.TestFrames.address;
import static io.ringvs.xdp.TestFrames.ethernet;
import static io.ringvs.xdp.TestFrames.ipv4;
import static io.ringvs.xdp.TestFrames.join;
import static io.ringvs.xdp.TestFrames.ports;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What {@link SteeringModelTest} does not tell: when the program takes nothing at all, and how it is attached. */
class LocalServerProgramTest {
    private static final byte[] ANSWER = join(
        ethernet(TestFrames.OTHER_MAC, IPV4), ipv4("10.0.0.1", "198.51.100.7", 6, 0, 0), ports(8080, 40000));

    @Test
    void shouldLetEverythingOutGivenTheDirectorIsDead() {
        try (LocalServerRun program = new LocalServerRun().withSocket()) {
            program.steering.put(SteeringEntry.localServer(address("10.0.0.1"), 6, 8080));
            assertTrue(program.takes(ANSWER));

            program.closeSocket();

            assertFalse(program.takes(ANSWER));
        }
    }

    @Test
    void shouldFollowTheEntries() {
        final SteeringEntry entry = SteeringEntry.localServer(address("10.0.0.1"), 6, 8080);
        try (LocalServerRun program = new LocalServerRun().withSocket()) {
            assertFalse(program.takes(ANSWER));
            program.steering.put(entry);
            assertTrue(program.takes(ANSWER));
            program.steering.remove(entry);
            assertFalse(program.takes(ANSWER));
        }
    }

    @Test
    void shouldReplaceWhatAKilledDaemonLeftAndDetachOnClose() {
        try (TestNamespace namespace = new TestNamespace().withVeth("rvs0", "rvs1");
            SteeringMap steering = SteeringMap.create(64)) {
            namespace.call(() -> {
                try (XdpProgram ingress = XdpProgram.attach("rvs0", steering, AttachOptions.DEFAULT)) {
                    final LocalServerProgram left = LocalServerProgram.attach(ingress, 1);
                    try (LocalServerProgram next = LocalServerProgram.attach(ingress, 1)) {
                        assertEquals(1, filters(namespace), () -> next + " in place of " + left);
                    }
                    assertEquals(0, filters(namespace));
                    left.close();
                }
                return null;
            });
        }
    }

    private static long filters(final TestNamespace namespace) {
        return namespace.inside("tc filter show dev rvs0 egress pref " + LocalServerProgram.PRIORITY).lines()
            .filter(line -> line.contains(LocalServerProgram.NAME)).count();
    }
}
