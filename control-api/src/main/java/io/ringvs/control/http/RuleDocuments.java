package io.ringvs.control.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

import io.ringvs.control.adm.RequestChecks;
import io.ringvs.control.adm.SchedulerFlags;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

/**
 * Rules as documents, and documents as rules. A document of rules, read again, gives the same rules.
 *
 * <p><b>Errors:</b> {@link Problem} with a JSON pointer into the document.
 */
final class RuleDocuments {
    private static final String DEFAULT_SCHEDULER = "wlc";
    private static final int MAX_NAME = 15;
    private static final int IPV4_HOST = -1;

    private RuleDocuments() {
    }

    /** A service without local addresses. */
    static ServiceDocument of(final ServiceConfig service) {
        return of(new ServiceRules(service, List.of()));
    }

    static ServiceDocument of(final ServiceRules rules) {
        final ServiceConfig service = rules.config();
        final List<String> locals = rules.localAddresses().stream().map(IpAddress::toString).toList();
        final ServiceKey key = service.key();
        final boolean mark = key.isFwmark();
        final List<String> flags = SchedulerFlags.names(service.scheduler(), service.flags());
        return new ServiceDocument(
            mark ? null : RuleNames.protocol(key.protocol()),
            mark ? null : key.address().toString(),
            mark ? null : key.port(),
            mark ? Integer.toUnsignedLong(key.fwmark()) : null,
            mark ? key.family() == Family.IPV6 ? "ipv6" : "ipv4" : null,
            service.scheduler(), flags.isEmpty() ? null : flags,
            service.isPersistent() ? service.timeoutSeconds() : null, netmask(service), service.engine(),
            service.isOnePacket() ? true : null, locals.isEmpty() ? null : locals,
            service.destinations().stream().map(RuleDocuments::of).toList());
    }

    static DestinationDocument of(final DestinationConfig server) {
        final Tunnel tunnel = server.tunnel();
        return new DestinationDocument(server.address().toString(), server.port(), name(server.method()),
            server.weight(), server.upperThreshold(), server.lowerThreshold(),
            server.method() != ForwardingMethod.TUNNEL ? null : new TunnelDocument(
                tunnel.type().name().toLowerCase(Locale.ROOT), tunnel.type() == Tunnel.Type.GUE ? tunnel.port() : null,
                tunnel.type() == Tunnel.Type.IPIP ? null : checksum(tunnel.checksum())));
    }

    private static String name(final ForwardingMethod method) {
        return method.name().toLowerCase(Locale.ROOT);
    }

    private static String checksum(final Tunnel.Checksum checksum) {
        return switch (checksum) {
            case NONE -> "none";
            case CHECKSUM -> "csum";
            case REMOTE_CHECKSUM -> "remcsum";
        };
    }

    /** Null for that of a single host. */
    private static String netmask(final ServiceConfig service) {
        if (service.key().family() == Family.IPV6) {
            return service.netmask() == Family.IPV6.hostPrefixLength() ? null : Integer.toString(service.netmask());
        }
        final int mask = service.netmask();
        return mask == IPV4_HOST ? null : IpAddress.of(
            new byte[] {(byte) (mask >>> 24), (byte) (mask >>> 16), (byte) (mask >>> 8), (byte) mask}).toString();
    }

    static ServiceKey key(final ServiceDocument document) throws Problem {
        if (document.fwmark() != null) {
            if (document.protocol() != null || document.address() != null || document.port() != null) {
                throw Problem.invalid("a service has either 'fwmark', or 'protocol', 'address' and 'port'");
            }
            return RuleNames.mark(document.fwmark(), family(document.family()));
        }
        if (document.protocol() == null || document.address() == null || document.family() != null) {
            throw Problem.invalid(
                "a service needs 'protocol', 'address' and 'port', or 'fwmark' (with or without 'family')");
        }
        return ServiceKey.ofAddress(RuleNames.protocol(document.protocol()), RuleNames.address(document.address()),
            RuleNames.port(document.port() == null ? 0 : document.port()));
    }

    private static Family family(final String name) throws Problem {
        if (name == null || name.equals("ipv4")) {
            return Family.IPV4;
        } else if (name.equals("ipv6")) {
            return Family.IPV6;
        }
        throw Problem.invalid("a family is ipv4 or ipv6, not '" + name + "'").within("/family");
    }

    /** The service with its destinations and local addresses. */
    static ServiceRules service(final ServiceDocument document) throws Problem {
        final ServiceKey key = key(document);
        final String scheduler = document.scheduler() == null ? DEFAULT_SCHEDULER : document.scheduler();
        if (scheduler.length() > MAX_NAME) {
            throw Problem.invalid("a scheduler's name has at most " + MAX_NAME + " letters").within("/scheduler");
        }
        final int flags = flags(document, scheduler);
        refuse(RequestChecks.service(key, flags), "");
        final List<DestinationConfig> servers = new ArrayList<>();
        final List<DestinationDocument> given =
            document.destinations() == null ? List.of() : document.destinations();
        for (int i = 0; i < given.size(); i++) {
            try {
                servers.add(destination(key, given.get(i)));
            } catch (final Problem problem) {
                throw problem.within("/destinations/" + i);
            }
        }
        final ServiceConfig config = new ServiceConfig(key, scheduler, flags,
            document.persistentSeconds() == null ? 0 : document.persistentSeconds(),
            netmask(key.family(), document.netmask()), document.engine(), servers);
        return new ServiceRules(config, localAddresses(key.family(), document.localAddresses()));
    }

