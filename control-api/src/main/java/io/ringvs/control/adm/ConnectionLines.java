package io.ringvs.control.adm;

import static io.ringvs.control.Columns.left;

import java.util.ArrayList;
import java.util.List;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.service.IpProtocol;

/**
 * {@code -L -c}: the connections, a piece at a time, so that millions of them pass through little memory.
 *
 * <p><b>Threading:</b> control thread.
 */
final class ConnectionLines implements AutoCloseable {
    private static final int PIECE = 512;
    private static final int LOCAL_WIDTH = 18;

    private final ConnectionSource.Cursor cursor;
    private final NameText names;
    private final boolean withEngine;
    private final boolean withLocal;
    private final List<ConnectionEntry> piece = new ArrayList<>(PIECE);
    /** The piece's lines, until all their names are known. */
    private final StringBuilder text = new StringBuilder();
    private boolean titled;

    ConnectionLines(final ConnectionSource source, final NameText names, final boolean withEngine,
        final boolean withLocal) {
        this.withLocal = withLocal;
        this.cursor = source.open();
        this.names = names;
        this.withEngine = withEngine;
    }

    /** Appends the next piece, or returns false after the last. While names are missing it appends nothing. */
    boolean more(final StringBuilder out) {
        if (piece.isEmpty() && !read()) {
            if (!titled) {
                titles(out);
            }
            return false;
        }
        text.setLength(0);
        if (!titled) {
            titles(text);
        }
        for (final ConnectionEntry entry : piece) {
            line(text, entry);
        }
        if (!names.hosts().incomplete()) {
            out.append(text);
            piece.clear();
            titled = true;
        }
        return true;
    }

    @Override
    public void close() {
        cursor.close();
    }

    private boolean read() {
        while (piece.size() < PIECE) {
            final ConnectionEntry entry = cursor.next();
            if (entry == null) {
                break;
            }
            piece.add(entry);
        }
        return !piece.isEmpty();
    }

    private void titles(final StringBuilder out) {
        out.append("IPVS connection entries\n");
        columns(out, "pro", "expire", "state", "source", "virtual");
        if (withLocal) {
            left(out, "local", LOCAL_WIDTH).append(' ');
        }
        // wider columns than the lines below have: so it is in ipvsadm
        out.append(withEngine ? "destination        pe name          pe_data\n" : "destination\n");
    }

    private void line(final StringBuilder out, final ConnectionEntry entry) {
        final int protocol = entry.protocol();
        columns(
            out, IpProtocol.name(protocol), time(entry.secondsLeft()), entry.state(),
            names.addressAndPort(entry.client(), entry.clientPort(), protocol),
            names.addressAndPort(entry.virtual(), entry.virtualPort(), protocol));
        if (withLocal) {
            left(out, entry.local() == null ? "-" : names.addressAndPort(entry.local(), entry.localPort(), protocol),
                LOCAL_WIDTH).append(' ');
        }
        final String destination = names.addressAndPort(entry.destination(), entry.destinationPort(), protocol);
        if (withEngine && entry.engine() != null) {
            left(out, destination, 16).append(' ');
            left(out, entry.engine(), 18).append(' ').append(entry.engineData());
        } else {
            out.append(destination);
        }
        out.append('\n');
    }

    private static void columns(
        final StringBuilder out, final String protocol, final String expire, final String state, final String source,
        final String virtual) {
        left(out, protocol, 3).append(' ');
        left(out, expire, 6).append(' ');
        left(out, state, 11).append(' ');
        left(out, source, 18).append(' ');
        left(out, virtual, 18).append(' ');
    }

    private static String time(final long seconds) {
        return twoDigits(seconds / 60) + ":" + twoDigits(seconds % 60);
    }

    private static String twoDigits(final long value) {
        return value < 10 ? "0" + value : Long.toString(value);
    }
}
