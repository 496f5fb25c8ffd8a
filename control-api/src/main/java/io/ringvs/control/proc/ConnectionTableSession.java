package io.ringvs.control.proc;

import io.ringvs.control.Columns;
import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.service.IpProtocol;

/**
 * /proc/net/ip_vs_conn and ip_vs_conn_sync: the connections, a piece at a time, so that millions of them pass through
 * little memory.
 *
 * <p><b>Threading:</b> control thread.
 */
final class ConnectionTableSession extends ControlSession {
    /** The two files: they differ in what stands around the time that is left. */
    enum Format {
        WITH_ENGINE("Expires PEName PEData\n") {
            @Override
            void end(final StringBuilder line, final ConnectionEntry entry) {
                Columns.right(line, Long.toString(entry.secondsLeft()), 7);
                if (entry.engine() != null) {
                    line.append(' ').append(entry.engine()).append(' ').append(entry.engineData());
                }
            }
        },
        WITH_ORIGIN("Origin Expires\n") {
            @Override
            void end(final StringBuilder line, final ConnectionEntry entry) {
                line.append("LOCAL  "); // none comes from another director: there is no synchronisation
                Columns.right(line, Long.toString(entry.secondsLeft()), 7);
            }
        };

        private final String titles;

        Format(final String lastTitles) {
            this.titles = "Pro FromIP   FPrt ToIP     TPrt DestIP   DPrt State       " + lastTitles;
        }

        abstract void end(StringBuilder line, ConnectionEntry entry);
    }

    private static final int PIECE = 64 << 10;

    private final Format format;
    private final ConnectionSource.Cursor cursor;

    ConnectionTableSession(final ConnectionSource connections, final Format format) {
        this.format = format;
        this.cursor = connections.open();
        out().append(format.titles);
    }

    @Override
    public Step advance() {
        while (out().length() < PIECE) {
            final ConnectionEntry entry = cursor.next();
            if (entry == null) {
                return Step.DONE;
            }
            line(entry);
        }
        return Step.OUTPUT;
    }

    private void line(final ConnectionEntry entry) {
        final StringBuilder out = out();
        Columns.left(out, IpProtocol.name(entry.protocol()), 3).append(' ');
        Hexadecimal.port(Hexadecimal.address(out, entry.client()).append(' '), entry.clientPort()).append(' ');
        Hexadecimal.port(Hexadecimal.address(out, entry.virtual()).append(' '), entry.virtualPort()).append(' ');
        Hexadecimal.port(Hexadecimal.address(out, entry.destination()).append(' '), entry.destinationPort());
        Columns.left(out.append(' '), entry.state(), 11).append(' ');
        format.end(out, entry);
        out.append('\n');
    }

    @Override
    public void close() {
        cursor.close();
    }
}
