package io.ringvs.director.e2e;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Runs commands of {@code ringvs adm} without a process for each: for tests that give a thousand in a second. */
final class FastClient {
    private static final byte ARGUMENTS = 'A';
    private static final byte ERROR = 'E';
    private static final byte EXIT = 'X';
    private static final byte VERSION = 1;

    private FastClient() {
    }

    /** Runs a command, which must succeed, and returns when it is in effect. */
    static void run(final Path socket, final String command) {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            final byte[] words = ("ringvs adm\0" + command.replace(' ', '\0')).getBytes(StandardCharsets.US_ASCII);
            final ByteBuffer frame = ByteBuffer.allocate(7 + words.length);
            frame.put(ARGUMENTS).putInt(words.length + 2).put(VERSION).put(words).put((byte) 0).flip();
            while (frame.hasRemaining()) {
                channel.write(frame);
            }
            await(new DataInputStream(Channels.newInputStream(channel)), command);
        } catch (final IOException e) {
            throw new AssertionError(command, e);
        }
    }

    private static void await(final DataInputStream answer, final String command) throws IOException {
        final StringBuilder errors = new StringBuilder();
        while (true) {
            final byte type = answer.readByte();
            final byte[] body = new byte[answer.readInt()];
            answer.readFully(body);
            if (type == ERROR) {
                errors.append(new String(body, StandardCharsets.US_ASCII));
            } else if (type == EXIT) {
                if (body[0] != 0) {
                    throw new AssertionError(command + " ended with " + body[0] + ": " + errors);
                }
                return;
            }
        }
    }
}
