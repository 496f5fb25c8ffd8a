package io.ringvs.conntab;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two inserters of one flow: never do both succeed. One attempt each: both may fail, and would try again; who is told
 * of an existing connection is told of the other's.
 *
 * <p>r1, r2: 0 withdrawn, 1 inserted, 2 the other's exists. r3: connections that live in the end.
 */
public class TwoInsertersStress {
    private static final int WITHDRAWN = 0;
    private static final int INSERTED = 1;
    private static final int EXISTS = 2;
    private static final int WRONG = 3;

    private TwoInsertersStress() {
    }

    /** What both variants share: the second inserter's home has a rank of 0 or 1. */
    static class Sample {
        private final long flow = SharedTable.newFlow();
        private final long hash = SharedTable.TABLE.hashOf(flow);
        private final int[] first = new int[1];
        private final int[] second = new int[1];
        private final int secondRank;
        private int firstResult;
        private int secondResult;

        Sample(final int secondRank) {
            this.secondRank = secondRank;
        }

        void insertFirst() {
            firstResult = SharedTable.insert(flow, hash, 0, first);
        }

        void insertSecond() {
            secondResult = SharedTable.insert(flow, hash, secondRank, second);
        }

        void judge(final III_Result result) {
            result.r1 = outcome(firstResult, first[0], second[0]);
            result.r2 = outcome(secondResult, second[0], first[0]);
            result.r3 = end(first[0], 0) + end(second[0], secondRank);
            SharedTable.freeFlow(flow);
        }

        private static int outcome(final int result, final int own, final int other) {
            if (result == own) {
                return INSERTED;
            }
            if (result == FlowInserter.WAS_WITHDRAWN) {
                return WITHDRAWN;
            }
            return result == (other | FlowInserter.EXISTING) ? EXISTS : WRONG;
        }

        private int end(final int slot, final int rank) {
            final boolean isLive = SharedTable.isLive(slot);
            final int found = isLive && SharedTable.TABLE.find(flow, hash) == slot ? 1 : 0;
            if (isLive) {
                SharedTable.remove(slot, hash, rank);
            }
            SharedTable.TABLE.free(slot);
            return found;
        }
    }

    /** Both at the places of the first home. */
    @JCStressTest
    @Outcome(id = {"1, 2, 1", "2, 1, 1", "1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "one succeeded")
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "each withdrew the other; both try again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two connections, or none though one inserter was told so")
    @State
    public static class SameHome {
        private final Sample sample = new Sample(0);

        @Actor
        public void first() {
            sample.insertFirst();
        }

        @Actor
        public void second() {
            sample.insertSecond();
        }

        @Arbiter
        public void judge(final III_Result result) {
            sample.judge(result);
        }
    }

    /** The second one at a later home, as if it had come while the first home was full. */
    @JCStressTest
    @Outcome(id = {"1, 2, 1", "2, 1, 1", "1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "one succeeded")
    @Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "each withdrew the other; both try again")
    @Outcome(expect = Expect.FORBIDDEN, desc = "two connections, or none though one inserter was told so")
    @State
    public static class LaterHome {
        private final Sample sample = new Sample(1);

        @Actor
        public void first() {
            sample.insertFirst();
        }

        @Actor
        public void second() {
            sample.insertSecond();
        }

        @Arbiter
        public void judge(final III_Result result) {
            sample.judge(result);
        }
    }
}
