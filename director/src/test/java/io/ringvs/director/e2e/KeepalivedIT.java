package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SortedSet;
import java.util.TreeSet;

import org.junit.jupiter.api.Test;

/**
 * Debian's keepalived under {@code ringvs exec}, with health checks of real servers and traffic through the director.
 */
class KeepalivedIT {
    private static final String VIP = "192.168.1.10";
    private static final String RS1 = "192.168.1.220";
    private static final String RS2 = "192.168.1.193";
    private static final String SORRY = "192.168.1.230";
    private static final String OFTEN = "  delay_loop 1\n  delay_before_retry 1\n  retry 1\n";

    @Test
    void shouldTakeOutWhatDiesAndBackWhatReturns() {
        try (Lab lab = new Lab()) {
            final Site site = new Site(lab);
            site.keepalived("""
                virtual_server %1$s 80 {
                %2$s  lb_algo rr
                  lb_kind DR
                  protocol TCP
                  real_server %3$s 80 { weight 3  HTTP_GET { url { path /  status_code 200 } connect_timeout 1 } }
                  real_server %4$s 80 { weight 1  TCP_CHECK { connect_timeout 1 } }
                }
                """.formatted(VIP, OFTEN, RS1, RS2));
            site.awaitRules("-A -t 192.168.1.10:80 -s rr",
                "-a -t 192.168.1.10:80 -r 192.168.1.193:80 -g -w 1",
                "-a -t 192.168.1.10:80 -r 192.168.1.220:80 -g -w 3");
            assertEquals("rs1 rs2", site.servers(VIP + ":80"));

            site.nginx1.close();

            site.awaitRules("-A -t 192.168.1.10:80 -s rr", "-a -t 192.168.1.10:80 -r 192.168.1.193:80 -g -w 1");
            assertEquals("rs2", site.servers(VIP + ":80"));
            lab.named("rs1").serveHttp();
            site.awaitRules("-A -t 192.168.1.10:80 -s rr",
                "-a -t 192.168.1.10:80 -r 192.168.1.193:80 -g -w 1",
                "-a -t 192.168.1.10:80 -r 192.168.1.220:80 -g -w 3");
            assertEquals("rs1 rs2", site.servers(VIP + ":80"));
        }
    }

    @Test
    void shouldAskSorryServerBelowQuorum() {
        try (Lab lab = new Lab()) {
            final Site site = new Site(lab);
            site.keepalived("""
                virtual_server %1$s 80 {
                %2$s  lb_algo wlc
                  lb_kind DR
                  protocol TCP
                  quorum 2
                  hysteresis 0
                  quorum_up "%5$s up"
                  quorum_down "%5$s down"
                  sorry_server %6$s 80
                  real_server %3$s 80 { weight 1  TCP_CHECK { connect_timeout 1 } }
                  real_server %4$s 80 { weight 1  TCP_CHECK { connect_timeout 1 } }
                }
                """.formatted(VIP, OFTEN, RS1, RS2, site.script("quorum.sh", "echo $1 >>" + site.file("quorum")),
                SORRY));
            site.awaitRules("-A -t 192.168.1.10:80 -s wlc",
                "-a -t 192.168.1.10:80 -r 192.168.1.193:80 -g -w 1",
                "-a -t 192.168.1.10:80 -r 192.168.1.220:80 -g -w 1");

            site.nginx1.close();

            site.awaitRules("-A -t 192.168.1.10:80 -s wlc", "-a -t 192.168.1.10:80 -r 192.168.1.230:80 -g -w 1");
            assertEquals("sorry", site.servers(VIP + ":80"));
            Await.until(10, "the scripts of the quorum ran", () -> site.read("quorum").endsWith("down\n"));
            lab.named("rs1").serveHttp();
            site.awaitRules("-A -t 192.168.1.10:80 -s wlc",
                "-a -t 192.168.1.10:80 -r 192.168.1.193:80 -g -w 1",
                "-a -t 192.168.1.10:80 -r 192.168.1.220:80 -g -w 1");
            Await.until(10, "the scripts of the quorum ran", () -> site.read("quorum").endsWith("down\nup\n"));
        }
    }

    @Test
    void shouldInhibitAndServeGroupsWithMarks() {
        try (Lab lab = new Lab()) {
            final Site site = new Site(lab);
            site.write("healthy", "");
            site.director.command("mark", "add", "--dst", VIP, "--proto", "tcp", "--dports", "443", "--mark", "7");
            site.keepalived("""
                virtual_server_group WEB {
                  %1$s 80
                  %1$s 8080
                  fwmark 7
                }
                virtual_server group WEB {
                %2$s  lb_algo rr
                  lb_kind DR
                  protocol TCP
                  persistence_timeout 60
                  real_server %3$s 80 {
                    weight 2
                    inhibit_on_failure
                    MISC_CHECK { misc_path "/usr/bin/test -e %5$s" misc_timeout 2 }
                  }
                  real_server %4$s 80 { weight 1  TCP_CHECK { connect_timeout 1 } }
                }
                """.formatted(VIP, OFTEN, RS1, RS2, site.file("healthy")));
            site.awaitRules(group(2));
            assertTrue("rs1 rs2".contains(site.servers(VIP + ":443")));

            site.delete("healthy");

            site.awaitRules(group(0));
            // templates keep a client at its server: one who comes for the first time is sent to the other
            lab.named("client").address("eth0", "192.168.1.101/24");
            assertEquals("rs2", lab.named("client").run("curl", "-sS", "--interface", "192.168.1.101",
                "--max-time", "5", "http://" + VIP + ":443/").trim());
            site.write("healthy", "");
            site.awaitRules(group(2));
        }
    }

