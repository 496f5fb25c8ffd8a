package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

/**
 * Ten thousand services, and a thousand changes a second. Times are bounds for a busy machine; the docs have readings.
 */
class ManyRulesIT {
    private static final String VIP = "192.168.1.10";
    private static final int SERVICES = 10_000;
    private static final int SERVERS = 10;
    private static final Pattern TCP = Pattern.compile("(?s)Tcp: ([A-Za-z ]+)\nTcp: ([0-9 -]+)\n");

    @Test
    void shouldTakeManyRulesAtOnceAndChangeOneOfThemQuickly() {
        try (Lab lab = new Lab()) {
            DirectRoutingIT.oneSegment(lab, 1);
            lab.named("director").run("ip", "route", "add", "10.128.0.0/9", "via", "192.168.1.220");
            final RunningDirector director = DirectRoutingIT.started(lab);
            final String rules = rules();

            long begunNs = System.nanoTime();
            final Shell.Answer restored = director.attemptWithInput(rules, "-R");
            final double restoredSeconds = (System.nanoTime() - begunNs) / 1e9;
            assertEquals(0, restored.status(), restored.stderr());

            final double[] millis = new double[41];
            for (int i = 0; i < millis.length; i++) {
                final String server = "-t 10.0.3.7:80 -r 192.168.1." + (100 + i) + ":80 -m";
                begunNs = System.nanoTime();
                FastClient.run(director.socket(), "-a " + server);
                millis[i] = (System.nanoTime() - begunNs) / 1e6;
            }
            Arrays.sort(millis);
            System.out.printf(
                "%d services with %d servers each: -R in %.2f s, one change in %.1f ms (median), %.1f ms (max)%n",
                SERVICES, SERVERS, restoredSeconds, millis[millis.length / 2], millis[millis.length - 1]);
            // other programs on the machine only add to these times, by any amount: the quickest tell
            // what a change costs
            assertTrue(restoredSeconds < 20, "-R took " + restoredSeconds + " s");
            assertTrue(millis[millis.length / 10] < 40, "a change took " + Arrays.toString(millis) + " ms");
        }
    }

    @Test
    void shouldLoseNoPacketOfAnUntouchedServiceWhileAThousandChangesASecondAreMade() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            director.adm("-A", "-t", VIP + ":80", "-s", "rr");
            director.adm("-a", "-t", VIP + ":80", "-r", "192.168.1.220:80", "-g");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            final long lostBefore = retransmitted(client) + retransmitted(lab.named("rs1"));
            final Program load = lab.keep(
                client.start("load", "wrk", "-t1", "-c16", "-d5s", "http://" + VIP + "/"));

            final AtomicInteger changes = new AtomicInteger();
            final AtomicBoolean over = new AtomicBoolean();
            final Thread[] writers = new Thread[3];
            final long begunNs = System.nanoTime();
            for (int i = 0; i < writers.length; i++) {
                final int port = 81 + i;
                writers[i] = new Thread(() -> change(director, port, changes, over));
                writers[i].start();
            }
            Await.until(20, "the load is over", () -> !load.isRunning());
            over.set(true);
            for (final Thread writer : writers) {
                join(writer);
            }
            final double perSecond = changes.get() / ((System.nanoTime() - begunNs) / 1e9);

            System.out.printf("%.0f changes a second; load: %s%n", perSecond,
                load.output().lines().filter(line -> line.contains("requests in")).findFirst().orElse(""));
            assertTrue(!load.output().contains("Socket errors"), load.output());
            assertEquals(0, retransmitted(client) + retransmitted(lab.named("rs1")) - lostBefore,
                () -> "segments were lost: " + director.status());
            assertTrue(perSecond > 300, "too few changes to say anything: " + perSecond + " a second");
        }
    }

    /** Adds a service with a server and takes it away, again and again. */
    private static void change(
        final RunningDirector director, final int port, final AtomicInteger changes, final AtomicBoolean over) {
        final String service = "-t " + VIP + ":" + port;
        while (!over.get()) {
            FastClient.run(director.socket(), "-A " + service + " -s wrr");
            FastClient.run(director.socket(), "-a " + service + " -r 192.168.1.220:" + port + " -m -w 3");
            FastClient.run(director.socket(), "-e " + service + " -r 192.168.1.220:" + port + " -g -w 5");
            FastClient.run(director.socket(), "-D " + service);
            changes.addAndGet(4);
        }
    }

    private static void join(final Thread thread) {
        try {
            thread.join();
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** TCP segments that a host has sent again: one for each that was lost, at least. */
    private static long retransmitted(final Host host) {
        final Matcher tcp = TCP.matcher(host.run("cat", "/proc/net/snmp"));
        assertTrue(tcp.find());
        final int column = Arrays.asList(tcp.group(1).split(" ")).indexOf("RetransSegs");
        return Long.parseLong(tcp.group(2).split(" ")[column]);
    }

    private static String rules() {
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < SERVICES; i++) {
            final String service = "-t 10.0." + (i >> 8) + "." + (i & 255) + ":80";
            text.append("-A ").append(service).append(" -s wrr\n");
            for (int server = 0; server < SERVERS; server++) {
                final int number = i * SERVERS + server;
                text.append("-a ").append(service).append(" -r 10.").append(128 + (number >> 16)).append('.')
                    .append(number >> 8 & 255).append('.').append(number & 255).append(":80 -g -w ")
                    .append(1 + number % 5).append('\n');
            }
        }
        return text.toString();
    }
}
