package io.ringvs.control.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;

/**
 * {@code {"connections":[...]}}, so many connections at a time, so that millions of them pass through little memory.
 *
 * <p><b>Threading:</b> control thread.
 */
final class ConnectionPieces implements Reply.Pieces {
    private static final int PIECE = 512;
    private static final byte[] BEGIN = "{\"connections\":[\n".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] END = "]}\n".getBytes(StandardCharsets.US_ASCII);

    private final ConnectionSource.Cursor cursor;
    private boolean begun;
    private boolean ended;

    ConnectionPieces(final ConnectionSource source) {
        cursor = source.open();
    }

    @Override
    public byte[] next() {
        if (ended) {
            return null;
        }
        final ByteArrayOutputStream piece = new ByteArrayOutputStream();
        for (int i = 0; i < PIECE && !ended; i++) {
            final ConnectionEntry entry = cursor.next();
            ended = entry == null;
            if (!begun) {
                piece.writeBytes(BEGIN);
            } else if (!ended) {
                piece.write(',');
            }
            begun = true;
            piece.writeBytes(ended ? END : Json.bytes(ConnectionDocument.of(entry)));
        }
        return piece.toByteArray();
    }

    @Override
    public void close() {
        cursor.close();
    }
}
