package io.ringvs.control.adm;

import io.ringvs.service.IpAddress;

/**
 * Host names and addresses, as the program that the user runs would look them up.
 *
 * <p>An answer may have to be fetched first. Then null is answered for the time being and {@link #incomplete} says so;
 * what asked is to be run again when the answers are there.
 */
public interface HostNames {
    /** Knows no names. */
    HostNames NONE = new HostNames() {
        @Override
        public IpAddress address(final String name) {
            return null;
        }

        @Override
        public String name(final IpAddress address) {
            return null;
        }
    };

    /** The first IPv4 address of a host name, or null. */
    IpAddress address(String name);

    /** The host name of an address, or null. */
    String name(IpAddress address);

    /** Whether one of the answers given since they were last fetched was only for the time being. */
    default boolean incomplete() {
        return false;
    }
}
