package io.ringvs.conntab;

import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who finds a connection sees all that its inserter wrote. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "looked up before the insert")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "found, whole")
@Outcome(expect = Expect.FORBIDDEN, desc = "found with another connection's data, or lost")
@State
public class PublicationStress {
    private final long flow = SharedTable.newFlow();
    private final long hash = SharedTable.TABLE.hashOf(flow);
    private final int[] slot = new int[1];

    @Actor
    public void inserter() {
        SharedTable.insert(flow, hash, 0, slot);
    }

    @Actor
    public void reader(final II_Result result) {
        final int found = SharedTable.TABLE.find(flow, hash);
        if (found >= 0) {
            result.r1 = SharedTable.destination(found) == UnsafeApi.getInt(flow) ? 1 : 2;
        }
    }


    @Arbiter
    public void end(final II_Result result) {
        result.r2 = SharedTable.TABLE.find(flow, hash) == slot[0] ? 1 : 0;
        SharedTable.remove(slot[0], hash, 0);
        SharedTable.TABLE.free(slot[0]);
        SharedTable.freeFlow(flow);
    }
}
