package io.ringvs.fuzz;

import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What fuzzing begins with, cut off anywhere, and all that it has found: nothing of that is wrong now. */
@Timeout(60)
class CorpusTest {
    static List<Target> targets() throws IOException {
        return Target.all();
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldTakeSeedsAndTheirBeginnings(final Target target) throws Throwable {
        assertFalse(target.seeds().isEmpty());
        for (final Object each : target.seeds()) {
            final byte[] seed = (byte[]) each;
            for (int length = 0; length <= seed.length; length++) {
                target.run(Arrays.copyOf(seed, length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("targets")
    void shouldTakeWhatWasFoundOnce(final Target target) throws Throwable {
        for (final Path finding : target.findings()) {
            target.run(Files.readAllBytes(finding));
        }
    }
}
