package io.ringvs.bench;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.sched.Scheduler;
import io.ringvs.sched.SchedulerBuilder;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.RealServer;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/** A virtual service with any number of real servers, of weights 1 to 4 in turn, for scheduler measurements. */
final class SchedulerService implements AutoCloseable {
    final DestinationTable live;
    final List<RealServer> servers = new ArrayList<>();
    private final String schedulerName;
    private final ServiceConfig config;

    SchedulerService(final String schedulerName, final int serverCount) {
        this.schedulerName = schedulerName;
        live = new DestinationTable(Math.max(1, serverCount));
        config = new ServiceConfig(ServiceKey.ofFwmark(Family.IPV4, 1), schedulerName, 0, 0, 0, null, List.of());
        for (int i = 0; i < serverCount; i++) {
            servers.add(server(i));
        }
    }

    Scheduler build() {
        final SchedulerBuilder builder = new SchedulerBuilder(live, schedulerName);
        servers.forEach(builder::destinationAdded);
        return builder.build(config);
    }

    private RealServer server(final int i) {
        final int id = live.allocate();
        final IpAddress address = IpAddress.of(new byte[] {10, (byte) (i >> 16), (byte) (i >> 8), (byte) i});
        final DestinationConfig server = DestinationConfig.of(address, 80, ForwardingMethod.DIRECT, 1 + i % 4);
        live.configure(id, server, ForwardingMethod.DIRECT.value());
        live.setAvailable(id, true);
        return new RealServer(id, 0, server);
    }

    @Override
    public void close() {
        live.close();
    }
}
