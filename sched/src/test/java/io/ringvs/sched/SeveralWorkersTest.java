package io.ringvs.sched;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerArray;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** rr and wrr keep the turns exact however many workers take them. */
class SeveralWorkersTest {
    @ParameterizedTest
    @CsvSource({"rr, 0", "wrr, 0", "wrr, 1000000"})
    void shouldGiveEveryServerExactlyItsTurns(final String scheduler, final int upper) throws Exception {
        final int workers = 4;
        final int rounds = 3_000;
        final int[] weights = {1, 2, 3, 4};
        try (ServiceUnderTest service = new ServiceUnderTest(scheduler)) {
            service.batch(() -> {
                for (int i = 0; i < weights.length; i++) {
                    service.add(String.valueOf(i), weights[i], upper, 0);
                }
            });
            // wrr begins inside its first cycle; both cycles' lengths divide the number of choices
            final int cycle = scheduler.equals("rr") ? 4 : 10;
            final AtomicIntegerArray chosen = new AtomicIntegerArray(weights.length);
            final List<Thread> threads = new ArrayList<>();
            for (int worker = 0; worker < workers; worker++) {
                final Thread thread = new Thread(() -> {
                    final SchedulingRequest request = new SchedulingRequest();
                    for (int i = 0; i < rounds * cycle; i++) {
                        chosen.getAndIncrement(service.scheduler().select(request));
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (final Thread thread : threads) {
                thread.join();
            }
            for (int i = 0; i < weights.length; i++) {
                assertEquals(workers * rounds * (scheduler.equals("rr") ? 1 : weights[i]), chosen.get(i));
            }
        }
    }
}
