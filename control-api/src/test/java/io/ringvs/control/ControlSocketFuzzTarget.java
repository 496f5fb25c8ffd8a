package io.ringvs.control;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.ServiceNames;
import io.ringvs.control.netlink.NetlinkSession;
import io.ringvs.control.proc.ProcSession;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/**
 * Any bytes are what a client of the control socket sends, frames or not: the answer is the same in whatever pieces
 * they come, and never that the daemon failed inside. HTTP has a target of its own.
 */
public final class ControlSocketFuzzTarget {
    private static final int TABLE_SIZE = 4096;
    private static final String FAILED = "failed";
    private static final int SMALL_PIECE = 7;
    private static final long TRASH_LIFE_MS = 120_000;
    private static final RuleSet RULES = new TestRules().rules;
    private static final ServiceKey WEB = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);
    private static final Commands COMMANDS = commands(RULES);
    private static long nowMs;

    private ControlSocketFuzzTarget() {
    }

    /** Conversations as the thin client has them. */
    public static List<byte[]> seeds() {
        return List.of(
            frames(command("ringvs adm", "-L", "-n")), frames(command("ipvsadm", "-A", "-t", "10.0.0.9:80")),
            frames(command("ringvs adm", "-R"), input("-A -t 10.0.0.9:80\n"), input("")),
            frames(command("ringvs adm", "-L"), ControlFrame.ofStrings(ControlFrame.NAMES, List.of("www.example"))),
            frames(command("ringvs adm", "-A", "-t", "www.example:80"),
                ControlFrame.ofStrings(ControlFrame.NAMES, List.of("10.0.0.9"))),
            frames(command("ringvs proc", "ip_vs")), frames(command("ringvs proc", "ip_vs_conn")),
            frames(command("ringvs netlink", "77"), input("\u0014\0\0\0\u0010\0\u0005\0\1\0\0\0\0\0\0\0\u0003\1\0\0"),
                input("")));
    }

    private static Commands commands(final RuleSet rules) {
        final AdmEnvironment adm =
            new AdmEnvironment(rules, ConnectionSource.NONE, TABLE_SIZE, new ServiceNames(List.of("http 80/tcp")));
        return (hosts, program, words) -> switch (program) {
            case "ringvs netlink" -> NetlinkSession.begin(rules, TABLE_SIZE, words);
            case "ringvs proc" -> ProcSession.begin(rules, ConnectionSource.NONE, TABLE_SIZE, words);
            default -> adm.session(hosts, program, words);
        };
    }

    private static ByteBuffer command(final String... words) {
        return ControlFrame.ofText(ControlFrame.ARGUMENTS, "\1" + String.join("\0", words) + "\0");
    }

    private static ByteBuffer input(final String text) {
        return ControlFrame.ofText(ControlFrame.INPUT, text);
    }

    private static byte[] frames(final ByteBuffer... frames) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (final ByteBuffer frame : frames) {
            bytes.writeBytes(frame.array());
        }
        return bytes.toByteArray();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) throws IOException {
        if (isHttp(data)) {
            return;
        }
        final BytesChannel whole = new BytesChannel(data, Integer.MAX_VALUE);
        converse(whole);
        final String answer = new String(whole.answered(), StandardCharsets.ISO_8859_1);
        if (!new String(data, StandardCharsets.ISO_8859_1).contains(FAILED)) { // which an answer may repeat
            assertFalse(answer.contains("the daemon " + FAILED + " inside"), answer);
        }
        final BytesChannel pieces = new BytesChannel(data, SMALL_PIECE);
        converse(pieces);
        if (!pieces.hasMore()) { // else it was hung up on before it had said all
            assertArrayEquals(whole.answered(), pieces.answered(), "the answer depends on the pieces");
        }
    }

    private static boolean isHttp(final byte[] data) {
        return data.length >= 2 && data[0] >= 'A' && data[0] <= 'Z' && data[1] >= 'A' && data[1] <= 'Z';
    }

    /** Serves a client until it has said all, or is to be hung up on. */
    private static void converse(final BytesChannel channel) throws IOException {
        reset();
        final Greeting greeting = new Greeting(channel, COMMANDS, (client, received) -> null);
        SocketClient client = null;
        while (client == null && channel.hasMore()) {
            channel.next();
            client = greeting.read();
        }
        if (client == null) {
            return;
        }
        client.readable();
        while (!client.isFinished() && !client.isDone() && channel.hasMore()) {
            channel.next();
            client.readable();
        }
        if (client.isDone()) {
            client.finish();
        }
        client.close();
    }

    private static void reset() {
        RULES.flush();
        nowMs += TRASH_LIFE_MS;
        RULES.scanTrash(nowMs);
        try {
            RULES.addService(new ServiceConfig(WEB, "wlc", 0, 0, -1, null, List.of()));
        } catch (final RuleException e) {
            throw new AssertionError(e);
        }
    }
}
