package io.ringvs.control.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.PrematureChannelClosureException;
import io.netty.handler.codec.http.FullHttpRequest;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.RuleException;
import io.ringvs.control.RuleSet;
import io.ringvs.control.TestRules;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceKey;

/** Any bytes are what a client sends: each request in them is answered, and a refused one changes nothing. */
public final class HttpFuzzTarget {
    /** More pieces than the longest answer has. */
    private static final int MAX_PIECES = 1000;
    private static final long TRASH_LIFE_MS = 120_000;
    private static final RuleSet RULES = new TestRules().rules;
    private static final HttpApi API = new HttpApi(new ApiEnvironment(
        RULES, ConnectionSource.NONE, new TestSettings(), new TestMarks(), () -> null));
    private static final ServiceKey WEB = ServiceKey.ofAddress(IpProtocol.TCP, IpAddress.parse("10.0.0.1"), 80);
    private static final ServiceConfig SERVICE = new ServiceConfig(WEB, "wlc", 0, 0, -1, null, List.of());
    private static long nowMs;

    /** @param isCutOff whether the last request was not whole */
    record Outcome(int carriedOut, int refused, boolean isCutOff) {
    }

    private HttpFuzzTarget() {
    }

    /** Good requests. */
    public static List<byte[]> seeds() {
        return HttpFuzzTest.SEEDS.stream().map(text -> text.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        take(data);
    }

    /** What becomes of the requests, from the same rules each time. */
    static Outcome take(final byte[] data) {
        reset();
        int carriedOut = 0;
        int refused = 0;
        final EmbeddedChannel codec = HttpConnection.codec(null, new BodyRoom());
        codec.writeInbound(Unpooled.wrappedBuffer(data));
        for (FullHttpRequest request = codec.readInbound(); request != null; request = codec.readInbound()) {
            if (isCarriedOut(request)) {
                carriedOut++;
            } else {
                refused++;
            }
            request.release();
        }
        boolean cutOff = false;
        try {
            codec.finishAndReleaseAll();
        } catch (final PrematureChannelClosureException e) {
            cutOff = true;
        }
        return new Outcome(carriedOut, refused, cutOff);
    }

    private static void reset() {
        RULES.flush();
        nowMs += TRASH_LIFE_MS;
        RULES.scanTrash(nowMs);
        try {
            RULES.addService(SERVICE);
            RULES.addDestination(
                WEB, DestinationConfig.of(IpAddress.parse("192.168.1.1"), 80, ForwardingMethod.DIRECT, 1));
        } catch (final RuleException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isCarriedOut(final FullHttpRequest request) {
        final long version = RULES.version();
        final Reply reply = API.answer(request);
        final int status = reply.status().code();
        assertNotEquals(500, status);
        if (status >= 400) {
            assertEquals(version, RULES.version(), "a refused request has changed something");
            assertTrue(new String(reply.body(), StandardCharsets.UTF_8).contains("\"detail\":\""));
        }
        if (reply.pieces() != null) {
            int pieces = 0;
            while (reply.pieces().next() != null) {
                assertTrue(++pieces < MAX_PIECES, "the answer has no end");
            }
            reply.pieces().close();
        }
        return status < 400;
    }
}
