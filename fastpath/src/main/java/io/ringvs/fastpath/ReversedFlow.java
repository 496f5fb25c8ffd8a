package io.ringvs.fastpath;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;

import org.agrona.UnsafeApi;

/**
 * Finds the connection whose client a packet is addressed to and whose virtual address and port it comes from.
 *
 * <p><b>Threading:</b> one worker.
 *
 * <p><b>Source:</b> ip_vs_conn_out_get of Linux 6.1 {@code ip_vs_conn.c}.
 */
final class ReversedFlow implements AutoCloseable {
    private final ConnectionTable table;
    /** Key of the connection looked for. */
    private final FlowBatch reversed = new FlowBatch(1);

    ReversedFlow(final ConnectionTable table) {
        this.table = table;
    }

    /**
     * The slot of the connection, or {@link FlowLayout#NOT_FOUND}.
     *
     * @param flow address of the packet's key as in {@link FlowLayout}
     */
    int find(final long flow) {
        final long key = reversed.entry(0);
        for (int offset = 0; offset < FlowLayout.VIRTUAL_ADDRESS; offset += Long.BYTES) {
            UnsafeApi.putLong(key + FlowLayout.CLIENT_ADDRESS + offset,
                UnsafeApi.getLong(flow + FlowLayout.VIRTUAL_ADDRESS + offset));
            UnsafeApi.putLong(key + FlowLayout.VIRTUAL_ADDRESS + offset,
                UnsafeApi.getLong(flow + FlowLayout.CLIENT_ADDRESS + offset));
        }
        UnsafeApi.putLong(key + FlowLayout.PORTS, UnsafeApi.getLong(flow + FlowLayout.PORTS));
        UnsafeApi.putShort(key + FlowLayout.CLIENT_PORT, UnsafeApi.getShort(flow + FlowLayout.VIRTUAL_PORT));
        UnsafeApi.putShort(key + FlowLayout.VIRTUAL_PORT, UnsafeApi.getShort(flow + FlowLayout.CLIENT_PORT));
        return table.lookup().findExactly(key);
    }

    @Override
    public void close() {
        reversed.close();
    }
}
