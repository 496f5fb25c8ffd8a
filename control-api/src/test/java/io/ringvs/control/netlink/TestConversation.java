package io.ringvs.control.netlink;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

import io.ringvs.control.ControlSession;
import io.ringvs.control.TestRules;

/** A program that speaks netlink with rules of its own. */
final class TestConversation implements AutoCloseable {
    static final int PORT = 77;
    static final int TABLE_SIZE = 4096;

    final TestRules test = new TestRules();
    private boolean changed;

    /** One message that was answered. */
    record Answer(int type, int flags, int sequence, int port, byte[] body) {
        /** Of an acknowledgement or refusal: 0 or the error number. */
        int errno() {
            if (type != 2) {
                throw new AssertionError("no acknowledgement but a message of type " + type);
            }
            return -ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getInt(0);
        }

        int command() {
            return body[0];
        }

        String hex() {
            return HexFormat.of().formatHex(body);
        }
    }

    /** The answers to a datagram. */
    List<Answer> ask(final byte[] datagram) {
        try (NetlinkSession session = new NetlinkSession(test.rules, TABLE_SIZE, PORT)) {
            final StringBuilder text = new StringBuilder();
            ControlSession.Step step = session.advance();
            while (step != ControlSession.Step.DONE) {
                if (step == ControlSession.Step.INPUT) {
                    session.input(new String(datagram, StandardCharsets.ISO_8859_1));
                }
                text.append(session.out());
                session.out().setLength(0);
                step = session.advance();
            }
            changed = session.changed();
            return parse(text.append(session.out()).toString().getBytes(StandardCharsets.ISO_8859_1));
        }
    }

    /** The error number that the only answer to a request carries, 0 if it was acknowledged. */
    int errno(final byte[] request) {
        final List<Answer> answers = ask(request);
        if (answers.size() != 1) {
            throw new AssertionError(answers.size() + " answers instead of one");
        }
        return answers.get(0).errno();
    }

    /** Whether the last datagram changed rules. */
    boolean changed() {
        return changed;
    }

    @Override
    public void close() {
        test.close();
    }

    private static List<Answer> parse(final byte[] bytes) {
        final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        final List<Answer> answers = new ArrayList<>();
        while (buffer.hasRemaining()) {
            final int length = buffer.getInt();
            final int type = buffer.getShort() & 0xffff;
            final int flags = buffer.getShort() & 0xffff;
            final int sequence = buffer.getInt();
            final int port = buffer.getInt();
            final byte[] body = new byte[length - 16];
            buffer.get(body);
            buffer.position(buffer.position() + (-length & 3));
            answers.add(new Answer(type, flags, sequence, port, body));
        }
        return answers;
    }
}
