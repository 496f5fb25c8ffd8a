package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** What the running director may do, and who may tell it what to do. */
class PrivilegesIT {
    /** CAP_NET_ADMIN and CAP_BPF. */
    private static final String KEPT = "0000008000001000";
    private static final String[] NOBODY = {"setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"};
    private static final String[] IN_GROUP = {"setpriv", "--reuid", "65534", "--regid", "daemon", "--clear-groups"};

    @Test
    void shouldHoldNoCapabilityInAnyThreadThatItDoesNotNeed() throws IOException {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            assertTrue(director.status().contains("capabilities held: CAP_NET_ADMIN, CAP_BPF\n"), director.status());
            assertTrue(director.output().contains("capabilities held: CAP_NET_ADMIN, CAP_BPF"), director.output());
            int threads = 0;
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + director.program().processId() + "/task"))) {
                for (final Path task : tasks.toList()) {
                    final List<String> status = Files.readAllLines(task.resolve("status"));
                    assertTrue(status.contains("CapPrm:\t" + KEPT), task + ": " + status);
                    assertTrue(status.contains("CapEff:\t" + KEPT), task + ": " + status);
                    assertTrue(status.contains("CapInh:\t0000000000000000"), task + ": " + status);
                    assertTrue(status.contains("NoNewPrivs:\t1"), task + ": " + status);
                    threads++;
                }
            }
            assertTrue(threads > 10, "these are not all threads of a JVM: " + threads);

            // and it can still do all that it has to
            director.adm("-A", "-t", "192.168.1.10:80", "-s", "rr");
            director.adm("-a", "-t", "192.168.1.10:80", "-r", "192.168.1.220:80", "-g");
            assertEquals("rs1", client.curl("http://192.168.1.10/"));
            director.program().close();
            assertTrue(!lab.named("director").run("ip", "link", "show", "eth0").contains("xdp"));
        }
    }

    @Test
    void shouldPutThreadThatEndsSafepointsFirstAndCompilerAndCollectorLast() throws IOException {
        try (Lab lab = new Lab()) {
            DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            final Map<String, String> niceAndPolicy = new HashMap<>();
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + director.program().processId() + "/task"))) {
                for (final Path task : tasks.toList()) {
                    // proc_pid_stat(5): the name is field 2, in parentheses, nice 19, the policy 41
                    final String stat = Files.readString(task.resolve("stat"));
                    final int nameEnd = stat.lastIndexOf(')');
                    final String[] fields = stat.substring(nameEnd + 2).split(" ");
                    niceAndPolicy.put(stat.substring(stat.indexOf('(') + 1, nameEnd), fields[16] + " " + fields[38]);
                }
            }

            assertEquals("0 1", niceAndPolicy.get("VM Thread"), niceAndPolicy.toString());
            assertEquals("10 0", niceAndPolicy.get("C2 CompilerThre"), niceAndPolicy.toString());
            assertEquals("10 0", niceAndPolicy.get("ZWorker#0"), niceAndPolicy.toString());
            assertEquals("0 0", niceAndPolicy.get("ringvs-control"), niceAndPolicy.toString());
            assertEquals("0 0", niceAndPolicy.get("ringvs-worker-0"), niceAndPolicy.toString());
        }
    }

    @Test
    void shouldRefuseOthersWhateverTheModeOfTheSocketIs() throws IOException {
        try (Lab lab = new Lab()) {
            final RunningDirector director = open(lab, "--no-io");
            Files.setPosixFilePermissions(director.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));

            final Shell.Answer refused = director.attemptAs(NOBODY, "-C");

            assertEquals(255, refused.status(), refused.toString());
            assertTrue(refused.stderr().contains("only root, root may") || refused.stderr().contains("only root"),
                refused.stderr());
            assertTrue(director.output().contains("Refused: user nobody"), director.output());
            assertTrue(director.attempt("-Ln").succeeded());
        }
    }

    @Test
    void shouldAdmitTheGroupItWasGiven() throws IOException {
        try (Lab lab = new Lab()) {
            final RunningDirector director = open(lab, "--no-io", "--socket-group", "daemon");
            assertEquals("rw-rw----",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(director.socket())));
            assertEquals(0, director.attemptAs(IN_GROUP, "-Ln").status());
            Files.setPosixFilePermissions(director.socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
            assertTrue(director.attemptAs(NOBODY, "-Ln").stderr().contains("and members of the group daemon may"));
        }
    }

    @Test
    void shouldNameAGroupThatDoesNotExist() {
        try (Lab lab = new Lab()) {
            final RunningDirector director =
                RunningDirector.launch(lab, lab.host("director"), "--no-io", "--socket-group", "nope");
            assertEquals(1, director.program().awaitEnd(30));
            assertTrue(director.output().contains("there is no group 'nope'"), director.output());
        }
    }

    /** In a directory, and with a client program, that anybody may enter. */
    private static RunningDirector open(final Lab lab, final String... options) throws IOException {
        Files.setPosixFilePermissions(lab.directory(), PosixFilePermissions.fromString("rwxr-xr-x"));
        return RunningDirector.start(lab, lab.host("director"), options);
    }
}
