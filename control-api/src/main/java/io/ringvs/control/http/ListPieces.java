package io.ringvs.control.http;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/**
 * {@code {"name":[...]}}, some members of the list at a time, so that long lists pass through little memory and hold up
 * nobody.
 *
 * <p><b>Threading:</b> control thread.
 */
final class ListPieces implements Reply.Pieces {
    private static final int PIECE_BYTES = 32 << 10;

    private final Supplier<Object> members;
    private final Runnable close;
    private String before;
    private boolean ended;

    /**
     * @param before  what comes before the list's bracket
     * @param members the documents of the list, then null
     * @param close   to be run when the list is not needed any more
     */
    ListPieces(final String before, final Supplier<Object> members, final Runnable close) {
        this.before = before + "[\n";
        this.members = members;
        this.close = close;
    }

    @Override
    public byte[] next() {
        if (ended) {
            return null;
        }
        final ByteArrayOutputStream piece = new ByteArrayOutputStream(2 * PIECE_BYTES);
        while (!ended && piece.size() < PIECE_BYTES) {
            final Object member = members.get();
            ended = member == null;
            if (!ended || before.length() > 1) {
                piece.writeBytes(before.getBytes(StandardCharsets.UTF_8));
            }
            piece.writeBytes(ended ? "]}\n".getBytes(StandardCharsets.UTF_8) : Json.bytes(member));
            before = ",";
        }
        return piece.toByteArray();
    }

    @Override
    public void close() {
        close.run();
    }
}
