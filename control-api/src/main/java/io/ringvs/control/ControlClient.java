package io.ringvs.control;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client of the control socket that speaks in {@link ControlFrame}s, and the command it runs.
 *
 * <p>What a client has not read yet is bounded: a command goes on producing output only while little is waiting.
 *
 * <p><b>Threading:</b> control thread; nothing here waits.
 *
 * <p><b>Errors:</b> a client that does not keep to {@link ControlFrame} is told so in a sentence and left.
 */
final class ControlClient implements SocketClient {
    /** Standard input of one {@code -R}, in bytes: room for half a million rules. */
    static final int MAX_INPUT = 64 << 20;
    private static final Logger LOGGER = LoggerFactory.getLogger(ControlClient.class);
    private static final int OUTPUT_PIECE = 64 << 10;
    private static final int USAGE_STATUS = 2;
    static final int FAILED_STATUS = 255;

    private final SocketChannel channel;
    private final Commands commands;
    private final ClientNames names = new ClientNames();
    private final Deque<ByteBuffer> outbound = new ArrayDeque<>();
    private final ByteArrayOutputStream stdin = new ByteArrayOutputStream(0);
    private ByteBuffer inbound;
    private ControlSession session;
    private ControlSession.Step waitingFor;
    private boolean ending;

    /** @param inbound what the client has said so far; what it says next is put behind it */
    ControlClient(final SocketChannel channel, final Commands commands, final ByteBuffer inbound) {
        this.channel = channel;
        this.commands = commands;
        this.inbound = inbound;
    }

    @Override
    public void readable() throws IOException {
        int count = 1;
        while (!ending && count > 0) {
            makeRoom();
            count = channel.read(inbound);
            inbound.flip();
            while (!ending && takeFrame()) {
                goOn();
            }
            inbound.compact();
        }
        if (count < 0 && !ending) {
            throw new EOFException("the client went away");
        }
        flush();
    }

    @Override
    public void writable() throws IOException {
        flush();
        if (outbound.isEmpty() && waitingFor == ControlSession.Step.OUTPUT) {
            goOn();
        }
    }

    @Override
    public int interest() {
        final int reading = ending ? 0 : SelectionKey.OP_READ;
        return outbound.isEmpty() ? reading : SelectionKey.OP_WRITE | reading;
    }

    @Override
    public boolean isDone() {
        return waitingFor == ControlSession.Step.DONE;
    }

    @Override
    public boolean changedRules() {
        return session != null && session.changed();
    }

    @Override
    public boolean isFinished() {
        return ending && outbound.isEmpty();
    }

    @Override
    public void finish() throws IOException {
        end(session.status());
        flush();
    }

    @Override
    public void finishWith(final String problem) throws IOException {
        fail(FAILED_STATUS, problem);
        flush();
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }

    private void makeRoom() {
        if (inbound.hasRemaining()) {
            return;
        }
        inbound = ByteBuffer.allocate(inbound.capacity() * 4).put(inbound.flip());
    }

    /** Takes one whole frame, if there is one. */
    private boolean takeFrame() {
        if (inbound.remaining() < ControlFrame.HEADER_LENGTH) {
            return false;
        }
        final int length = inbound.getInt(inbound.position() + ControlFrame.LENGTH_OFFSET);
        if (length < 0 || length > ControlFrame.MAX_BODY) {
            fail(USAGE_STATUS, "a frame of " + Integer.toUnsignedString(length) + " bytes is longer than "
                + ControlFrame.MAX_BODY + ": the client speaks another protocol");
            return false;
        }
        if (inbound.remaining() < ControlFrame.HEADER_LENGTH + length) {
            return false;
        }
        final byte type = inbound.get();
        final byte[] body = new byte[length];
        inbound.getInt();
        inbound.get(body);
        accept(type, body);
        return true;
    }

    private void accept(final byte type, final byte[] body) {
        if (type == ControlFrame.ARGUMENTS && session == null) {
            begin(body);
        } else if (type == ControlFrame.INPUT && waitingFor == ControlSession.Step.INPUT) {
            takeInput(body);
        } else if (type == ControlFrame.NAMES && waitingFor == ControlSession.Step.NAMES
            && names.answer(ControlFrame.strings(body, 0))) {
            waitingFor = null;
        } else {
            fail(USAGE_STATUS, "the client sent something that was not asked for: it speaks another protocol");
        }
    }

    private void begin(final byte[] body) {
        final List<String> words =
            body.length == 0 || body[0] != ControlFrame.VERSION ? null : ControlFrame.strings(body, 1);
        if (words == null || words.isEmpty()) {
            fail(USAGE_STATUS,
                "the client speaks another version of the protocol; use the one that came with the daemon");
        } else {
            try {
                session = commands.begin(names, words.get(0), words.subList(1, words.size()));
            } catch (final RuntimeException e) {
                failInside(e);
            }
        }
    }

    private void takeInput(final byte[] piece) {
        if (piece.length == 0) {
            session.input(stdin.toString(StandardCharsets.ISO_8859_1));
            stdin.reset();
            waitingFor = null;
        } else if (stdin.size() + piece.length > MAX_INPUT) {
            fail(USAGE_STATUS, "the input of -R is longer than " + MAX_INPUT + " bytes; split it");
        } else {
            stdin.writeBytes(piece);
        }
    }

    private void goOn() throws IOException {
        if (ending || waitingFor == ControlSession.Step.INPUT || waitingFor == ControlSession.Step.DONE) {
            return;
        }
        do {
            waitingFor = names.incomplete() ? ControlSession.Step.NAMES : advance();
            sendOutput();
            flush();
        } while (waitingFor == ControlSession.Step.OUTPUT && outbound.isEmpty());
        if (waitingFor == ControlSession.Step.INPUT) {
            outbound.add(ControlFrame.of(ControlFrame.INPUT, new byte[0]));
        } else if (waitingFor == ControlSession.Step.NAMES) {
            outbound.add(ControlFrame.ofStrings(ControlFrame.NAMES, names.nextQuestions()));
        }
        flush();
    }

    private ControlSession.Step advance() {
        try {
            return session.advance();
        } catch (final RuntimeException e) {
            session.out().setLength(0);
            session.err().setLength(0);
            failInside(e);
            return null;
        }
    }

    private void failInside(final RuntimeException e) {
        LOGGER.error("A command failed inside the daemon", e);
        fail(FAILED_STATUS, "the daemon failed inside (" + e + "); its log tells more");
    }

    private void sendOutput() {
        send(ControlFrame.OUTPUT, session.out());
        send(ControlFrame.ERROR, session.err());
    }

    private void send(final byte type, final StringBuilder text) {
        for (int start = 0; start < text.length(); start += OUTPUT_PIECE) {
            outbound.add(
                ControlFrame.ofText(type, text.substring(start, Math.min(text.length(), start + OUTPUT_PIECE))));
        }
        text.setLength(0);
    }

    private void fail(final int status, final String problem) {
        outbound.add(ControlFrame.ofText(ControlFrame.ERROR, problem + "\n"));
        end(status);
    }

    private void end(final int status) {
        outbound.add(ControlFrame.of(ControlFrame.EXIT, new byte[] {(byte) status}));
        ending = true;
        waitingFor = null;
    }

    private void flush() throws IOException {
        while (!outbound.isEmpty()) {
            channel.write(outbound.getFirst());
            if (outbound.getFirst().hasRemaining()) {
                return;
            }
            outbound.removeFirst();
        }
    }
}
