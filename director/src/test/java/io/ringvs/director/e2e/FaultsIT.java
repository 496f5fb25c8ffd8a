package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;

import org.junit.jupiter.api.Test;

/** What an operator gets wrong, and what a machine lacks: one clear sentence each, and nothing left behind. */
class FaultsIT {
    @Test
    void shouldNameAnAbsentInterface() {
        shouldRefuse("there is no interface nope0", host -> { }, "--interface", "nope0");
    }

    @Test
    void shouldNameAnInterfaceThatIsDown() {
        shouldRefuse("eth0 is down", host -> host.run("ip", "link", "set", "eth0", "down"), "--interface", "eth0");
    }

    @Test
    void shouldNameAnMtuTooBigForAFrame() {
        shouldRefuse("MTU of eth0", host -> host.run("ip", "link", "set", "eth0", "mtu", "9000"),
            "--interface", "eth0");
    }

    @Test
    void shouldNameTheCapabilityThatIsMissing() {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            final RunningDirector director = RunningDirector.launchUnder(
                lab, host, new String[] {"setpriv", "--bounding-set", "-net_admin,-bpf,-sys_admin"},
                "--interface", "eth0");
            assertNotEquals(0, director.program().awaitEnd(30));
            assertTrue(director.output().contains("CAP_"), director.output());
        }
    }

    @Test
    void shouldRefuseASecondDirectorOnTheSameInterface() {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            RunningDirector.start(lab, host, "--interface", "eth0");
            final RunningDirector second = RunningDirector.launchAt(
                lab, host, lab.directory().resolve("other.sock"), new String[0], "--interface", "eth0");
            assertNotEquals(0, second.program().awaitEnd(30));
            assertTrue(second.output().contains("eth0"), second.output());
        }
    }

    @Test
    void shouldRefuseASecondDirectorOnTheSameSocket() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            final RunningDirector first = RunningDirector.start(lab, host, "--no-io");
            final RunningDirector second = RunningDirector.launch(lab, host, "--no-io");
            assertNotEquals(0, second.program().awaitEnd(30));
            assertTrue(second.output().contains("already"), second.output());
            first.adm("-Ln");
        }
    }

    @Test
    void shouldFallBackToGenericModeAndSayIt() {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            lab.cableMtu(lab.lastCable(), 3700); // a peer of more than about 3500 bytes keeps veth from native XDP
            final RunningDirector director =
                RunningDirector.start(lab, host, "--interface", "eth0");
            assertTrue(director.status().contains("steering in generic mode (driver veth"), director.status());
        }
    }

    @Test
    void shouldApplyNothingOfACorruptRuleFile() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            final String rules = director.adm("-S", "-n");
            final Shell.Answer answer = director.attemptWithInput(
                "-A -t 192.168.1.10:80 -s rr\n-a -t 192.168.1.10:80 -r nonsense:x -g\n", "-R", "--atomic");
            assertNotEquals(0, answer.status());
            assertTrue(answer.stderr().contains("line 2"), "no line number: " + answer.stderr());
            assertEquals(rules, director.adm("-S", "-n"));
        }
    }

    @Test
    void shouldLeaveNoProgramAndNoSocketBehind() {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            final RunningDirector director = RunningDirector.start(lab, host, "--interface", "eth0");
            assertTrue(host.run("ip", "link", "show", "eth0").contains("xdp"));
            director.close();
            assertFalse(host.run("ip", "link", "show", "eth0").contains("xdp"));
            assertFalse(director.hasSocket());
        }
    }

    @Test
    void shouldTellClientsThatNoDirectorRuns() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            director.close();
            final Shell.Answer answer = director.attempt("-Ln");
            assertEquals(2, answer.status());
            assertTrue(answer.stderr().contains("ringvs run"), answer.stderr());
        }
    }

    private static void shouldRefuse(final String sentence, final Consumer<Host> fault, final String... options) {
        try (Lab lab = new Lab()) {
            final Host host = plugged(lab);
            fault.accept(host);
            final RunningDirector director = RunningDirector.launch(lab, host, options);
            assertNotEquals(0, director.program().awaitEnd(30));
            assertTrue(director.output().contains(sentence), director.output());
            assertFalse(director.hasSocket(), "a director that did not start left its socket");
        }
    }

    private static Host plugged(final Lab lab) {
        lab.segment("br0");
        final Host host = lab.host("director");
        lab.plug(host, "eth0", "br0", "192.168.1.213/24");
        return host;
    }
}
