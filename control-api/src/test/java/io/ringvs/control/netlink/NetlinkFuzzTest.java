package io.ringvs.control.netlink;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

/** Damaged requests are answered or ignored, and nothing else happens. */
class NetlinkFuzzTest {
    private static final int RUNS = 200_000;
    static final List<byte[]> SEEDS = List.of(
        new TestRequest().nest(1, TestRequest.fullService()).message(1, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.fullService().u16(1, 10)).message(2, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.fullService().text(6, "sh").hex(7, "39000000ffffffff").u32(8, 9))
            .message(1, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.fullService().u16(2, 17).text(11, "sip").hex(7, "05000000ffffffff")
            .u32(8, 9)).message(1, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.service()).message(3, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.service()).message(4, TestRequest.ACKNOWLEDGED),
        new TestRequest().message(4, TestRequest.DUMP),
        new TestRequest().nest(1, TestRequest.service()).nest(2, TestRequest.fullDestination().u8(13, 1).be16(14, 1))
            .message(5, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.service()).nest(2, TestRequest.fullDestination().u16(11, 2))
            .message(6, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.service()).nest(2, TestRequest.destination())
            .message(7, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(1, TestRequest.service()).message(8, TestRequest.DUMP),
        new TestRequest().nest(3, new TestRequest().u32(1, 1).text(2, "eth0").u32(3, 0).hex(5, "e0000051"))
            .message(9, TestRequest.ACKNOWLEDGED),
        new TestRequest().nest(3, new TestRequest().u32(1, 1)).message(10, TestRequest.ACKNOWLEDGED),
        new TestRequest().message(11, TestRequest.DUMP),
        new TestRequest().u32(4, 1).u32(5, 2).u32(6, 3).message(12, TestRequest.ACKNOWLEDGED),
        new TestRequest().text(2, "IPVS").message(0x10, 3, TestRequest.ACKNOWLEDGED));

    @Test
    void shouldSurviveDamagedRequests() {
        final long seed = Long.getLong("ringvs.seed", System.nanoTime());
        final Random random = new Random(seed);
        int refused = 0;
        int done = 0;
        int saved = 0;
        try (TestConversation program = new TestConversation()) {
            for (int run = 0; run < RUNS; run++) {
                final byte[] datagram = damaged(random);
                for (final TestConversation.Answer answer : NetlinkFuzzTarget.take(program, datagram)) {
                    if (answer.type() == 2 && answer.errno() != 0) {
                        refused++;
                    } else {
                        done++;
                    }
                }
                if (program.test.rules.services().size() > 20) {
                    NetlinkFuzzTarget.shouldBeSavable(program);
                    saved++;
                    program.test.rules.flush();
                }
            }
        } catch (final RuntimeException | AssertionError e) {
            throw new AssertionError("with -Dringvs.seed=" + seed, e);
        }
        assertTrue(refused > RUNS / 20 && done > RUNS / 20 && saved > 3,
            "refused " + refused + ", done " + done + ", saved " + saved);
    }

    private static byte[] damaged(final Random random) {
        final byte[] seed = SEEDS.get(random.nextInt(SEEDS.size()));
        final byte[] datagram = random.nextInt(8) == 0
            ? Arrays.copyOf(seed, random.nextInt(seed.length + 9)) : seed.clone();
        for (int changes = random.nextInt(4); changes > 0 && datagram.length > 0; changes--) {
            final int at = random.nextInt(datagram.length);
            datagram[at] = switch (random.nextInt(4)) {
                case 0 -> (byte) random.nextInt();
                case 1 -> 0;
                case 2 -> (byte) (datagram[at] + 1);
                default -> (byte) (datagram[at] ^ 1 << random.nextInt(8));
            };
        }
        return datagram;
    }
}
