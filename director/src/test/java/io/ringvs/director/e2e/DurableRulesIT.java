package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

import org.junit.jupiter.api.Test;

/** Rules that outlive the director, and what becomes of them when their file or its disk is in trouble. */
class DurableRulesIT {
    @Test
    void shouldComeBackAfterAKill() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            final RunningDirector director = started(lab, host);
            director.adm("--set", "800", "0", "200");
            director.adm("-A", "-t", "10.0.0.1:80", "-s", "wrr", "-p", "60", "-M", "255.255.255.0");
            director.adm("-a", "-t", "10.0.0.1:80", "-r", "192.0.2.9:80", "-w", "3", "-x", "100", "-y", "50");
            director.adm("-a", "-t", "10.0.0.1:80", "-r", "192.0.2.1:8080", "-m");
            director.adm("-A", "-f", "7", "-6", "-s", "sh", "-b", "sh-port");
            director.adm(
                "-a", "-f", "7", "-6", "-r", "[2001:db8::9]:0", "-i", "--tun-type", "gue", "--tun-port", "6000");
            assertEquals(0, director.command("set", "conn_reuse_mode=3").status());
            assertEquals(0, director.command("mark", "add", "--dst", "10.0.0.1/32", "--mark", "7").status());
            final String everything = everything(director);
            awaitSaved(director);

            director.program().kill();
            final RunningDirector again = started(lab, host);

            assertEquals(everything, everything(again));
            assertTrue(everything.contains("100") && everything.contains("800 120 200"), everything);
        }
    }

    @Test
    void shouldSaveTheLastChangeWhenItIsToldToEnd() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            final RunningDirector director = started(lab, host);
            for (int port = 1; port <= 50; port++) {
                director.adm("-A", "-t", "10.0.0.1:" + port, "-s", "rr");
            }
            director.program().close();
            assertEquals(50, started(lab, host).adm("-S", "-n").lines().count());
        }
    }

    @Test
    void shouldUseTheLastGoodFileWhenTheNewestIsDamaged() throws IOException {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            final RunningDirector director = started(lab, host);
            director.adm("-A", "-t", "10.0.0.1:80", "-s", "rr");
            awaitSaved(director);
            director.adm("-A", "-t", "10.0.0.1:81", "-s", "rr");
            awaitSaved(director);
            director.program().close();
            final Path rules = rules(lab);
            final String text = Files.readString(rules);
            Files.writeString(rules, text.replace("-A -t 10.0.0.1:80", "-A -t 10.0.0.256:80"));

            final RunningDirector again = started(lab, host);

            assertEquals("-A -t 10.0.0.1:80 -s rr\n", again.adm("-S", "-n"));
            assertTrue(again.output().contains("rules cannot be used: line 3: "), again.output());
            assertTrue(again.status().contains("the rules saved before are in use"), again.status());
            assertTrue(Files.readString(lab.directory().resolve("rules.damaged")).contains("10.0.0.256"));
            awaitSaved(again);
            assertTrue(Files.readString(rules).contains("-A -t 10.0.0.1:80"), Files.readString(rules));
        }
    }

    @Test
    void shouldRefuseToStartWhenNoFileIsGood() throws IOException {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            Files.writeString(rules(lab), "# ringvs rules 1\n-A -t 10.0.0.1:80 -s rr\n");

            final RunningDirector refused = launched(lab, host);

            assertEquals(1, refused.program().awaitEnd(30));
            assertTrue(refused.output().contains("the file was cut off"), refused.output());
            assertTrue(refused.output().contains("mend the file, or move it away"), refused.output());
            assertEquals("# ringvs rules 1\n-A -t 10.0.0.1:80 -s rr\n", Files.readString(rules(lab)));
        }
    }

    @Test
    void shouldStartWithWhatIpvsadmSaved() throws IOException {
        try (Lab lab = new Lab()) {
            Files.writeString(rules(lab), "-A -t 10.0.0.1:http -s rr\n-a -t 10.0.0.1:http -r 192.0.2.1:http -g -w 1\n");
            assertEquals(2, started(lab, lab.host("director")).adm("-S", "-n").lines().count());
        }
    }

    @Test
    void shouldGoOnAndSaveLaterWhenTheDiskIsFull() throws IOException {
        try (Lab lab = new Lab()) {
            final Path disk = Files.createDirectory(lab.directory().resolve("disk"));
            Shell.run("mount", "-t", "tmpfs", "-o", "size=64k", "ringvs-it", disk.toString());
            lab.keep(() -> Shell.run("umount", disk.toString()));
            final RunningDirector director = RunningDirector.start(
                lab, lab.host("director"), "--no-io", "--rules", disk.resolve("rules").toString());
            awaitSaved(director);
            final byte[] filling = new byte[(int) disk.toFile().getUsableSpace()];
            Arrays.fill(filling, (byte) '.');
            Files.write(disk.resolve("filling"), filling);

            director.adm("-A", "-t", "10.0.0.1:80", "-s", "rr");

            Await.until(10, "the status tells it",
                () -> director.status().contains("rules are NOT saved: No space left"));
            assertEquals(1, director.output().split("could not be saved", -1).length - 1, director.output());
            assertEquals("-A -t 10.0.0.1:80 -s rr\n", director.adm("-S", "-n"));
            assertFalse(Files.readString(disk.resolve("rules")).contains("10.0.0.1"));
            Files.delete(disk.resolve("filling"));
            awaitSaved(director);
            assertTrue(Files.readString(disk.resolve("rules")).contains("-A -t 10.0.0.1:80"));
        }
    }

    @Test
    void shouldRefuseASecondDirectorOnTheSameFile() {
        try (Lab lab = new Lab()) {
            final Host host = lab.host("director");
            final RunningDirector first = started(lab, host);
            final RunningDirector second = RunningDirector.launchAt(lab, host, lab.directory().resolve("other.sock"),
                new String[0], "--no-io", "--rules", rules(lab).toString());
            assertNotEquals(0, second.program().awaitEnd(30));
            assertTrue(second.output().contains("another ringvs daemon keeps its rules in"), second.output());
            first.adm("-Ln");
        }
    }

    @Test
    void shouldSaveNothingWhenToldSo() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            director.adm("-A", "-t", "10.0.0.1:80", "-s", "rr");
            assertTrue(director.status().contains("rules are not saved (--no-save)"), director.status());
        }
    }

    private static String everything(final RunningDirector director) {
        return director.adm("-S", "-n") + director.adm("-Ln", "--thresholds") + director.adm("-Ln", "--nosort")
            + director.adm("-L", "--timeout") + director.command("get").stdout()
            + director.command("mark", "list").stdout();
    }

    private static void awaitSaved(final RunningDirector director) {
        Await.until(10, "the rules are saved", () -> director.status().contains("rules are saved in"));
    }

    private static RunningDirector started(final Lab lab, final Host host) {
        return RunningDirector.start(lab, host, "--no-io", "--rules", rules(lab).toString());
    }

    private static RunningDirector launched(final Lab lab, final Host host) {
        return RunningDirector.launch(lab, host, "--no-io", "--rules", rules(lab).toString());
    }

    private static Path rules(final Lab lab) {
        return lab.directory().resolve("rules");
    }
}
