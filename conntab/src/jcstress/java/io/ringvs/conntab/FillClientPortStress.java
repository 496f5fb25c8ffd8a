package io.ringvs.conntab;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.WorkerEpochs;
import org.agrona.UnsafeApi;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/**
 * Two workers get the first packets to a connection whose client port is not known: from two ports one of them has it,
 * from one port both do. Nobody who looks, as the packet path does, sees the winner's flow without a connection.
 *
 * <p>r1, r2: 1 has the connection, 0 has none, 2 has another one than is found by its flow, 3 could not. r3:
 * connections of the two flows in the end.
 */
public class FillClientPortStress {
    private FillClientPortStress() {
    }

    /** One table for all samples of a fork. */
    private static final class Shared {
        static final WorkerEpochs EPOCHS = new WorkerEpochs(3);
        static final DestinationTable DESTINATIONS = new DestinationTable(16);
        static final int DESTINATION = DESTINATIONS.allocate();
        static final ConnectionTable TABLE =
            new ConnectionTable(1 << 18, DESTINATIONS, EPOCHS, TableMemory.ofProcess(), 0);
        static final int NAT = ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE;
        private static int next;

        static {
            DESTINATIONS.configure(DESTINATION,
                DestinationConfig.of(IpAddress.parse("192.168.1.11"), 21, ForwardingMethod.NAT, 1), NAT);
        }

        private Shared() {
        }

        static synchronized int number() {
            return ++next;
        }
    }

    /** What both variants share; worker 2 prepares and judges, so its turns are taken one at a time. */
    static class Sample {
        /** Visited at a time, so that those of ended connections are cleared. */
        private static final int TIMERS = 100;
        private static final short FTP = Short.reverseBytes((short) 21);
        private static final short DATA = Short.reverseBytes((short) 5000);

        private final int client = Shared.number();
        private final long first;
        private final long second;
        private final int control;
        private int firstSlot;
        private int secondSlot;

        Sample(final int firstPort, final int secondPort) {
            first = flow(firstPort, DATA);
            second = flow(secondPort, DATA);
            synchronized (Shared.class) {
                final long flow = flow(1, FTP);
                final WorkerConnections worker = Shared.TABLE.worker(2);
                control = worker.open(
                    new NewConnection().of(flow, Shared.DESTINATION, FTP, Shared.NAT).helped(), TcpStates.SYN, 0);
                worker.expected().expect(control, client, 0, (short) 0, DATA, DATA, 0);
                UnsafeApi.freeMemory(flow);
            }
        }

        private long flow(final int port, final short virtualPort) {
            final long flow = UnsafeApi.allocateMemory(FlowLayout.LENGTH);
            UnsafeApi.setMemory(flow, FlowLayout.LENGTH, (byte) 0);
            UnsafeApi.putLong(flow, client);
            UnsafeApi.putLong(flow + FlowLayout.PORTS,
                FlowLayout.portsWord((short) port, virtualPort, 6, FlowLayout.IPV4));
            return flow;
        }

        void fillFirst() {
            firstSlot = fill(0, first);
        }

        void fillSecond() {
            secondSlot = fill(1, second);
        }

        /** As a worker does: what is not found by the first look is looked for once more. */
        private static int fill(final int worker, final long flow) {
            Shared.EPOCHS.online(worker);
            final int found = Shared.TABLE.lookup().find(flow);
            final int slot = FlowLayout.isPortless(found) ? Shared.TABLE.worker(worker).expected()
                .fillClientPort(FlowLayout.slotOfPortless(found), flow, 0) : found;
            final int result = slot == FlowLayout.NOT_FOUND ? Shared.TABLE.lookup().findExactly(flow) : slot;
            Shared.EPOCHS.offline(worker);
            Shared.TABLE.worker(worker).maintain(0, TIMERS);
            return result;
        }

        void judge(final III_Result result, final boolean onePort) {
            result.r1 = outcome(firstSlot, first);
            result.r2 = outcome(secondSlot, second);
            final int ofFirst = Shared.TABLE.lookup().findExactly(first);
            final int ofSecond = Shared.TABLE.lookup().findExactly(second);
            result.r3 = (ofFirst >= 0 ? 1 : 0) + (!onePort && ofSecond >= 0 ? 1 : 0);
            end(ofFirst, ofSecond);
        }

        private static int outcome(final int slot, final long flow) {
            if (slot < 0) {
                return slot == FlowLayout.NOT_FOUND ? 0 : 3;
            }
            return Shared.TABLE.lookup().findExactly(flow) == slot ? 1 : 2;
        }

        private void end(final int ofFirst, final int ofSecond) {
            synchronized (Shared.class) {
                final WorkerConnections worker = Shared.TABLE.worker(2);
                if (ofFirst >= 0) {
                    worker.expireNow(ofFirst);
                }
                if (ofSecond >= 0) {
                    worker.expireNow(ofSecond);
                }
                worker.expireNow(control);
                worker.maintain(0, TIMERS);
            }
            UnsafeApi.freeMemory(first);
            UnsafeApi.freeMemory(second);
        }
    }

    /** From two ports. */
    @JCStressTest
    @Outcome(id = {"1, 0, 1", "0, 1, 1"}, expect = Expect.ACCEPTABLE, desc = "one port won")
    @Outcome(expect = Expect.FORBIDDEN, desc = "both won, or none")
    @State
    public static class TwoPorts {
        private final Sample sample = new Sample(7, 8);

        @Actor
        public void first() {
            sample.fillFirst();
        }

        @Actor
        public void second() {
            sample.fillSecond();
        }

        @Arbiter
        public void judge(final III_Result result) {
            sample.judge(result, false);
        }
    }

    /** From one port. */
    @JCStressTest
    @Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "both have the one connection")
    @Outcome(expect = Expect.FORBIDDEN, desc = "one saw no connection, or there are two")
    @State
    public static class OnePort {
        private final Sample sample = new Sample(7, 7);

        @Actor
        public void first() {
            sample.fillFirst();
        }

        @Actor
        public void second() {
            sample.fillSecond();
        }

        @Arbiter
        public void judge(final III_Result result) {
            sample.judge(result, true);
        }
    }
}
