package io.ringvs.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.Arrays;
import java.util.HexFormat;

import org.junit.jupiter.api.Test;

class NeighbourAnswerTest {
    private static final String ARP_REPLY =
        "020000000002020000000201" + "0806" + "0001080006040002" + "020000000201c0a8010b" + "020000000002c0a80101";
    private static final String ADVERTISEMENT = "020000000002020000000201" + "86dd"
        + "6000000000203aff" + "20010db8000100000000000000000011" + "20010db8000100000000000000000001"
        + "8800000060000000" + "20010db8000100000000000000000011" + "0201020000000201";

    @Test
    void shouldTakeArpReplies() {
        final NeighbourAnswer answer = NeighbourAnswer.of(hex(ARP_REPLY));
        assertEquals("192.168.1.11", answer.address().toString());
        assertEquals("02:00:00:00:02:01", answer.mac().toString());
    }

    @Test
    void shouldTakeNeighbourAdvertisements() {
        final NeighbourAnswer answer = NeighbourAnswer.of(hex(ADVERTISEMENT));
        assertEquals("2001:db8:1::11", answer.address().toString());
        assertEquals("02:00:00:00:02:01", answer.mac().toString());
    }

    @Test
    void shouldTakeNothingElse() {
        assertNull(NeighbourAnswer.of(hex(ARP_REPLY.replace("06040002", "06040001"))), "a request");
        assertNull(NeighbourAnswer.of(hex(ADVERTISEMENT.replace("203aff", "203a40"))), "it came over a router");
        for (int length = 0; length < hex(ARP_REPLY).length; length++) {
            assertNull(NeighbourAnswer.of(Arrays.copyOf(hex(ARP_REPLY), length)));
        }
    }

    private static byte[] hex(final String digits) {
        return HexFormat.of().parseHex(digits);
    }
}