    @Test
    void shouldLeaveRulesOfOthersAndCleanUp() {
        try (Lab lab = new Lab()) {
            final Site site = new Site(lab);
            site.director.adm("-A", "-t", "10.7.7.7:80", "-s", "rr");
            site.director.adm("--set", "1000", "50", "70");
            final Program keepalived = site.keepalived("""
                virtual_server fwmark 9 {
                %1$s  lb_algo mh
                  lb_kind TUN
                  ops
                  ip_family inet6
                  real_server fd00:1::220 0 { weight 7  lvs_method TUN type gue port 6080 csum }
                }
                """.formatted(OFTEN));
            site.awaitRules("-A -t 10.7.7.7:80 -s rr", "-A -f 9 -6 -s mh -o",
                "-a -f 9 -6 -r [fd00:1::220]:0 -i -w 7 --tun-type gue --tun-port 6080 --tun-csum");

            keepalived.close();

            site.awaitRules("-A -t 10.7.7.7:80 -s rr");
            assertEquals("Timeout (tcp tcpfin udp): 1000 50 70\n", site.director.adm("-L", "--timeout"));
        }
    }

    private static String[] group(final int weight) {
        final String[] rules = new String[9];
        int next = 0;
        for (final String service : new String[] {"-t 192.168.1.10:80", "-t 192.168.1.10:8080", "-f 7"}) {
            // with -g the port is the service's; keepalived gives none to a mark's servers
            final String port = service.startsWith("-f") ? ":0" : service.endsWith("8080") ? ":8080" : ":80";
            rules[next++] = "-A " + service + " -s rr -p 60";
            rules[next++] = "-a " + service + " -r 192.168.1.193" + port + " -g -w 1";
            rules[next++] = "-a " + service + " -r 192.168.1.220" + port + " -g -w " + weight;
        }
        return rules;
    }

    /** A director with two real servers and one that is sorry, on one segment with a client. */
    private static final class Site {
        private final Lab lab;
        private final Host client;
        private final RunningDirector director;
        private final Program nginx1;
        private Program keepalived;

        Site(final Lab lab) {
            this.lab = lab;
            client = DirectRoutingIT.oneSegment(lab, 1);
            nginx1 = lab.named("rs1").web();
            final Host sorry = lab.host("sorry");
            lab.plug(sorry, "eth0", "br0", SORRY + "/24");
            sorry.bearVip(VIP + "/32");
            sorry.serveHttp();
            director = DirectRoutingIT.started(lab);
        }

        /** Runs keepalived, which takes one keyword a line; two blanks divide them here, too. */
        Program keepalived(final String virtualServers) {
            write("keepalived.conf", ("global_defs { router_id lab  script_user root  enable_script_security }\n"
                + virtualServers).replace("{", "{\n").replace("}", "\n}\n").replace("  ", "\n"));
            keepalived = lab.keep(lab.named("director").start("keepalived", director.executing(
                "keepalived", "--dont-fork", "--log-console", "--log-detail", "--check",
                "--use-file", file("keepalived.conf"), "--pid", file("keepalived.pid"),
                "--checkers_pid", file("checkers.pid"))));
            return keepalived;
        }

        /** Waits until the director has exactly these rules, in the order in which ipvsadm saves them. */
        void awaitRules(final String... lines) {
            final String wanted = String.join("\n", lines) + "\n";
            Await.until(30, () -> wanted + "but there is\n" + director.adm("-Sn") + keepalived.output(),
                () -> director.adm("-Sn").equals(wanted));
        }

        /** Who answers at a virtual address, by name. */
        String servers(final String address) {
            final SortedSet<String> names = new TreeSet<>();
            for (int i = 0; i < 6; i++) {
                names.add(client.curl("http://" + address + "/"));
            }
            return String.join(" ", names);
        }

        String file(final String name) {
            return lab.directory().resolve(name).toString();
        }

        void write(final String name, final String text) {
            try {
                Files.writeString(Path.of(file(name)), text);
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        String script(final String name, final String line) {
            write(name, "#!/bin/sh\n" + line + "\n");
            assertTrue(Path.of(file(name)).toFile().setExecutable(true));
            return file(name);
        }

        String read(final String name) {
            try {
                return Files.exists(Path.of(file(name))) ? Files.readString(Path.of(file(name))) : "";
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void delete(final String name) {
            try {
                Files.delete(Path.of(file(name)));
            } catch (final IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
