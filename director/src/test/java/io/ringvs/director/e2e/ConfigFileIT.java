package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import org.junit.jupiter.api.Test;

/** The configuration file, and SIGHUP. */
class ConfigFileIT {
    @Test
    void shouldStartByItUnlessTheCommandLineSaysOtherwise() throws IOException {
        try (Lab lab = new Lab()) {
            final Path config = write(lab, "no-io = true\nconn-tab-bits = 16\nmax-connections = 5000\n"
                + "net.ipv4.vs.sloppy_tcp = 1\n");
            final RunningDirector director = RunningDirector.start(
                lab, lab.host("director"), "--config", config.toString(), "--max-connections", "6000");
            assertTrue(director.adm("-Ln").contains("(size=65536)"), director.adm("-Ln"));
            assertTrue(director.status().contains("connections of at most 6000"), director.status());
            assertEquals("1\n", director.command("get", "sloppy_tcp").stdout());
        }
    }

    @Test
    void shouldNameTheLineThatIsWrong() throws IOException {
        try (Lab lab = new Lab()) {
            final Path config = write(lab, "no-io = true\ncolour = red\n");
            final RunningDirector director =
                RunningDirector.launch(lab, lab.host("director"), "--config", config.toString());
            assertEquals(1, director.program().awaitEnd(30));
            assertTrue(director.output().contains("ringvs.conf, line 2: there is no option 'colour'"),
                director.output());
        }
    }

    @Test
    void shouldTakeOverWhatItCanAtSighup() throws IOException {
        try (Lab lab = new Lab()) {
            final Path config = write(lab, "no-io = true\nnet.ipv4.vs.sloppy_tcp = 1\n");
            final RunningDirector director =
                RunningDirector.start(lab, lab.host("director"), "--config", config.toString());
            assertEquals(0, director.command("set", "drop_entry=1").status());

            write(lab, "no-io = true\nmax-connections = 7000\nnet.ipv4.vs.conn_reuse_mode = 3\n");
            hangUp(director);
            Await.until(10, "it was read", () -> director.output().contains("a restart is needed for max-connections"));
            assertEquals("3\n0\n1\n",
                director.command("get", "conn_reuse_mode", "sloppy_tcp", "drop_entry").stdout());

            write(lab, "no-io = true\nnet.ipv4.vs.conn_reuse_mode = 2\nnet.ipv4.vs.drop_entry = 99\n");
            hangUp(director);
            Await.until(10, "it was refused", () -> director.output().contains("nothing was changed: "));
            assertEquals("3\n", director.command("get", "conn_reuse_mode").stdout());
        }
    }

    private static void hangUp(final RunningDirector director) {
        Shell.run("kill", "-HUP", Long.toString(director.program().processId()));
    }

    private static Path write(final Lab lab, final String text) throws IOException {
        return Files.writeString(lab.directory().resolve("ringvs.conf"), text);
    }
}
