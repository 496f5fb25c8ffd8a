package io.ringvs.director;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

import io.ringvs.service.IpAddress;

/**
 * Reads where to listen: {@code PORT} alone is a port of 127.0.0.1; {@code ADDRESS:PORT} and {@code [V6]:PORT} name the
 * address, in numbers.
 */
final class ListenAddress {
    private static final int MAX_PORT = 65535;

    private ListenAddress() {
    }

    /**
     * Reads the value of an option; null stays null.
     *
     * @throws StartException with one sentence
     */
    static InetSocketAddress parse(final String option, final String text) {
        if (text == null) {
            return null;
        }
        final int colon = text.lastIndexOf(':');
        final String host = colon < 0 ? "127.0.0.1" : text.substring(0, colon);
        final boolean bracketed = host.startsWith("[") && host.endsWith("]");
        final String port = text.substring(colon + 1);
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MAX_PORT
            || !bracketed && host.indexOf(':') >= 0) {
            throw invalid(option, text);
        }
        try {
            final IpAddress address = IpAddress.parse(bracketed ? host.substring(1, host.length() - 1) : host);
            return new InetSocketAddress(InetAddress.getByAddress(address.bytes()), Integer.parseInt(port));
        } catch (final IllegalArgumentException | UnknownHostException e) {
            throw invalid(option, text);
        }
    }

    private static StartException invalid(final String option, final String text) {
        return new StartException(option + " takes PORT, ADDRESS:PORT or [IPV6]:PORT with a numeric address, not '"
            + text + "'");
    }
}
