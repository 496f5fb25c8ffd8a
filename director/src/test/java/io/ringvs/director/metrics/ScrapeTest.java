package io.ringvs.director.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;

import io.ringvs.control.HostAddresses;
import io.ringvs.control.RuleContext;
import io.ringvs.control.RuleException;
import io.ringvs.control.RuleListener;
import io.ringvs.control.RuleSet;
import io.ringvs.control.SyncProtocol;
import io.ringvs.sched.Schedulers;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.service.Statistics;

import org.junit.jupiter.api.Test;

class ScrapeTest {
    private static final int SERVICES = 100;
    private static final int SERVERS = 1000;
    private static final HostAddresses HOST = new HostAddresses() {
        @Override
        public boolean isLocal(final IpAddress address) {
            return false;
        }

        @Override
        public boolean isBroadcast(final IpAddress address) {
            return false;
        }

        @Override
        public int interfaceMtu(final String name) {
            return 0;
        }
    };

    @Test
    void shouldTakeLittleOfTheControlThreadWithManyDestinations() throws RuleException {
        try (DestinationTable destinations = new DestinationTable(1 << 18);
            Statistics statistics = new Statistics(1, 1 << 18)) {
            final RuleSet rules = new RuleSet(new RuleContext(destinations, new LocalAddressTable(1), statistics, HOST,
                Schedulers::exists, name -> false, SyncProtocol.NONE, 1 << 10), RuleListener.NONE);
            fill(rules);
            long bestNs = Long.MAX_VALUE;
            for (int i = 0; i < 10; i++) {
                final long start = System.nanoTime();
                final Scrape scrape = Scrape.of(SampleScrape.status(), rules);
                bestNs = Math.min(bestNs, System.nanoTime() - start);
                assertEquals(SERVICES * SERVERS, scrape.backends().size());
            }
            System.out.printf("a scrape of %d destinations takes %.1f ms of the control thread%n",
                SERVICES * SERVERS, bestNs / 1e6);
            assertTrue(bestNs < 100_000_000, bestNs + " ns");
        }
    }

    private static void fill(final RuleSet rules) throws RuleException {
        for (int service = 0; service < SERVICES; service++) {
            final ServiceKey key = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0." + (service + 1)), 80);
            rules.addService(new ServiceConfig(key, "wrr", 0, 0, -1, null, List.of()));
            for (int server = 0; server < SERVERS; server++) {
                final IpAddress address = IpAddress.parse("10.1." + server / 250 + "." + (server % 250 + 1));
                rules.addDestination(key, DestinationConfig.of(address, 80, ForwardingMethod.DIRECT, 1));
            }
        }
    }
}