    private static List<IpAddress> localAddresses(final Family service, final List<String> given)
        throws Problem {
        final List<IpAddress> addresses = new ArrayList<>();
        for (final String each : given == null ? List.<String>of() : given) {
            try {
                refuse(each == null ? "a local address must be a text" : null, "");
                final IpAddress address = RuleNames.address(each);
                refuse(RequestChecks.localAddress(service, address.family()), "");
                addresses.add(address);
            } catch (final Problem problem) {
                throw problem.within("/localAddresses/" + addresses.size());
            }
        }
        return addresses;
    }

    private static int flags(final ServiceDocument document, final String scheduler) throws Problem {
        int flags = 0;
        if (document.persistentSeconds() != null) {
            refuse(RequestChecks.timeout(document.persistentSeconds()), "/persistentSeconds");
            flags |= ServiceFlags.PERSISTENT;
        }
        if (Boolean.TRUE.equals(document.onePacket())) {
            flags |= ServiceFlags.ONE_PACKET;
        }
        if (document.schedulerFlags() != null) {
            if (document.schedulerFlags().contains(null)) {
                throw Problem.invalid("a flag must be a text").within("/schedulerFlags");
            }
            try {
                flags |= SchedulerFlags.of(scheduler, document.schedulerFlags());
            } catch (final IllegalArgumentException e) {
                throw Problem.invalid(e.getMessage()).within("/schedulerFlags");
            }
        }
        return flags;
    }

    private static int netmask(final Family family, final String text) throws Problem {
        if (text == null) {
            return family == Family.IPV4 ? IPV4_HOST : Family.IPV6.hostPrefixLength();
        }
        if (family == Family.IPV4) {
            try {
                final IpAddress mask = IpAddress.parse(text);
                if (mask.family() == Family.IPV4) {
                    return mask.bigEndianWord(0);
                }
            } catch (final IllegalArgumentException e) {
                // said below
            }
            throw Problem.invalid("illegal virtual server persistent mask specified").within("/netmask");
        }
        if (!text.matches("[0-9]{1,3}") || Integer.parseInt(text) < 1
            || Integer.parseInt(text) > Family.IPV6.hostPrefixLength()) {
            throw Problem.invalid("illegal ipv6 netmask specified").within("/netmask");
        }
        return Integer.parseInt(text);
    }

    /** A real server of a service. */
    static DestinationConfig destination(final ServiceKey service, final DestinationDocument document)
        throws Problem {
        if (document == null || document.address() == null) {
            throw Problem.invalid("a real server needs 'address'");
        }
        final IpAddress address = RuleNames.address(document.address());
        final ForwardingMethod method = method(document.method());
        final int port = RuleNames.port(document.port() == null ? service.port() : document.port());
        if (!service.isFwmark() && !method.isTranslating() && port != service.port()) {
            throw Problem.invalid("with method " + name(method) + " a real server has the port of its service, "
                + service.port() + ", and not " + port).within("/port");
        }
        refuse(RequestChecks.server(service.family(), address.family(), method, document.tunnel() != null), "");
        final int weight = document.weight() == null ? 1 : document.weight();
        return new DestinationConfig(address, port, method, tunnel(document.tunnel()), weight, weight,
            document.upperThreshold() == null ? 0 : document.upperThreshold(),
            document.lowerThreshold() == null ? 0 : document.lowerThreshold());
    }

    private static ForwardingMethod method(final String name) throws Problem {
        for (final ForwardingMethod method : List.of(
            ForwardingMethod.DIRECT, ForwardingMethod.TUNNEL, ForwardingMethod.NAT, ForwardingMethod.FULLNAT)) {
            if (name == null || name(method).equals(name)) {
                return method;
            }
        }
        throw Problem.invalid("a forwarding method is direct, tunnel, nat or fullnat, not '" + name + "'")
            .within("/method");
    }

    private static Tunnel tunnel(final TunnelDocument document) throws Problem {
        if (document == null) {
            return Tunnel.IPIP;
        }
        final Tunnel.Type type = type(document.type());
        final Tunnel.Checksum checksum = checksum(document.checksum());
        refuse(RequestChecks.tunnel(type, document.port() != null, checksum), "/tunnel");
        if (document.port() != null && (document.port() < 1 || document.port() > 65535)) {
            throw Problem.invalid("illegal tunnel port specified").within("/tunnel/port");
        }
        return new Tunnel(
            type, document.port() == null ? 0 : document.port(), checksum == null ? Tunnel.Checksum.NONE : checksum);
    }

    private static Tunnel.Type type(final String name) throws Problem {
        for (final Tunnel.Type type : Tunnel.Type.values()) {
            if (type.name().toLowerCase(Locale.ROOT).equals(name == null ? "ipip" : name)) {
                return type;
            }
        }
        throw Problem.invalid("illegal tunnel type specified").within("/tunnel/type");
    }

    private static Tunnel.Checksum checksum(final String name) throws Problem {
        if (name == null) {
            return null;
        }
        for (final Tunnel.Checksum checksum : Tunnel.Checksum.values()) {
            if (checksum(checksum).equals(name)) {
                return checksum;
            }
        }
        throw Problem.invalid("a tunnel's checksum is none, csum or remcsum, not '" + name + "'")
            .within("/tunnel/checksum");
    }

    private static void refuse(final String complaint, final String pointer) throws Problem {
        if (complaint != null) {
            throw Problem.invalid(complaint).within(pointer);
        }
    }
}
