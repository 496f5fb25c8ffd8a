package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;

import org.junit.jupiter.api.Test;

class WeightedRoundRobinTest {
    private static final String[][] SEQUENCES = {
        {"4 3 2", "C B A A B A C B A C B A A B A C B A C B A A B A"},
        {"10 20 30", "C B A C C B C B A C C B C B A C C B"},
        {"3 0 2", "C A A C A C A A C A C A A C A C"},
        {"1 1 1", "C B A C B A"},
        {"5 1", "B A A A A A B A A A A A"},
    };

    @Test
    void shouldServeLinuxSequences() {
        for (final String[] sequence : SEQUENCES) {
            try (ServiceUnderTest service = withWeights(sequence[0], 0)) {
                assertEquals(sequence[1], service.next(sequence[1].split(" ").length), sequence[0]);
            }
        }
    }

    @Test
    void shouldServeLinuxSequencesGivenThresholdsForbidLayingThemOut() {
        for (final String[] sequence : SEQUENCES) {
            try (ServiceUnderTest service = withWeights(sequence[0], 1000)) {
                assertEquals(sequence[1], service.next(sequence[1].split(" ").length), sequence[0]);
            }
        }
    }

    @Test
    void shouldServeTheSameGivenServersAreAddedInOneBatch() {
        try (ServiceUnderTest service = new ServiceUnderTest("wrr")) {
            service.batch(() -> service.add("A", 4).add("B", 3).add("C", 2));
            assertEquals("C B A A B A C B A C B A", service.next(12));
        }
    }

    @Test
    void shouldKeepItsPlaceGivenOnlyTheServiceIsEdited() {
        try (ServiceUnderTest service = withWeights("4 3 2", 0)) {
            assertEquals("C B A A B", service.next(5));
            service.editService("wrr", 1);
            assertEquals("A C B A", service.next(4));
        }
    }

    @Test
    void shouldChooseNothingGivenAllQuiesced() {
        try (ServiceUnderTest service = withWeights("4 3", 0)) {
            service.next(3);
            service.weight("A", 0).weight("B", 0);
            assertEquals("- -", service.next(2));
            service.weight("B", 2);
            assertEquals("B B", service.next(2));
        }
    }

    @Test
    void shouldChooseNothingGivenAllOverloadedAndRecover() {
        try (ServiceUnderTest service = withWeights("2 1", 1)) {
            service.live.connectionBound(service.id("A"), false);
            service.live.connectionBound(service.id("B"), false);
            assertEquals("- - -", service.next(3));
            service.live.connectionUnbound(service.id("A"), false);
            assertEquals("A A", service.next(2));
        }
    }

    @Test
    void shouldServeLaidOutTurnsAsTheWalkDoes() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int history = 0; history < 300; history++) {
            try (ServiceUnderTest laidOut = new ServiceUnderTest("wrr");
                ServiceUnderTest walked = new ServiceUnderTest("wrr")) {
                int names = 0;
                for (int step = 0; step < 25; step++) {
                    final int size = laidOut.names().size();
                    final int change = random.nextInt(4);
                    if (size == 0 || change == 0 && size < 8) {
                        final int weight = weight(random);
                        laidOut.add("S" + names, weight);
                        walked.add("S" + names++, weight, 1_000_000, 0);
                    } else if (change == 1) {
                        final String name = laidOut.names().get(random.nextInt(size));
                        laidOut.remove(name);
                        walked.remove(name);
                    } else if (change == 2) {
                        final String name = laidOut.names().get(random.nextInt(size));
                        final int weight = weight(random);
                        laidOut.edit(name, weight, 0, 0);
                        walked.edit(name, weight, 1_000_000, 0);
                    } else {
                        laidOut.editService("wrr", step);
                        walked.editService("wrr", step);
                    }
                    final int choices = random.nextInt(60);
                    assertEquals(walked.next(choices), laidOut.next(choices), "seed " + seed);
                }
            }
        }
    }

    private static int weight(final Random random) {
        return random.nextInt(5) == 0 ? 0 : random.nextBoolean() ? 1 + random.nextInt(7) : 6 * random.nextInt(5);
    }

    private static ServiceUnderTest withWeights(final String weights, final int upper) {
        final ServiceUnderTest service = new ServiceUnderTest("wrr");
        char name = 'A';
        for (final String weight : weights.split(" ")) {
            service.add(String.valueOf(name++), Integer.parseInt(weight), upper, 0);
        }
        return service;
    }
}
