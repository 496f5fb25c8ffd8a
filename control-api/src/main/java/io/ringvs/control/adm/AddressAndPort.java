package io.ringvs.control.adm;

import io.ringvs.service.IpAddress;

/**
 * The address and port of a service or server as typed: {@code host}, {@code host:port}, {@code [v6]:port}, {@code v6}.
 *
 * @param address  the address
 * @param port     the port in host order, 0 when there is none
 * @param withPort whether there is a port in the text
 */
record AddressAndPort(IpAddress address, int port, boolean withPort) {
    private static final int MAX_PORT = 65535;

    /** @return null when the text is not valid */
    static AddressAndPort parse(
        final String text, final int protocol, final ServiceNames services, final HostNames hosts) {
        if (CStrings.isAllDigits(text)) {
            return null;
        }
        String host = text;
        String port = null;
        if (text.startsWith("[")) {
            final int end = text.indexOf(']');
            if (end < 0 || !text.startsWith(":", end + 1)) {
                return null;
            }
            host = text.substring(1, end);
            port = text.substring(end + 2);
        }
        IpAddress address = NumericAddress.pton6(host);
        if (address == null) {
            final int colon = host.lastIndexOf(':');
            if (port == null && colon >= 0) {
                port = host.substring(colon + 1);
                host = host.substring(0, colon);
            }
            address = ipv4(host, hosts);
        }
        final int number = port == null ? 0 : port(port, protocol, services);
        return address == null || number < 0 ? null : new AddressAndPort(address, number, port != null);
    }

    /** An IPv4 address in numbers, or by name; or null. */
    static IpAddress ipv4(final String host, final HostNames hosts) {
        final IpAddress numeric = NumericAddress.aton(host);
        return numeric != null || host.isEmpty() ? numeric : hosts.address(host);
    }

    private static int port(final String text, final int protocol, final ServiceNames services) {
        final long number = CStrings.number(text, 0, MAX_PORT);
        return number != CStrings.NOT_A_NUMBER ? (int) number : services.port(text, protocol);
    }
}
