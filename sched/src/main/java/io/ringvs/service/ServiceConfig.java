package io.ringvs.service;

import java.util.List;

/**
 * One virtual service as configured.
 *
 * @param key            its identity
 * @param scheduler      scheduler name, at most 15 characters; "none" schedules nothing
 * @param flags          {@link ServiceFlags}
 * @param timeoutSeconds persistence timeout
 * @param netmask        IPv4: mask in host order (0xffffff00 is /24); IPv6: prefix length 1..128
 * @param engine         persistence engine name, or null
 * @param destinations   real servers in list order, which is newest first as in Linux: schedulers depend on it
 */
public record ServiceConfig(
    ServiceKey key, String scheduler, int flags, int timeoutSeconds, int netmask, String engine,
    List<DestinationConfig> destinations) {

    public ServiceConfig {
        destinations = List.copyOf(destinations);
    }

    public boolean isPersistent() {
        return (flags & ServiceFlags.PERSISTENT) != 0;
    }

    public boolean isOnePacket() {
        return (flags & ServiceFlags.ONE_PACKET) != 0;
    }
}
