package io.ringvs.control.adm;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceKey;

/**
 * Addresses and ports as listings write them: in numbers, or by name.
 *
 * @param numeric  never by name
 * @param services names of ports
 * @param hosts    names of addresses
 */
record NameText(boolean numeric, ServiceNames services, HostNames hosts) {
    /** Room that ipvsadm has for an address with its port. */
    private static final int MAX_LENGTH = 59;

    /** {@code address:port}; an IPv6 address, or its name, in brackets. */
    String addressAndPort(final IpAddress address, final int port, final int protocol) {
        final String name = numeric ? null : hosts.name(address);
        final String host = name != null ? name : address.toString();
        final String text =
            (address.family() == Family.IPV6 ? "[" + host + "]" : host) + ":" + port(port, protocol);
        return OptionValues.cut(text, MAX_LENGTH);
    }

    /** {@code TCP  address:port} or {@code FWM  n}. */
    String listed(final ServiceKey key) {
        if (key.isFwmark()) {
            return "FWM  " + key.fwmark() + (key.family() == Family.IPV6 ? " IPv6" : "");
        }
        final String protocol = switch (key.protocol()) {
            case IpProtocol.TCP -> "TCP  ";
            case IpProtocol.UDP -> "UDP  ";
            case IpProtocol.SCTP -> "SCTP ";
            default -> "?    ";
        };
        final String text = protocol + addressAndPort(key.address(), key.port(), key.protocol());
        return key.family() == Family.IPV4 ? OptionValues.cut(text, ServiceListing.SERVICE_WIDTH) : text;
    }

    /** {@code -t address:port} or {@code -f n}. */
    String asOption(final ServiceKey key) {
        if (key.isFwmark()) {
            return "-f " + key.fwmark() + (key.family() == Family.IPV6 ? " -6" : "");
        }
        final String option = switch (key.protocol()) {
            case IpProtocol.UDP -> "-u ";
            case IpProtocol.SCTP -> "--sctp-service ";
            default -> "-t ";
        };
        return option + addressAndPort(key.address(), key.port(), key.protocol());
    }

    private String port(final int port, final int protocol) {
        final String name = numeric ? null : services.name(port, protocol);
        return name != null ? name : Integer.toString(port);
    }
}
