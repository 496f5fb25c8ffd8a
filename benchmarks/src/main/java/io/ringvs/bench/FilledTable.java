package io.ringvs.bench;

import io.ringvs.conntab.ConnectionFlags;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.TcpStates;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.snapshot.WorkerEpochs;

/** A connection table with the first {@code count} of {@link FlowKeys}, established. */
final class FilledTable implements AutoCloseable {
    static final int FLAGS = ForwardingMethod.DIRECT.value() | ConnectionFlags.NO_OUTPUT | ConnectionFlags.INACTIVE;
    /** Real servers, enough for two workers to seldom count at the same one. */
    private static final int SERVERS = 100;
    static final short PORT = Short.reverseBytes((short) 80);

    final WorkerEpochs epochs;
    final DestinationTable destinations = new DestinationTable(SERVERS);
    final ConnectionTable table;

    FilledTable(final int count, final int maxConnections, final int workers) {
        epochs = new WorkerEpochs(workers);
        table = new ConnectionTable(maxConnections, destinations, epochs, new HugePages(), 0);
        for (int server = 0; server < SERVERS; server++) {
            destinations.configure(destinations.allocate(), DestinationConfig.of(
                IpAddress.parse("192.168.1." + (server + 1)), 80, ForwardingMethod.DIRECT, 1), FLAGS);
        }
        fill(count);
    }

    /** The real server of a flow. */
    int destination(final long flow) {
        return (int) (flow % SERVERS);
    }

    private void fill(final int count) {
        final NewConnection wanted = new NewConnection();
        try (FlowBatch keys = new FlowBatch(1)) {
            for (int number = 0; number < count; number++) {
                FlowKeys.write(keys.entry(0), number);
                final int slot = table.worker(0).open(
                    wanted.of(keys.entry(0), destination(number), PORT, FLAGS), TcpStates.SYN, 0);
                if (slot >= 0) {
                    table.worker(0).packet(slot, TcpStates.ACK, 0);
                }
            }
        }
        if (table.worker(0).refused() > 0) {
            throw new IllegalStateException(table.worker(0).refused() + " of " + count + " connections were refused");
        }
    }

    @Override
    public void close() {
        table.close();
        destinations.close();
    }
}
