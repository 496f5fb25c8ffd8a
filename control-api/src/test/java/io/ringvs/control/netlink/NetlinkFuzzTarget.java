package io.ringvs.control.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.control.TestRules;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.HostNames;
import io.ringvs.control.adm.ServiceNames;

/** Any bytes are a datagram: it is answered or ignored, and who is refused has changed nothing. */
public final class NetlinkFuzzTarget {
    private static final int ERROR = 2;
    private static final int HIGHEST_ERRNO = 133;
    private static final long TRASH_LIFE_MS = 120_000;
    private static final TestConversation PROGRAM = new TestConversation();
    private static final TestRules RESTORED = new TestRules();
    private static long nowMs;

    private NetlinkFuzzTarget() {
    }

    /** Good requests, of every command. */
    public static List<byte[]> seeds() {
        return NetlinkFuzzTest.SEEDS;
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        reset(PROGRAM.test);
        PROGRAM.ask(new TestRequest().nest(1, TestRequest.fullService()).message(1, TestRequest.ACKNOWLEDGED));
        PROGRAM.ask(new TestRequest().nest(1, TestRequest.service()).nest(2, TestRequest.fullDestination())
            .message(5, TestRequest.ACKNOWLEDGED));
        take(PROGRAM, data);
        shouldBeSavable(PROGRAM);
    }

    /** The answers to a datagram; what they must be like is checked. */
    static List<TestConversation.Answer> take(final TestConversation program, final byte[] datagram) {
        final long version = program.test.rules.version();
        final List<TestConversation.Answer> answers = program.ask(datagram);
        boolean refused = !answers.isEmpty();
        for (final TestConversation.Answer answer : answers) {
            assertEquals(TestConversation.PORT, answer.port());
            final int errno = answer.type() == ERROR ? answer.errno() : 0;
            assertTrue(errno >= 0 && errno <= HIGHEST_ERRNO, "errno " + errno);
            refused &= errno != 0;
        }
        if (!program.changed() || refused && isOneMessage(datagram)) {
            assertEquals(version, program.test.rules.version(), "a refused request has changed something");
        }
        return answers;
    }

    private static boolean isOneMessage(final byte[] datagram) {
        return (datagram[0] & 0xff | (datagram[1] & 0xff) << 8 | datagram[2] << 16 | datagram[3] << 24)
            == datagram.length;
    }

    private static void reset(final TestRules test) {
        test.rules.flush();
        nowMs += TRASH_LIFE_MS;
        test.rules.scanTrash(nowMs);
    }

    /** Whatever the requests have made, ipvsadm's language can say. */
    static void shouldBeSavable(final TestConversation program) {
        // two faults of ipvsadm's -S, which rules on disk do not have: negative marks, and flags without a name
        final String saved =
            adm(program.test, "-Sn", "").replaceAll("(?m)^.* -f -.*\n", "").replaceAll("(?m) -b $", "");
        reset(RESTORED);
        assertEquals("", adm(RESTORED, "-R", saved));
        assertEquals(saved.lines().sorted().toList(), adm(RESTORED, "-Sn", "").lines().sorted().toList());
    }

    private static String adm(final TestRules test, final String option, final String stdin) {
        final AdmEnvironment environment =
            new AdmEnvironment(test.rules, ConnectionSource.NONE, 4096, new ServiceNames(List.of()));
        try (ControlSession session = environment.session(HostNames.NONE, "ipvsadm", List.of(option))) {
            while (session.advance() == ControlSession.Step.INPUT) {
                session.input(stdin);
            }
            return session.out().append(session.err()).toString();
        }
    }
}
