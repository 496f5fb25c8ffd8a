package io.ringvs.control.http;

import java.util.List;

import io.ringvs.control.ConfiguredService;
import io.ringvs.service.IpAddress;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/**
 * A virtual service with all that belongs to it.
 *
 * @param config         with its destinations
 * @param localAddresses where connections to FULLNAT destinations come from, in order
 */
record ServiceRules(ServiceConfig config, List<IpAddress> localAddresses) {
    static ServiceRules of(final ConfiguredService service) {
        return new ServiceRules(
            service.config(), service.localAddresses().stream().map(LocalAddress::address).toList());
    }

    ServiceKey key() {
        return config.key();
    }
}
