package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;

/** The director's end, and changes around it, while traffic flows. */
class ResilienceIT {
    private static final String VIP = "192.168.1.10";
    private static final Pattern REQUESTS = Pattern.compile("(\\d+) requests in");

    @Test
    void shouldFallBackToTheKernelWhenKilledAndAttachAgain() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final Host balancer = lab.named("director");
            balancer.serveHttp(); // what the kernel's stack answers on the VIP
            final RunningDirector director = DirectRoutingIT.started(lab);
            ruleFor(director, "192.168.1.220");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            final Program load = lab.keep(
                client.start("load", "wrk", "-t1", "-c16", "-d5s", "http://" + VIP + "/"));
            Await.until(10, "load flows", () -> director.adm("-Ln").contains(" 16 "));

            director.program().kill();

            Await.until(10, "the kernel's stack answers on the VIP",
                () -> client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").stdout().trim()
                    .equals("director"));
            assertEquals("director", client.curl("http://192.168.1.213/"));
            final RunningDirector again = DirectRoutingIT.started(lab);
            ruleFor(again, "192.168.1.220");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            load.close();
        }
    }

    @Test
    void shouldLoseNothingOfAnUntouchedServiceWhileRulesChange() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            ruleFor(director, "192.168.1.220");
            final Program load = lab.keep(
                client.start("load", "wrk", "-t1", "-c32", "-d4s", "http://" + VIP + "/"));

            int changes = 0;
            while (load.isRunning()) {
                director.adm("-A", "-t", VIP + ":81", "-s", "wrr");
                director.adm("-a", "-t", VIP + ":81", "-r", "192.168.1.193:81", "-g", "-w", "3");
                director.adm("-E", "-t", VIP + ":81", "-s", "wlc");
                director.adm("-e", "-t", VIP + ":81", "-r", "192.168.1.193:81", "-g", "-w", "5");
                director.adm("-d", "-t", VIP + ":81", "-r", "192.168.1.193:81");
                director.adm("-D", "-t", VIP + ":81");
                changes += 6;
            }

            final String report = load.output();
            assertTrue(!report.contains("Socket errors") && !report.contains("Non-2xx"), report);
            final Matcher requests = REQUESTS.matcher(report);
            assertTrue(requests.find() && Integer.parseInt(requests.group(1)) > 0, report);
            assertTrue(changes > 30, "too few changes to say anything: " + changes);
        }
    }

    @Test
    void shouldFollowAChangedMacOfARealServer() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            ruleFor(director, "192.168.1.220");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            final Host server = lab.named("rs1");

            server.run("ip", "link", "set", "eth0", "address", "02:00:00:00:99:01");
            // its next ARP request tells the new MAC, as that of a server that was replaced does
            server.run("ip", "neigh", "flush", "dev", "eth0");
            server.attempt("curl", "-s", "--max-time", "1", "http://192.168.1.213/");

            Await.until(10, "requests reach the new MAC",
                () -> client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").stdout().trim()
                    .equals("rs1"));
        }
    }

    @Test
    void shouldGoOnWhenItsOwnMacChanges() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            ruleFor(director, "192.168.1.220");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));

            lab.named("director").run("ip", "link", "set", "eth0", "address", "02:00:00:00:99:02");
            client.run("ip", "neigh", "flush", "dev", "eth0");

            Await.until(10, "frames to the new MAC are steered",
                () -> client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").stdout().trim()
                    .equals("rs1"));
        }
    }

    @Test
    void shouldComeBackAfterItsLinkFlapped() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            ruleFor(director, "192.168.1.220");
            assertEquals("rs1", client.curl("http://" + VIP + "/"));
            final Host balancer = lab.named("director");

            balancer.run("ip", "link", "set", "eth0", "down");
            balancer.run("ip", "link", "set", "eth0", "up");

            Await.until(15, "requests are answered again",
                () -> client.attempt("curl", "-s", "--max-time", "1", "http://" + VIP + "/").stdout().trim()
                    .equals("rs1"));
        }
    }

    @Test
    void shouldResolveAnUnknownRealServerAndLoseNoRequest() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            ruleFor(director, "192.168.1.220");
            lab.named("director").run("ip", "neigh", "flush", "dev", "eth0");
            // the first SYN waits for the neighbour; were it lost, its repetition would come after a second
            final String time = client.run(
                "curl", "-sS", "-o", "/dev/null", "-w", "%{time_connect}", "http://" + VIP + "/");
            assertTrue(Double.parseDouble(time) < 0.9, "the first SYN was lost: connected after " + time + " s");
        }
    }

    private static void ruleFor(final RunningDirector director, final String address) {
        director.adm("-A", "-t", VIP + ":80", "-s", "rr");
        director.adm("-a", "-t", VIP + ":80", "-r", address + ":80", "-g");
    }
}
