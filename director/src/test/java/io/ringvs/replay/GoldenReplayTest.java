package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.Set;
import java.util.stream.Stream;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Replays every record of a Linux director; see {@code golden/README.md} among the resources. */
class GoldenReplayTest {
    private static final int SCENARIOS = 133;
    private static GoldenRecords records;

    @BeforeAll
    static void open() {
        records = new GoldenRecords();
    }

    @AfterAll
    static void close() throws IOException {
        records.close();
    }

    @Test
    void shouldHaveEveryScenario() throws IOException {
        assertEquals(SCENARIOS, records.names().size());
        for (final String name : GoldenRecords.notYet()) {
            assertTrue(records.names().contains(name), "not-yet.txt names " + name + ", which is no scenario");
        }
    }

    @TestFactory
    Stream<DynamicTest> shouldReplayAsLinuxDid() throws IOException {
        final Set<String> notYet = GoldenRecords.notYet();
        return records.names().stream()
            .map(name -> DynamicTest.dynamicTest(name, () -> replay(name, notYet.contains(name))));
    }

    private static void replay(final String name, final boolean differsYet) throws ReplayException {
        final Scenario record = new ScenarioFolder(records.folder(name)).read();
        final String difference = difference(record);
        if (differsYet) {
            assertNotNull(difference, name + " replays equal now: take it off not-yet.txt");
        } else {
            assertNull(difference, name);
        }
    }

    private static String difference(final Scenario record) throws ReplayException {
        final Recording got;
        try {
            got = Replay.run(record);
        } catch (final ReplayException cannot) {
            return cannot.getMessage();
        }
        return RecordComparison.difference(record, got);
    }
}
