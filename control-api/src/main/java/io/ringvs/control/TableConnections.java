package io.ringvs.control;

import java.util.function.IntSupplier;

import io.ringvs.conntab.ConnectionCursor;
import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.ConnectionView;
import io.ringvs.service.PersistenceEngines;

/**
 * Shows the connections of a {@link ConnectionTable} to listings. One whose time is over is not shown, though a worker
 * may take half a second to find it.
 *
 * <p><b>Threading:</b> control thread.
 */
public final class TableConnections implements ConnectionSource {
    private final ConnectionTable table;
    private final IntSupplier nowTicks;

    /** @param nowTicks the time as connections keep it */
    public TableConnections(final ConnectionTable table, final IntSupplier nowTicks) {
        this.table = table;
        this.nowTicks = nowTicks;
    }

    @Override
    public Cursor open() {
        final ConnectionCursor cursor = table.cursor();
        return new Cursor() {
            @Override
            public ConnectionEntry next() {
                final int now = nowTicks.getAsInt();
                ConnectionView connection = cursor.next();
                while (connection != null && connection.expires() - now <= 0) {
                    connection = cursor.next();
                }
                return connection == null ? null : entry(connection, now);
            }

            @Override
            public void close() {
                cursor.close();
            }
        };
    }

    private ConnectionEntry entry(final ConnectionView connection, final int now) {
        final String engineData = connection.engineData();
        return new ConnectionEntry(
            connection.protocol(), connection.stateName(), connection.secondsLeft(now),
            connection.clientAddress(), connection.clientPort(), connection.virtualAddress(),
            connection.virtualPort(), connection.destinationAddress(), connection.destinationPort(),
            connection.localAddress(), connection.localPort(),
            engineData == null ? null : PersistenceEngines.SIP, engineData);
    }
}
