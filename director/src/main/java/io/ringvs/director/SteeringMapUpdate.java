package io.ringvs.director;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

import io.ringvs.control.Steering;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;
import io.ringvs.xdp.SteeringEntry;
import io.ringvs.xdp.SteeringMap;
import io.ringvs.xdp.XdpException;

/**
 * Keeps the steering map in step with the virtual services.
 *
 * <p>Services of a protocol that the program does not know are not steered: their frames stay with the kernel.
 *
 * <p><b>Threading:</b> control thread.
 */
final class SteeringMapUpdate implements Steering {
    private final SteeringMap map;

    SteeringMapUpdate(final SteeringMap map) {
        this.map = map;
    }

    @Override
    public void add(final Collection<ServiceKey> services) {
        final List<SteeringEntry> added = new ArrayList<>();
        try {
            for (final ServiceKey service : services) {
                if (isSteered(service) && map.put(entry(service))) {
                    added.add(entry(service));
                }
            }
        } catch (final XdpException e) {
            added.forEach(map::remove);
            throw e;
        }
    }

    @Override
    public void remove(final Collection<ServiceKey> services) {
        for (final ServiceKey service : services) {
            if (isSteered(service)) {
                map.remove(entry(service));
            }
        }
    }

    private static boolean isSteered(final ServiceKey service) {
        return !service.isFwmark() && (service.protocol() == IpProtocol.TCP
            || service.protocol() == IpProtocol.UDP || service.protocol() == IpProtocol.SCTP);
    }

    private static SteeringEntry entry(final ServiceKey service) {
        final IpAddress address = service.address();
        return new SteeringEntry(SteeringEntry.Direction.TO_SERVICE, address.family().ipVersion(),
            address.word0(), address.word1(), service.protocol(), service.port());
    }
}
