package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;

import org.junit.jupiter.api.Test;

import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Statistics;

class StatisticsEstimatorTest {
    private static final ServiceKey WEB = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);

    private long nowMs;

    @Test
    void shouldAverageConnectionsAsLinuxDoes() throws RuleException {
        try (TestRules test = new TestRules()) {
            final ConfiguredService service = service(test);
            final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, nowMs);
            final long[] shown = new long[20];

            for (int period = 0; period < shown.length; period++) {
                for (int i = 0; i < 100 && period < 10; i++) {
                    test.statistics.countConnection(i % 2, service.statisticsRow());
                }
                run(estimator);
                shown[period] = service.counters().rate(Counters.CONNECTIONS);
            }

            assertArrayEquals(
                new long[] {12, 22, 29, 34, 38, 41, 43, 45, 46, 47, 35, 27, 20, 15, 11, 8, 6, 5, 4, 3}, shown);
            assertEquals(1000, service.counters().value(Counters.CONNECTIONS));
        }
    }

    @Test
    void shouldAverageBytesAsLinuxDoes() throws RuleException {
        try (TestRules test = new TestRules()) {
            final ConfiguredService service = service(test);
            final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, nowMs);
            final long[] shown = new long[6];

            for (int period = 0; period < shown.length; period++) {
                test.statistics.countIn(0, service.statisticsRow(), 2_000_000);
                run(estimator);
                shown[period] = service.counters().rate(Counters.IN_BYTES);
            }

            assertArrayEquals(new long[] {250000, 437500, 578125, 683594, 762695, 822021}, shown);
        }
    }

    @Test
    void shouldShowNothingNewBetweenTwoRuns() throws RuleException {
        try (TestRules test = new TestRules()) {
            final ConfiguredService service = service(test);
            final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, nowMs);
            test.statistics.countOut(1, service.statisticsRow(), 60);

            assertEquals(1, estimator.poll(nowMs + StatisticsEstimator.PERIOD_MS - 1));
            assertEquals(0, service.counters().value(Counters.OUT_PACKETS));

            run(estimator);
            assertEquals(1, service.counters().value(Counters.OUT_PACKETS));
            assertEquals(60, service.counters().value(Counters.OUT_BYTES));
        }
    }

    @Test
    void shouldCountFromZeroGivenZeroed() throws RuleException {
        try (TestRules test = new TestRules()) {
            final ConfiguredService service = service(test);
            final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, nowMs);
            test.statistics.countIn(0, service.statisticsRow(), 100);
            test.statistics.countIn(0, Statistics.TOTAL_ROW, 100);
            run(estimator);

            test.rules.zeroAll();
            assertEquals(0, service.counters().value(Counters.IN_BYTES));
            assertEquals(0, service.counters().rate(Counters.IN_BYTES));
            assertEquals(0, test.rules.totals().value(Counters.IN_BYTES));

            test.statistics.countIn(1, service.statisticsRow(), 7);
            run(estimator);
            assertEquals(7, service.counters().value(Counters.IN_BYTES));
        }
    }

    @Test
    void shouldRunOnceGivenThreadComesLate() throws RuleException {
        try (TestRules test = new TestRules()) {
            service(test);
            final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, nowMs);

            assertEquals(1, estimator.poll(nowMs + 10 * StatisticsEstimator.PERIOD_MS));
        }
    }

    @Test
    void shouldTakeManyServicesInPiecesAndEachOnceInARun() throws RuleException {
        try (TestRules test = new TestRules()) {
            for (int port = 1; port <= StatisticsEstimator.PIECE + 1; port++) {
                test.rules.addService(new ServiceConfig(
                    ServiceKey.ofAddress(WEB.protocol(), WEB.address(), port), "rr", 0, 0, -1, null, List.of()));
            }
            test.rules.services().forEach(each -> test.statistics.countIn(0, each.statisticsRow(), 60));
            final StatisticsEstimator estimator = new StatisticsEstimator(test.rules, nowMs);

            nowMs += StatisticsEstimator.PERIOD_MS;
            assertEquals(StatisticsEstimator.PIECE_MS, estimator.poll(nowMs));
            assertEquals(StatisticsEstimator.PIECE, counted(test));
            assertEquals(1, estimator.poll(nowMs + StatisticsEstimator.PIECE_MS - 1));
            assertEquals(StatisticsEstimator.PIECE, counted(test));
            assertEquals(StatisticsEstimator.PERIOD_MS - StatisticsEstimator.PIECE_MS,
                estimator.poll(nowMs + StatisticsEstimator.PIECE_MS));
            assertEquals(StatisticsEstimator.PIECE + 1, counted(test));
        }
    }

    private static long counted(final TestRules test) {
        return test.rules.services().stream().mapToLong(each -> each.counters().value(Counters.IN_PACKETS)).sum();
    }

    private void run(final StatisticsEstimator estimator) {
        nowMs += StatisticsEstimator.PERIOD_MS;
        estimator.poll(nowMs);
    }

    private static ConfiguredService service(final TestRules test) throws RuleException {
        test.rules.addService(new ServiceConfig(WEB, "rr", 0, 0, -1, null, List.of()));
        return test.rules.service(WEB);
    }
}
