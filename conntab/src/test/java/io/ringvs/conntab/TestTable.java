package io.ringvs.conntab;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.snapshot.WorkerEpochs;
import org.agrona.UnsafeApi;

/** A table with two destinations, a clock set by hand, and easy ways to name flows. */
final class TestTable implements AutoCloseable {
    /** What a DR destination gives its connections: direct routing, inactive until a packet says otherwise. */
    static final int DIRECT = ForwardingMethod.DIRECT.value() | ConnectionFlags.NO_OUTPUT | ConnectionFlags.INACTIVE;
    static final int NAT = ForwardingMethod.NAT.value() | ConnectionFlags.INACTIVE;
    static final int FULLNAT = ForwardingMethod.FULLNAT.value() | ConnectionFlags.INACTIVE;
    static final short PORT_80 = Short.reverseBytes((short) 80);

    final WorkerEpochs epochs;
    final DestinationTable destinations = new DestinationTable(16);
    final ConnectionTable table;
    final int first;
    final int second;
    final FlowBatch keys = new FlowBatch(64);
    final NewConnection wanted = new NewConnection();
    int now;

    TestTable(final int maxConnections, final int workers) {
        this(maxConnections, workers, 0);
    }

    TestTable(final int maxConnections, final int workers, final int startTick) {
        now = startTick;
        epochs = new WorkerEpochs(workers);
        for (int worker = 0; worker < workers; worker++) {
            epochs.online(worker);
        }
        first = destination("192.168.1.11");
        second = destination("192.168.1.12");
        table = new ConnectionTable(
            maxConnections, destinations, epochs, TableMemory.ofProcess(), now, new FlowHash(42));
    }

    private int destination(final String address) {
        final int id = destinations.allocate();
        destinations.configure(
            id, DestinationConfig.of(IpAddress.parse(address), 80, ForwardingMethod.DIRECT, 1), DIRECT);
        destinations.setAvailable(id, true);
        return id;
    }

    /** Sets a destination's weight to 0. */
    void quiesce(final int destination) {
        destinations.configure(
            destination, DestinationConfig.of(destinations.address(destination), 80, ForwardingMethod.DIRECT, 0),
            DIRECT);
    }

    WorkerConnections worker() {
        return table.worker(0);
    }

    /** The address of a key for client 10.x.y.z:port, where {@code client} numbers clients and ports. */
    long flow(final int client) {
        return flow(keys.entry(0), client, IpProtocol.TCP);
    }

    long flow(final int client, final int protocol) {
        return flow(keys.entry(0), client, protocol);
    }

    static long flow(final long entry, final int client, final int protocol) {
        UnsafeApi.setMemory(entry, FlowLayout.LENGTH, (byte) 0);
        UnsafeApi.putInt(entry + FlowLayout.CLIENT_ADDRESS, Integer.reverseBytes(0x0a000000 + (client >>> 14)));
        UnsafeApi.putInt(entry + FlowLayout.VIRTUAL_ADDRESS, Integer.reverseBytes(0xc0a8010a));
        UnsafeApi.putLong(entry + FlowLayout.PORTS, FlowLayout.portsWord(
            Short.reverseBytes((short) (1024 + (client & 0x3fff))), PORT_80, protocol, FlowLayout.IPV4));
        return entry;
    }

    int open(final int client) {
        return worker().open(wanted.of(flow(client), first, PORT_80, DIRECT), TcpStates.SYN, now);
    }

    int find(final int client) {
        return table.lookup().find(flow(client));
    }

    /** Passes time in steps of a quarter second, as a worker's duty cycles would. */
    void pass(final int seconds) {
        for (int step = 0; step < 4 * seconds; step++) {
            now += Ticks.PER_SECOND / 4 + (step & 1);
            maintain();
        }
    }

    void maintain() {
        for (int worker = 0; worker < epochs.workers(); worker++) {
            epochs.quiescent(worker);
        }
        for (int worker = 0; worker < epochs.workers(); worker++) {
            table.worker(worker).maintain(now, Integer.MAX_VALUE);
        }
    }

    int active(final int destination) {
        return destinations.activeConnections(destination);
    }

    int total(final int destination) {
        return destinations.totalConnections(destination);
    }

    @Override
    public void close() {
        keys.close();
        table.close();
        destinations.close();
    }
}
