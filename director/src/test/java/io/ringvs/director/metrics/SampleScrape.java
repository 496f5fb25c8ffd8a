package io.ringvs.director.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import io.ringvs.control.DirectorStatus;
import io.ringvs.control.DirectorStatus.BucketStatus;
import io.ringvs.control.DirectorStatus.DefenceStatus;
import io.ringvs.control.DirectorStatus.InterfaceStatus;
import io.ringvs.control.DirectorStatus.LatencyStatus;
import io.ringvs.control.DirectorStatus.LocalAddressStatus;
import io.ringvs.control.DirectorStatus.RingStatus;
import io.ringvs.control.DirectorStatus.SocketStatus;
import io.ringvs.control.DirectorStatus.WorkerStatus;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/** A scrape with something of everything. */
final class SampleScrape {
    private SampleScrape() {
    }

    static Scrape of(final int backends) {
        final ServiceKey web = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("192.168.0.22"), 3306);
        final List<Scrape.Backend> all = new ArrayList<>();
        for (int i = 0; i < backends; i++) {
            all.add(new Scrape.Backend(
                web, IpAddress.parse("10." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255)), 3306, 100, 248, 2));
        }
        final IpAddress server = IpAddress.parse("192.168.49.32");
        all.add(new Scrape.Backend(ServiceKey.ofFwmark(Family.IPV4, 0x10001000), server, 3306, 20, 321, 5));
        all.add(new Scrape.Backend(ServiceKey.ofFwmark(Family.IPV6, 0x10001000), server, 3306, 1, 1, 1));
        all.add(new Scrape.Backend(ServiceKey.ofAddress(IpProtocol.UDP, IpAddress.parse("2001:db8::1"), 53),
            IpAddress.parse("2001:db8::2"), 53, 0, 0, 7));
        return new Scrape(status(), List.of(23765872L, 3811989221L, 0L, 89991519156915L, Long.MAX_VALUE), all);
    }

    static DirectorStatus status() {
        final WorkerStatus worker = new WorkerStatus(0, Map.of("FORWARD", 1000L, "DROP_TTL_EXPIRED", 2L), 3, 4, 5, 6, 7,
            List.of(0L, 10L, 20L, 30L, 40L, 50L), new LatencyStatus(3, 0.25, Map.of("p50", 12.5, "max", 250000.0),
                List.of(new BucketStatus(0.000001, 1), new BucketStatus(0.001, 0), new BucketStatus(null, 2))));
        return new DirectorStatus(7, 1.5, 3, 4, 10, 1000, 11,
            List.of(new DefenceStatus("drop_entry", 2, 9, 8), new DefenceStatus("secure_tcp", 0, 0, 0)),
            List.of(new InterfaceStatus("eth1", "native \"mode\"", Map.of("STEERED_SERVICE", 1234L))),
            List.of(new SocketStatus(
                "eth1", 0, "copy", Map.of("rx", new RingStatus(5, 2048), "tx", new RingStatus(0, 2048)), 1, 2, 3, 4)),
            List.of(worker), List.of(new LocalAddressStatus("192.0.2.200", 64512, 12, true)));
    }
}
