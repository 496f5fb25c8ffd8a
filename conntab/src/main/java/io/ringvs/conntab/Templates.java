package io.ringvs.conntab;

import io.ringvs.service.DestinationTable;
import org.agrona.UnsafeApi;

/**
 * What is asked of persistence templates alone: whether one may still be used, and what a persistence engine found.
 *
 * <p><b>Threading:</b> any worker.
 */
public final class Templates implements AutoCloseable {
    private final ConnectionTable connections;
    private final DestinationTable destinations;
    private final FlowHash hash;
    private final EngineRecords engineRecords;

    Templates(final ConnectionTable connections, final FlowHash hash) {
        this.connections = connections;
        this.destinations = connections.destinations();
        this.hash = hash;
        this.engineRecords = new EngineRecords(connections.maxConnections(), connections.memory());
    }

    /**
     * Whether a template may be used for a new connection. That its server is overloaded or has weight 0 does not
     * matter, but for the setting.
     *
     * @param expireQuiescent expire_quiescent_template: a server of weight 0 does matter
     */
    public boolean isUsable(final int template, final boolean expireQuiescent) {
        final int destination = connections.destination(template);
        return destination != DestinationTable.NONE && destinations.isAvailable(destination)
            && !(expireQuiescent && destinations.weight(destination) == 0);
    }

    /**
     * Mixes what a persistence engine found into a template's key: templates of one client and service with different
     * data are different ones. In place of the virtual address then stands a keyed hash of it and the data, 128 bits
     * long.
     *
     * @param data   address of its first byte
     * @param length in bytes
     */
    public void mixEngineData(final long template, final long data, final int length) {
        final long virtual = template + FlowLayout.VIRTUAL_ADDRESS;
        UnsafeApi.putByte(template + FlowLayout.KIND,
            (byte) (UnsafeApi.getByte(template + FlowLayout.KIND) | FlowLayout.ENGINE_KIND));
        long first = hash.with(hash.with(length, UnsafeApi.getLong(virtual)), UnsafeApi.getLong(virtual + Long.BYTES));
        long second = hash.with(~first, length);
        for (int i = 0; i < length; i += Long.BYTES) {
            long word = 0;
            for (int j = i; j < Math.min(i + Long.BYTES, length); j++) {
                word = word << Byte.SIZE | UnsafeApi.getByte(data + j) & 0xff;
            }
            first = hash.with(first, word);
            second = hash.with(second, word);
        }
        UnsafeApi.putLong(virtual, first);
        UnsafeApi.putLong(virtual + Long.BYTES, second);
    }

    /** Whether a template whose key has engine data mixed in was opened with exactly these bytes. */
    public boolean hasEngineData(final int template, final long data, final int length) {
        return engineRecords.hasData(ColdLayout.engineRecord(connections.coldLine(template)), data, length);
    }

    EngineRecords engineRecords() {
        return engineRecords;
    }

    /** Gives back the engine's data of a template that is about to be free. */
    void freeEngineData(final int template) {
        final int record = ColdLayout.engineRecord(connections.coldLine(template));
        if (record != EngineRecords.NONE) {
            engineRecords.free(record);
        }
    }

    @Override
    public void close() {
        engineRecords.close();
    }
}
