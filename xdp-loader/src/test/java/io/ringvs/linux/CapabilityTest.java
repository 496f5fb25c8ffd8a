package io.ringvs.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapabilityTest {
    @Test
    void shouldReadEffectiveCapabilitiesOnly() {
        final List<String> status = List.of(
            "Name:\tjava", "CapPrm:\t000001ffffffffff", "CapEff:\t0000008000003000", "CapBnd:\t000001ffffffffff");

        assertEquals(
            EnumSet.of(Capability.CAP_NET_ADMIN, Capability.CAP_NET_RAW, Capability.CAP_BPF),
            Capability.fromStatus(status));
    }

    @Test
    void shouldReadTopBitOfMask() {
        assertEquals(
            EnumSet.allOf(Capability.class), Capability.fromStatus(List.of("CapEff:\tffffffffffffffff")));
    }

    @Test
    void shouldHaveNothingGivenKernelDoesNotTell() {
        assertEquals(EnumSet.noneOf(Capability.class), Capability.fromStatus(List.of("Name:\tjava")));
    }
}
