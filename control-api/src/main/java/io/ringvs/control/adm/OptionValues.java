package io.ringvs.control.adm;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.Tunnel;

/** Reads the values of options into a {@link CommandLine}, with ipvsadm's message for each that is not valid. */
final class OptionValues {
    /** Longest scheduler or interface name. */
    static final int NAME_LENGTH = 15;
    static final int ENGINE_LENGTH = 16;
    static final int MAX_PORT = 65535;

    private static final int MAX_PREFIX_LENGTH = 128;
    private static final long MAX_FWMARK = 0xffffffffL;

    private final CommandLine line;
    private final ServiceNames services;
    private final HostNames hosts;

    OptionValues(final CommandLine line, final ServiceNames services, final HostNames hosts) {
        this.line = line;
        this.services = services;
        this.hosts = hosts;
    }

    void service(final String text) throws AdmExit {
        final AddressAndPort service = AddressAndPort.parse(text, line.protocol, services, hosts);
        if (service == null) {
            throw AdmExit.fail("illegal virtual server address[:port] specified");
        }
        line.useService(service);
    }

    void server(final String text) throws AdmExit {
        final AddressAndPort server = AddressAndPort.parse(text, line.protocol, services, hosts);
        if (server == null) {
            throw AdmExit.fail("illegal real server address[:port] specified");
        }
        line.serverAddress = server.address();
        line.serverPort = server.withPort() ? server.port() : line.port;
    }

    void localAddress(final String text) throws AdmExit {
        final AddressAndPort local = AddressAndPort.parse(text, line.protocol, services, hosts);
        if (local == null || local.withPort()) {
            throw AdmExit.fail("illegal local address specified");
        }
        line.localAddress = local.address();
    }

    void fwmark(final String text) throws AdmExit {
        final long mark = CStrings.number(text, 1, MAX_FWMARK);
        if (mark == CStrings.NOT_A_NUMBER) {
            throw AdmExit.fail("invalid fwmark value `" + text + "' specified");
        }
        line.family = Family.IPV4;
        line.protocol = IpProtocol.TCP;
        line.fwmark = (int) mark;
    }

    void netmask(final String text) throws AdmExit {
        if (line.family == Family.IPV4) {
            final IpAddress mask = AddressAndPort.ipv4(text, hosts);
            if (mask == null) {
                throw AdmExit.fail("illegal virtual server persistent mask specified");
            }
            line.netmask = mask.bigEndianWord(0);
        } else {
            line.netmask = CStrings.leadingNumber(text);
            if (line.netmask < 1 || line.netmask > MAX_PREFIX_LENGTH) {
                throw AdmExit.fail("illegal ipv6 netmask specified");
            }
        }
    }

    void tunnelType(final String text) throws AdmExit {
        line.tunnelType = switch (text) {
            case "ipip" -> Tunnel.Type.IPIP;
            case "gue" -> Tunnel.Type.GUE;
            case "gre" -> Tunnel.Type.GRE;
            default -> throw AdmExit.fail("illegal tunnel type specified");
        };
    }

    void mcastGroup(final String text) throws AdmExit {
        final boolean ipv6 = text.indexOf(':') >= 0;
        final IpAddress group = ipv6 ? NumericAddress.pton6(text) : NumericAddress.pton4(text);
        if (group == null || !group.isMulticast()) {
            throw AdmExit.fail("invalid " + (ipv6 ? "IPv6" : "IPv4") + " mcast-group `" + text + "'");
        }
        line.mcastGroup = group;
    }

    static int number(final String text, final int min, final int max, final String message) throws AdmExit {
        final long number = CStrings.number(text, min, max);
        if (number == CStrings.NOT_A_NUMBER) {
            throw AdmExit.fail(message);
        }
        return (int) number;
    }

    static String cut(final String text, final int length) {
        return text.length() <= length ? text : text.substring(0, length);
    }
}
