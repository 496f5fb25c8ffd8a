package io.ringvs.control.netlink;

import io.ringvs.control.Counters;

/** Writes counters and rates twice, as the kernel does: for old programs cut to 32 bits where they were so once. */
final class CounterNests {
    private CounterNests() {
    }

    static void write(
        final AnswerWriter answer, final int number, final int number64, final Counters counters) {
        final int nest = answer.beginNest(number);
        for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
            if (which < Counters.IN_BYTES) {
                answer.u32(IpvsAttribute.Stats.CONNS + which, (int) counters.value(which));
            } else {
                answer.u64(IpvsAttribute.Stats.CONNS + which, counters.value(which));
            }
        }
        for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
            answer.u32(IpvsAttribute.Stats.CPS + which, (int) counters.rate(which));
        }
        answer.endNest(nest);
        final int nest64 = answer.beginNest(number64);
        for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
            answer.u64(IpvsAttribute.Stats.CONNS + which, counters.value(which));
        }
        for (int which = Counters.CONNECTIONS; which <= Counters.OUT_BYTES; which++) {
            answer.u64(IpvsAttribute.Stats.CPS + which, counters.rate(which));
        }
        answer.endNest(nest64);
    }
}
