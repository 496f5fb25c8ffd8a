package io.ringvs.snapshot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class NeighbourRequestsTest {
    @Test
    void shouldGiveEachDestinationOnceGivenRepeatedRequests() {
        final NeighbourRequests requests = new NeighbourRequests(200);
        requests.request(130);
        requests.request(3);
        requests.request(130);

        final List<Integer> drained = new ArrayList<>();
        assertEquals(2, requests.drain(drained::add));
        assertEquals(List.of(3, 130), drained);
        assertEquals(0, requests.drain(drained::add));
    }

    @Test
    @Timeout(20)
    void shouldLoseNoRequestGivenConcurrentDrain() throws InterruptedException {
        final int destinations = 4096;
        final NeighbourRequests requests = new NeighbourRequests(destinations);
        final AtomicInteger running = new AtomicInteger(2);
        final Thread[] workers = new Thread[2];
        for (int w = 0; w < workers.length; w++) {
            final int first = w;
            workers[w] = new Thread(() -> {
                for (int id = first; id < destinations; id += 2) {
                    requests.request(id);
                }
                running.decrementAndGet();
            });
            workers[w].start();
        }

        final BitSet drained = new BitSet();
        while (running.get() > 0) {
            requests.drain(drained::set);
        }
        for (final Thread worker : workers) {
            worker.join();
        }
        requests.drain(drained::set);
        assertEquals(destinations, drained.cardinality());
    }
}
