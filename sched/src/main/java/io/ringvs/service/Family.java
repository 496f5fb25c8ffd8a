package io.ringvs.service;

/** The address family of a virtual service, a real server or a packet. */
public enum Family {
    IPV4(2, 4, 32),
    IPV6(10, 16, 128);

    private final int socketFamily;
    private final int addressLength;
    private final int hostPrefixLength;

    Family(final int socketFamily, final int addressLength, final int hostPrefixLength) {
        this.socketFamily = socketFamily;
        this.addressLength = addressLength;
        this.hostPrefixLength = hostPrefixLength;
    }

    /** Linux's AF_INET or AF_INET6. */
    public int socketFamily() {
        return socketFamily;
    }

    /** Length of an address in bytes. */
    public int addressLength() {
        return addressLength;
    }

    /** Prefix length, in bits, that names one host. */
    public int hostPrefixLength() {
        return hostPrefixLength;
    }

    /** The IP version number of the wire header: 4 or 6. */
    public int ipVersion() {
        return this == IPV4 ? 4 : 6;
    }
}
