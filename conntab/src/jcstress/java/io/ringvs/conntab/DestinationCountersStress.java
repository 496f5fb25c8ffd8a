package io.ringvs.conntab;

import io.ringvs.service.DestinationTable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two workers count connections of one destination: no count is lost. */
@JCStressTest
@Outcome(id = "1, 2, 1", expect = Expect.ACCEPTABLE, desc = "all counted")
@Outcome(expect = Expect.FORBIDDEN, desc = "a count was lost")
@State
public class DestinationCountersStress {
    private final DestinationTable destinations = new DestinationTable(1);
    private final int destination = destinations.allocate();

    @Actor
    public void first() {
        destinations.connectionBound(destination, true);
        destinations.connectionBound(destination, false);
        destinations.connectionUnbound(destination, true);
        destinations.templateChanged(destination, 1);
    }

    @Actor
    public void second() {
        destinations.connectionBound(destination, false);
        destinations.activeChanged(destination, 1);
        destinations.templateChanged(destination, 1);
        destinations.templateChanged(destination, -1);
    }

    @Arbiter
    public void count(final III_Result result) {
        result.r1 = destinations.activeConnections(destination);
        result.r2 = destinations.totalConnections(destination);
        result.r3 = destinations.persistentConnections(destination);
        destinations.close();
    }
}
