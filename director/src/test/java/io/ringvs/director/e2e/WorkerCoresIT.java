package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Whose the cores are that workers are pinned to. */
class WorkerCoresIT {
    private static final String ALLOWED = "Cpus_allowed_list:\t";

    @Test
    void shouldLeaveAWorkersCoreToIt() throws IOException {
        try (Lab lab = new Lab()) {
            DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab, "--cores", "0");
            int workers = 0;
            try (Stream<Path> tasks = Files.list(Path.of("/proc/" + director.program().processId() + "/task"))) {
                for (final Path task : tasks.toList()) {
                    final List<String> status;
                    try {
                        status = Files.readAllLines(task.resolve("status"));
                    } catch (final NoSuchFileException e) {
                        continue; // a thread of the JVM that has ended
                    }
                    final boolean works = status.contains("Name:\tringvs-worker-0");
                    final String allowed = status.stream().filter(line -> line.startsWith(ALLOWED)).findFirst().get();
                    assertEquals(works, allowed.equals(ALLOWED + 0), status.get(0) + " on " + allowed);
                    assertTrue(works || !allowed.startsWith(ALLOWED + 0), status.get(0) + " on " + allowed);
                    workers += works ? 1 : 0;
                }
            }
            assertEquals(1, workers);
        }
    }
}
