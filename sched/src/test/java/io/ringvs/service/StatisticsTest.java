package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatisticsTest {
    private final Statistics statistics = new Statistics(2, 3);

    @AfterEach
    void close() {
        statistics.close();
    }

    @Test
    void shouldSumWhatEachWorkerCounts() {
        final int row = statistics.allocate();
        statistics.countConnection(0, row);
        statistics.countConnection(1, row);
        statistics.countIn(0, row, 60);
        statistics.countIn(1, row, 1500);
        statistics.countOut(1, row, 40);
        assertEquals(2, statistics.sum(row, Statistics.CONNECTIONS));
        assertEquals(2, statistics.sum(row, Statistics.IN_PACKETS));
        assertEquals(1560, statistics.sum(row, Statistics.IN_BYTES));
        assertEquals(1, statistics.sum(row, Statistics.OUT_PACKETS));
        assertEquals(40, statistics.sum(row, Statistics.OUT_BYTES));
        assertEquals(0, statistics.sum(Statistics.TOTAL_ROW, Statistics.IN_PACKETS));
    }

    @Test
    void shouldGiveAReleasedRowOutAgainAtZero() {
        final int row = statistics.allocate();
        statistics.countIn(1, row, 60);
        statistics.release(row);
        assertEquals(row, statistics.allocate());
        assertEquals(0, statistics.sum(row, Statistics.IN_PACKETS));
    }

    @Test
    void shouldSayThatItIsFull() {
        statistics.allocate();
        statistics.allocate();
        final String message = assertThrows(IllegalStateException.class, statistics::allocate).getMessage();
        assertEquals("all 3 counter rows are in use", message);
    }
}
