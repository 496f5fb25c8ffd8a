package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class AddressMaskTest {
    private static String masked(final String address, final AddressMask mask) {
        final IpAddress full = IpAddress.parse(address);
        return IpAddress.ofWords(full.family(), full.word0() & mask.word0, full.word1() & mask.word1).toString();
    }

    @Test
    void shouldMaskIpv4ByAnyShape() {
        assertEquals("198.51.100.0", masked("198.51.100.7", AddressMask.ofNetmask(Family.IPV4, 0xffff_ff00)));
        assertEquals("198.51.100.7", masked("198.51.100.7", AddressMask.ofNetmask(Family.IPV4, -1)));
        assertEquals("0.0.0.0", masked("198.51.100.7", AddressMask.ofNetmask(Family.IPV4, 0)));
        assertEquals("0.0.0.16", masked("198.51.100.23", AddressMask.ofNetmask(Family.IPV4, 24)), "ipvsadm -M 24");
        assertEquals("198.48.0.0", masked("198.51.100.7", AddressMask.ofPrefix(Family.IPV4, 12)));
    }

    @Test
    void shouldMaskIpv6ByPrefixLength() {
        final String address = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff";
        final int[] lengths = {0, 1, 33, 63, 64, 65, 127, 128};
        final String[] expected = {"::", "::", "2001:db8:8000::", "2001:db8:ffff:fffe::", "2001:db8:ffff:ffff::",
            "2001:db8:ffff:ffff:8000::", "2001:db8:ffff:ffff:ffff:ffff:ffff:fffe", address};
        for (int i = 0; i < lengths.length; i++) {
            assertEquals(expected[i], masked(address, AddressMask.ofNetmask(Family.IPV6, lengths[i])));
        }
    }
}
