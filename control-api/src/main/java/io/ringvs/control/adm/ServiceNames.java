package io.ringvs.control.adm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import io.ringvs.service.IpProtocol;

/**
 * Names of ports, from a file in the format of /etc/services.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Source:</b> manual page services(5).
 */
public final class ServiceNames {
    private final Map<String, Integer> ports = new HashMap<>();
    private final Map<String, String> names = new HashMap<>();

    /** @param lines of the file, comments included; lines that make no sense are ignored */
    public ServiceNames(final List<String> lines) {
        for (final String line : lines) {
            final String[] words = line.replaceFirst("#.*", "").trim().split("\\s+");
            if (words.length >= 2 && words[1].matches("[0-9]{1,5}/[a-z]+")) {
                add(words);
            }
        }
    }

    /** Reads a file; without it no port has a name. */
    public static ServiceNames read(final Path file) {
        try {
            return new ServiceNames(Files.readAllLines(file, StandardCharsets.ISO_8859_1));
        } catch (final IOException absent) {
            return new ServiceNames(List.of());
        }
    }

    /** The port of a name or alias, or -1. */
    int port(final String name, final int protocol) {
        return ports.getOrDefault(name + '/' + protocolName(protocol), -1);
    }

    /** The name of a port, or null. */
    String name(final int port, final int protocol) {
        return names.get(port + "/" + protocolName(protocol));
    }

    private void add(final String[] words) {
        final int slash = words[1].indexOf('/');
        final String protocol = words[1].substring(slash);
        final int port = Integer.parseInt(words[1].substring(0, slash));
        names.putIfAbsent(port + protocol, words[0]);
        ports.putIfAbsent(words[0] + protocol, port);
        for (int i = 2; i < words.length; i++) {
            ports.putIfAbsent(words[i] + protocol, port);
        }
    }

    private static String protocolName(final int protocol) {
        return switch (protocol) {
            case IpProtocol.TCP -> "tcp";
            case IpProtocol.UDP -> "udp";
            case IpProtocol.SCTP -> "sctp";
            default -> "";
        };
    }
}
