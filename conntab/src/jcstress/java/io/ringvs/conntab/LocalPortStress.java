package io.ringvs.conntab;

import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.LocalAddress;
import io.ringvs.service.LocalAddressTable;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZI_Result;

/** Two workers take ports of a local address, and one frees the other's: no port is given twice, and none is lost. */
@JCStressTest
@Outcome(id = "true, 2", expect = Expect.ACCEPTABLE, desc = "different ports, both counted")
@Outcome(expect = Expect.FORBIDDEN, desc = "a port was given twice, or lost")
@State
public class LocalPortStress {
    private final LocalAddressTable table = new LocalAddressTable(1);
    private final LocalAddress local = table.acquire(IpAddress.parse("192.0.2.1"));
    private final int freed = take();
    private int first;
    private int second;

    /** Both as the same worker, so that they contend for one word. */
    private int take() {
        return local.take(0, 1, 0, (short) 80, IpProtocol.TCP);
    }

    @Actor
    public void first() {
        first = take();
    }

    @Actor
    public void second() {
        table.free(freed);
        second = take();
    }

    @Arbiter
    public void count(final ZI_Result result) {
        result.r1 = first != second && first != LocalAddress.NONE && second != LocalAddress.NONE;
        result.r2 = local.connections();
    }
}
