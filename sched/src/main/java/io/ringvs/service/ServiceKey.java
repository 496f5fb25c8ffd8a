package io.ringvs.service;

/**
 * Identity of a virtual service: (family, protocol, address, port), or (family, mark) when {@code fwmark} is not 0.
 *
 * @param family   address family
 * @param protocol an {@link IpProtocol} number; TCP for a fwmark service, which matches any protocol
 * @param address  virtual address; of a fwmark service the family's zero address
 * @param port     virtual port in host order; 0 takes every port of the address
 * @param fwmark   packet mark as unsigned 32 bits, 0 for an address service
 */
public record ServiceKey(Family family, int protocol, IpAddress address, int port, int fwmark) {
    public static ServiceKey ofAddress(final int protocol, final IpAddress address, final int port) {
        return new ServiceKey(address.family(), protocol, address, port, 0);
    }

    public static ServiceKey ofFwmark(final Family family, final int fwmark) {
        return new ServiceKey(family, IpProtocol.TCP, IpAddress.ofWords(family, 0, 0), 0, fwmark);
    }

    public boolean isFwmark() {
        return fwmark != 0;
    }

    // Written out, as what the compiler makes for a record takes several times as long until it is compiled natively:
    // as long as it takes to restore many rules.

    @Override
    public boolean equals(final Object other) {
        return other instanceof ServiceKey that
            && port == that.port && protocol == that.protocol && fwmark == that.fwmark && family == that.family
            && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return ((address.hashCode() * 31 + port) * 31 + protocol) * 31 + fwmark;
    }
}
