package io.ringvs.control;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A client of the control socket that says what a test wants it to. */
public final class TestClient implements AutoCloseable {
    private final SocketChannel channel;
    public final StringBuilder out = new StringBuilder();
    public final StringBuilder err = new StringBuilder();
    final List<String> questions = new ArrayList<>();
    public int status = -1;

    public TestClient(final Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
    }

    /** Runs one command to its end. */
    public static TestClient run(final Path socket, final String command, final String stdin) throws IOException {
        try (TestClient client = new TestClient(socket)) {
            client.send(command);
            client.status = client.finish(stdin);
            return client;
        }
    }

    public void send(final String command) throws IOException {
        final List<String> words = new ArrayList<>(List.of("\u0001ipvsadm"));
        words.addAll(command.isEmpty() ? List.of() : List.of(command.split(" ")));
        sendFrame(ControlFrame.ofStrings(ControlFrame.ARGUMENTS, words));
    }

    void sendFrame(final ByteBuffer frame) throws IOException {
        while (frame.hasRemaining()) {
            channel.write(frame);
        }
    }

    /** Reads to the exit status; gives {@code stdin} and the name "host" when asked. */
    int finish(final String stdin) throws IOException {
        while (true) {
            final ByteBuffer header = read(ControlFrame.HEADER_LENGTH);
            final byte[] body = read(header.getInt(ControlFrame.LENGTH_OFFSET)).array();
            final String text = new String(body, StandardCharsets.ISO_8859_1);
            switch (header.get(0)) {
                case ControlFrame.OUTPUT -> out.append(text);
                case ControlFrame.ERROR -> err.append(text);
                case ControlFrame.EXIT -> {
                    return body[0] & 0xff;
                }
                case ControlFrame.INPUT -> {
                    for (int start = 0; start < stdin.length(); start += 10_000) {
                        sendFrame(ControlFrame.ofText(
                            ControlFrame.INPUT, stdin.substring(start, Math.min(stdin.length(), start + 10_000))));
                    }
                    sendFrame(ControlFrame.of(ControlFrame.INPUT, new byte[0]));
                }
                case ControlFrame.NAMES -> {
                    final List<String> asked = ControlFrame.strings(body, 0);
                    questions.addAll(asked);
                    sendFrame(ControlFrame.ofStrings(
                        ControlFrame.NAMES, asked.stream().map(q -> q.startsWith("H") ? "10.7.7.7" : "host").toList()));
                }
                default -> throw new IOException("frame of type " + (char) header.get(0));
            }
        }
    }

    /** Waits until the daemon asks for standard input. */
    void awaitInputRequest() throws IOException {
        final byte type = read(ControlFrame.HEADER_LENGTH).get(0);
        if (type != ControlFrame.INPUT) {
            throw new IOException("frame of type " + (char) type + " instead of a request for input");
        }
    }

    /** Whether the daemon has hung up. */
    boolean isHungUp() throws IOException {
        return channel.read(ByteBuffer.allocate(1)) < 0;
    }

    private ByteBuffer read(final int length) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes) < 0) {
                throw new IOException("the daemon hung up");
            }
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
