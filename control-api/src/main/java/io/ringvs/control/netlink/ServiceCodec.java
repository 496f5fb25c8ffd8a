package io.ringvs.control.netlink;

import java.util.List;

import io.ringvs.control.ConfiguredService;
import io.ringvs.control.netlink.IpvsAttribute.Service;
import io.ringvs.linux.Errno;
import io.ringvs.service.Family;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;

/**
 * Reads and writes the nest of a service.
 *
 * <p><b>Source:</b> ip_vs_genl_parse_service() and ip_vs_genl_fill_service() of Linux 6.1 {@code ip_vs_ctl.c}.
 */
final class ServiceCodec {
    private static final int ALL_FLAGS = -1;
    private static final int FLAGS_MASK_OFFSET = 4;

    private ServiceCodec() {
    }

    /** Whom the nest names. */
    static ServiceKey key(final AttributeTable service) throws NetlinkRefusal {
        service.require(Service.AF);
        if (!service.has(Service.FWMARK)) {
            service.require(Service.PROTOCOL, Service.ADDR, Service.PORT);
        }
        final Family family = family(service.u16(Service.AF));
        if (service.u32(Service.FWMARK) != 0) {
            return ServiceKey.ofFwmark(family, service.u32(Service.FWMARK));
        }
        if (service.has(Service.FWMARK)) { // mark 0 names the address 0, as in Linux
            return new ServiceKey(family, IpProtocol.TCP, ServiceKey.ofFwmark(family, 0).address(), 0, 0);
        }
        return new ServiceKey(
            family, service.u16(Service.PROTOCOL), service.address(Service.ADDR, family),
            service.be16(Service.PORT), 0);
    }

    /**
     * The service as the nest describes it in full.
     *
     * @param existing the service of that key, whose flags stay where the nest's mask is 0; or null
     */
    static ServiceConfig settings(
        final AttributeTable service, final ServiceKey key, final ConfiguredService existing) throws NetlinkRefusal {
        service.require(Service.SCHED_NAME, Service.FLAGS, Service.TIMEOUT, Service.NETMASK);
        final int mask = service.binary32(Service.FLAGS, FLAGS_MASK_OFFSET);
        final int before = existing == null ? 0 : existing.settings().flags();
        final int flags = before & ~mask | service.binary32(Service.FLAGS, 0) & mask;
        final int netmask =
            key.family() == Family.IPV4 ? service.be32(Service.NETMASK) : service.u32(Service.NETMASK);
        final String engine = service.text(Service.PE_NAME);
        return new ServiceConfig(
            key, service.text(Service.SCHED_NAME), flags & ~ServiceFlags.HASHED, service.u32(Service.TIMEOUT),
            netmask, engine == null || engine.isEmpty() ? null : engine, List.of());
    }

    /** The family of a number; only the two that IPVS has are supported. */
    static Family family(final int number) throws NetlinkRefusal {
        for (final Family family : Family.values()) {
            if (family.socketFamily() == number) {
                return family;
            }
        }
        throw new NetlinkRefusal(Errno.EAFNOSUPPORT);
    }

    static void write(final AnswerWriter answer, final ConfiguredService service) {
        final ServiceKey key = service.key();
        final ServiceConfig settings = service.settings();
        final int nest = answer.beginNest(IpvsAttribute.Command.SERVICE);
        answer.u16(Service.AF, key.family().socketFamily());
        if (key.isFwmark()) {
            answer.u32(Service.FWMARK, key.fwmark());
        } else {
            answer.u16(Service.PROTOCOL, key.protocol());
            answer.address(Service.ADDR, key.address());
            answer.be16(Service.PORT, key.port());
        }
        answer.text(Service.SCHED_NAME, settings.scheduler());
        if (settings.engine() != null) {
            answer.text(Service.PE_NAME, settings.engine());
        }
        answer.words(Service.FLAGS, settings.flags() | ServiceFlags.HASHED, ALL_FLAGS);
        answer.u32(Service.TIMEOUT, settings.timeoutSeconds());
        if (key.family() == Family.IPV4) {
            answer.be32(Service.NETMASK, settings.netmask());
        } else {
            answer.u32(Service.NETMASK, settings.netmask());
        }
        CounterNests.write(answer, Service.STATS, Service.STATS64, service.counters());
        answer.endNest(nest);
    }
}
