package io.ringvs.bench;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import org.junit.jupiter.api.Test;

class ClassPathTest {
    @Test
    void shouldHaveChronicleMapButNotItsAnalyticsThatReportOverTheNetwork() {
        final ClassLoader loader = getClass().getClassLoader();
        assertNotNull(loader.getResource("net/openhft/chronicle/map/ChronicleMap.class"));
        for (final String entry : System.getProperty("java.class.path").split(":")) {
            assertFalse(entry.contains("analytics"), entry);
        }
        assertFalse(loader.resources("net/openhft/chronicle/analytics/Analytics.class").findAny().isPresent());
    }
}
