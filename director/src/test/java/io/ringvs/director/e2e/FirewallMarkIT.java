package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Services of a firewall mark, on real traffic. */
class FirewallMarkIT {
    private static final String VIP = "192.168.1.10";

    @Test
    void shouldBindTwoPortsIntoOnePersistentService() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            final RunningDirector director = DirectRoutingIT.started(lab);
            assertEquals(0, mark(director, "add", "--dst", VIP, "--proto", "tcp", "--dports", "80,443", "--mark", "7")
                .status());
            director.adm("-A", "-f", "7", "-s", "rr", "-p", "60");
            director.adm("-a", "-f", "7", "-r", "192.168.1.220", "-g");
            director.adm("-a", "-f", "7", "-r", "192.168.1.193", "-g");

            final String first = client.curl("http://" + VIP + "/");

            assertTrue(first.startsWith("rs"), first);
            for (int i = 0; i < 3; i++) {
                assertEquals(first, client.curl("http://" + VIP + ":443/"));
                assertEquals(first, client.curl("http://" + VIP + "/"));
            }
            assertTrue(director.adm("-Lnc").contains("IP  "), "a template: " + director.adm("-Lnc"));
        }
    }

    @Test
    void shouldServeEveryAddressOfPrefix() {
        try (Lab lab = new Lab()) {
            final Host client = DirectRoutingIT.oneSegment(lab, 1);
            client.run("ip", "route", "add", "10.50.0.0/16", "via", "192.168.1.213");
            for (final String name : new String[] {"director", "rs1", "rs2"}) {
                lab.named(name).run("ip", "route", "add", "local", "10.50.0.0/16", "dev", "lo");
            }
            final RunningDirector director = DirectRoutingIT.started(lab);
            director.adm("-A", "-f", "1", "-s", "rr");
            director.adm("-a", "-f", "1", "-r", "192.168.1.220", "-g");
            director.adm("-a", "-f", "1", "-r", "192.168.1.193", "-g");
            final String rule = "--dst 10.50.0.0/16 --proto tcp --dports 80 --mark 1";
            assertEquals(0, mark(director, ("add " + rule).split(" ")).status());

            final String first = client.curl("http://10.50.1.2/");

            assertNotEquals(first, client.curl("http://10.50.200.9/"));
            assertEquals(first, client.curl("http://10.50.3.4/"));
            assertEquals(rule + "\n", mark(director, "list").stdout());
            assertEquals(0, mark(director, ("delete " + rule).split(" ")).status());
            assertEquals("", mark(director, "list").stdout());
        }
    }

    @Test
    void shouldRefuseWithOneSentence() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            shouldSay(director, "needs --dst PREFIX and --mark N", "add", "--dst", "10.0.0.1");
            shouldSay(director, "--mark must be a number from 1 to 4294967295",
                "add", "--dst", "10.0.0.1", "--mark", "0");
            shouldSay(director, "--dports needs --proto", "add", "--dst", "10.0.0.1", "--dports", "80", "--mark", "1");
            shouldSay(director, "from 0 to 32", "add", "--dst", "10.0.0.0/33", "--mark", "1");
            shouldSay(director, "must be of one family", "add", "--dst", "10.0.0.0/8", "--src", "::/0", "--mark", "1");
            shouldSay(director, "there is no interface 'eth9'", "add", "--dst", "10.0.0.1", "--interface", "eth9");
            shouldSay(director, "there is no such mark rule", "delete", "--dst", "10.0.0.1", "--mark", "1");
            assertEquals("", mark(director, "list").stdout());
        }
    }

    private static void shouldSay(final RunningDirector director, final String words, final String... arguments) {
        final Shell.Answer answer = mark(director, arguments);
        assertEquals(255, answer.status(), answer.stderr());
        assertTrue(answer.stderr().contains(words) && answer.stderr().lines().count() == 1, answer.stderr());
    }

    private static Shell.Answer mark(final RunningDirector director, final String... arguments) {
        return director.command("mark", arguments);
    }
}
