package io.ringvs.snapshot;

import java.util.List;

import io.ringvs.service.Family;
import io.ringvs.service.IpAddress;

/**
 * One rule that gives packets a firewall mark, as {@code -j MARK} rules of iptables do for the kernel's IPVS.
 *
 * @param family         of the packets
 * @param destination    packets to this prefix
 * @param source         packets from this prefix; null for any
 * @param protocol       an {@link io.ringvs.service.IpProtocol} number; {@link #ANY} for each
 * @param ports          destination ports; empty for all
 * @param interfaceIndex packets that came in by this interface; {@link #ANY} for each
 * @param mark           as unsigned 32 bits, not 0
 */
public record MarkRule(
    Family family, Prefix destination, Prefix source, int protocol, List<PortRange> ports, int interfaceIndex,
    int mark) {

    /** Any protocol, any interface. */
    public static final int ANY = 0;

    /**
     * An address prefix.
     *
     * @param length in bits
     */
    public record Prefix(IpAddress address, int length) {
        public Prefix {
            final int max = address.family().hostPrefixLength();
            if (length < 0 || length > max) {
                throw new IllegalArgumentException(
                    "the prefix length of " + address + " must be from 0 to " + max + ", not " + length);
            }
        }

        /** One host. */
        public static Prefix host(final IpAddress address) {
            return new Prefix(address, address.family().hostPrefixLength());
        }

        public boolean isHost() {
            return length == address.family().hostPrefixLength();
        }
    }

    /** Ports from {@code first} to {@code last}, both included, in host order. */
    public record PortRange(int first, int last) {
        public PortRange {
            if (first < 0 || last > 0xffff || first > last) {
                throw new IllegalArgumentException(
                    "ports " + first + "-" + last + " are not a range within 0 to 65535");
            }
        }
    }

    public MarkRule {
        ports = List.copyOf(ports);
        if (mark == 0) {
            throw new IllegalArgumentException("a mark rule must give a mark from 1 to 4294967295, not 0");
        }
        checkFamily(family, destination);
        if (source != null) {
            checkFamily(family, source);
        }
    }

    private static void checkFamily(final Family family, final Prefix prefix) {
        if (prefix.address().family() != family) {
            throw new IllegalArgumentException(
                "the addresses of a mark rule must be of one family, but " + prefix.address() + " is not "
                    + (family == Family.IPV4 ? "IPv4" : "IPv6"));
        }
    }
}
