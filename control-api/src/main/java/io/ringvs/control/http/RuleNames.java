package io.ringvs.control.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/**
 * The names of services and real servers in paths: {@code tcp:192.0.2.1:80}, {@code udp:[2001:db8::1]:53},
 * {@code fwmark:7}, {@code fwmark:7:ipv6}; {@code 192.0.2.9:80}, {@code [2001:db8::9]:0}.
 */
final class RuleNames {
    private static final Pattern MARK = Pattern.compile("fwmark:([0-9]{1,10})(:ipv6)?");
    private static final Pattern SERVICE = Pattern.compile("(tcp|udp|sctp):(.*)");
    private static final Pattern SERVER = Pattern.compile("(?:\\[([^]]*:[^]]*)]|([^\\[\\]:]*)):([0-9]{1,5})");
    private static final long MAX_MARK = 0xffff_ffffL;
    private static final int MAX_PORT = 65535;

    private RuleNames() {
    }

    /** Where a service is, or would be. */
    static String path(final ServiceKey key) {
        return "/v1/services/" + of(key);
    }

    static String of(final ServiceKey key) {
        if (key.isFwmark()) {
            return "fwmark:" + Integer.toUnsignedString(key.fwmark()) + (key.family() == Family.IPV6 ? ":ipv6" : "");
        }
        return protocol(key.protocol()) + ":" + of(key.address(), key.port());
    }

    static String of(final IpAddress address, final int port) {
        return (address.family() == Family.IPV6 ? "[" + address + "]" : address) + ":" + port;
    }

    static String protocol(final int number) {
        return switch (number) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.SCTP -> "sctp";
            default -> Integer.toString(number);
        };
    }

    static int protocol(final String name) throws Problem {
        return switch (name) {
            case "tcp" -> IpProtocol.TCP;
            case "udp" -> IpProtocol.UDP;
            case "sctp" -> IpProtocol.SCTP;
            default -> throw Problem.invalid("a protocol is tcp, udp or sctp, not '" + name + "'");
        };
    }

    /** The service that a name in a path names. */
    static ServiceKey service(final String name) throws Problem {
        final Matcher mark = MARK.matcher(name);
        if (mark.matches()) {
            return mark(Long.parseLong(mark.group(1)), mark.group(2) == null ? Family.IPV4 : Family.IPV6);
        }
        final Matcher service = SERVICE.matcher(name);
        if (!service.matches()) {
            throw Problem.of(HttpResponseStatus.BAD_REQUEST, "a service is named tcp:ADDRESS:PORT, udp:, sctp: or"
                + " fwmark:N (with :ipv6), an IPv6 address in brackets, and not '" + name + "'");
        }
        final Server server = server(service.group(2));
        return ServiceKey.ofAddress(protocol(service.group(1)), server.address(), server.port());
    }

    static ServiceKey mark(final long mark, final Family family) throws Problem {
        if (mark < 1 || mark > MAX_MARK) {
            throw Problem.invalid("invalid fwmark value `" + mark + "' specified");
        }
        return ServiceKey.ofFwmark(family, (int) mark);
    }

    /** The real server that a name in a path names. */
    static Server server(final String name) throws Problem {
        final Matcher matcher = SERVER.matcher(name);
        if (!matcher.matches()) {
            throw Problem.of(HttpResponseStatus.BAD_REQUEST,
                "an address with its port is written ADDRESS:PORT or [IPV6]:PORT, not '" + name + "'");
        }
        return new Server(address(matcher.group(1) == null ? matcher.group(2) : matcher.group(1)),
            port(Long.parseLong(matcher.group(3))));
    }

    static IpAddress address(final String text) throws Problem {
        try {
            return IpAddress.parse(text);
        } catch (final IllegalArgumentException e) {
            throw Problem.invalid(e.getMessage());
        }
    }

    static int port(final long number) throws Problem {
        if (number < 0 || number > MAX_PORT) {
            throw Problem.invalid("a port is a number from 0 to " + MAX_PORT + ", not " + number);
        }
        return (int) number;
    }

    /** A real server's address and port. */
    record Server(IpAddress address, int port) {
    }
}
