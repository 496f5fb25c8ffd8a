package io.ringvs.conntab;

import io.ringvs.snapshot.WorkerEpochs;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A worker looks a flow up and uses what it found, while another one removes the connection and, once the grace period
 * is over, gives its slot to another flow: the first never sees the other flow's data (ABA).
 *
 * <p>r1: 0 not found, 1 found with its data, 2 found with other data. r2: whether the slot changed hands in time.
 */
@JCStressTest
@Outcome(id = {"0, 0", "0, 1", "1, 0", "1, 1"}, expect = Expect.ACCEPTABLE, desc = "not found, or found and unchanged")
@Outcome(expect = Expect.FORBIDDEN, desc = "the slot changed hands under its reader")
@State
public class SlotReuseStress {
    private static final int PATIENCE = 1000;

    private final WorkerEpochs epochs = new WorkerEpochs(2);
    private final long flow = SharedTable.newFlow();
    private final long next = SharedTable.newFlow();
    /** Of both flows, so that the second one gets the slot of the first. */
    private final long hash = SharedTable.TABLE.hashOf(flow);
    private final int[] slot = new int[1];
    private final int[] nextSlot = {FlowInserter.NO_FREE_SLOT};

    public SlotReuseStress() {
        epochs.online(0);
        epochs.online(1);
        SharedTable.insert(flow, hash, 0, slot);
    }

    @Actor
    public void reader(final II_Result result) {
        final int found = SharedTable.TABLE.find(flow, hash);
        if (found >= 0) {
            result.r1 = SharedTable.destination(found) == UnsafeApi.getInt(flow)
                && UnsafeApi.getInt(SharedTable.TABLE.line(found) + ConnectionLayout.CLIENT_ADDRESS)
                == UnsafeApi.getInt(flow) ? 1 : 2;
        }
        epochs.offline(0);
    }

    @Actor
    public void remover(final II_Result result) {
        SharedTable.remove(slot[0], hash, 0);
        final long epoch = epochs.advance();
        epochs.quiescent(1);
        for (int look = 0; look < PATIENCE; look++) {
            if (epochs.passed(epoch)) {
                SharedTable.TABLE.free(slot[0]);
                SharedTable.insert(next, hash, 0, nextSlot);
                result.r2 = nextSlot[0] == slot[0] ? 1 : 0;
                return;
            }
        }
    }

    @Arbiter
    public void end() {
        if (nextSlot[0] >= 0) {
            SharedTable.remove(nextSlot[0], hash, 0);
            SharedTable.TABLE.free(nextSlot[0]);
        } else {
            SharedTable.TABLE.free(slot[0]);
        }
        SharedTable.freeFlow(flow);
        SharedTable.freeFlow(next);
    }
}
