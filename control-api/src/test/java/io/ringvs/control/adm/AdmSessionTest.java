package io.ringvs.control.adm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.control.ConnectionEntry;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.TestRules;
import io.ringvs.service.IpAddress;

class AdmSessionTest {
    private static final String TWO_RULES = "-A -t 10.0.0.1:80 -s rr\n-a -t 10.0.0.1:80 -r 192.168.1.11 -g\n";

    private final TestRules test = new TestRules();
    private final TestRun run = new TestRun(environment(ConnectionSource.NONE));

    @AfterEach
    void close() {
        test.close();
    }

    @Test
    void shouldNameLineAndChangeNothingGivenAtomicRestoreWithBadLine() {
        run.run("ipvsadm -R --atomic", TWO_RULES + "\ngarbage\n");

        assertEquals(255, run.status());
        assertEquals(
            "line 4: Try `ipvsadm -h' or 'ipvsadm --help' for more information.\nnothing was changed\n", run.err());
        assertFalse(run.changed());
        assertTrue(test.rules.services().isEmpty());
    }

    @Test
    void shouldNameLineAndChangeNothingGivenAtomicRestoreWithRefusedOperation() {
        run.run("ipvsadm -R --atomic", TWO_RULES + "-a -t 10.0.0.1:80 -r 192.168.1.11 -g\n");

        assertEquals("line 3: Destination already exists\nnothing was changed\n", run.err());
        assertTrue(test.rules.services().isEmpty());
    }

    @Test
    void shouldApplyAllGivenAtomicRestoreWithoutFault() {
        run.run("ipvsadm -R --atomic", TWO_RULES + "-L -n\n");

        assertEquals(0, run.status());
        assertTrue(run.changed());
        assertTrue(run.out().contains("192.168.1.11:80"));
    }

    @Test
    void shouldRefuseAtomicGivenOtherCommand() {
        run.run("ipvsadm -L --atomic");

        assertEquals("Illegal 'atomic' option with the 'list' command\n", run.err());
    }

    @Test
    void shouldGoOnWithNextLineGivenUnknownOptionInRestore() {
        run.run("ipvsadm -R", "-A -t 10.0.0.1:80 --bogus\n" + TWO_RULES);

        assertEquals("--bogus: unknown option\n", run.err());
        assertEquals(0, run.status());
        assertEquals(1, test.rules.services().size());
    }

    @Test
    void shouldTakeFullNatAndLocalAddressesAsDpvsUsersWriteThem() {
        run.run("ipvsadm -R", "-A -t 10.0.0.1:80 -s rr -b flag-1\n-a -t 10.0.0.1:80 -r 192.168.1.11:8080 -b\n"
            + "-at 10.0.0.1:80 -r 192.168.1.12:8080 -bw 2\n-e -t 10.0.0.1:80 -r 192.168.1.12:8080 --fullnat -w 3\n"
            + "--add-laddr -z 192.0.2.1 -t 10.0.0.1:80 -F eth0\n-P -z 127.0.0.1 -t 10.0.0.1:80\n"
            + "-Q -z 127.0.0.1 -t 10.0.0.1:80 -F eth0\n");
        assertEquals("", run.err());
        final String saved = "-A -t 10.0.0.1:80 -s rr -b flag-1\n-a -t 10.0.0.1:80 -r 192.168.1.11:8080 -b -w 1\n"
            + "-a -t 10.0.0.1:80 -r 192.168.1.12:8080 -b -w 3\n-P -t 10.0.0.1:80 -z 192.0.2.1\n";

        run.run("ipvsadm -Sn");
        assertEquals(saved, run.out());
        run.run("ipvsadm -C");
        run.run("ipvsadm -R --atomic", saved);
        run.run("ipvsadm -Sn");
        assertEquals(saved, run.out());
        run.run("ipvsadm -Ln");
        assertTrue(run.out().contains("  -> 192.168.1.12:8080            FullNat 3      0          0         \n"),
            run.out());
        run.run("ipvsadm -G -t 10.0.0.1:80 -n");
        assertEquals("Prot VirtualAddress:Port          LocalAddress                 Refused    Conns\n"
            + "TCP  10.0.0.1:80                  192.0.2.1                    0          0\n", run.out());
    }

    @Test
    void shouldSayWhatIsWrongWithFullNatAndChangeNothing() {
        run.run("ipvsadm -A -t 10.0.0.1:80 -s rr");
        run.run("ipvsadm -A -u 10.0.0.1:53 -s rr -o");
        run.run("ipvsadm -Sn");
        final String before = run.out();
        refused("Different address family is allowed only for tunneling servers",
            "-a -t 10.0.0.1:80 -r [2001:db8::2]:80 -b");
        refused("multiple 'forwarding-method' options specified", "-a -t 10.0.0.1:80 -r 192.168.1.11 -b -m");
        refused("Illegal 'forwarding-method' option with the 'add-service' command", "-A -t 10.0.0.1:81 --fullnat");
        refused("FULLNAT (-b) does not go with one-packet scheduling (-o), which remembers no client",
            "-a -u 10.0.0.1:53 -r 192.168.1.11 -b");
        refused("You need to supply the 'laddr' option for the 'add-laddr' command", "-P -t 10.0.0.1:80");
        refused("illegal local address specified", "-P -t 10.0.0.1:80 -z nonsense:1");
        refused("The local address must be of the service's address family", "-P -t 10.0.0.1:80 -z 2001:db8::1");
        refused("Service not defined", "-P -t 10.0.0.1:81 -z 192.0.2.1");
        refused("No such device", "-P -t 10.0.0.1:80 -z 192.0.2.1 -F eth9");
        refused("Invalid operation.  Possibly wrong module version, address not unicast, ...",
            "-P -t 10.0.0.1:80 -z 224.0.0.1");
        refused("No such local address", "-Q -t 10.0.0.1:80 -z 192.0.2.1");
        refused("No such service", "-G -t 10.0.0.1:81");
        refused("options conflicts in the list command", "-L --fullnat");
        run.run("ipvsadm -Sn");
        assertEquals(before, run.out());

        run.run("ipvsadm -P -t 10.0.0.1:80 -z 192.0.2.1");
        refused("Local address already exists", "-P -t 10.0.0.1:80 -z 192.0.2.1");
        run.run("ipvsadm -a -t 10.0.0.1:80 -r 192.168.1.11 -b");
        run.run("ipvsadm -P -t 10.0.0.1:80 -z 192.0.2.99 -F eth0");
        assertEquals(0, run.status());
        assertEquals("Warning: 192.0.2.99 is no address of this host, so real servers cannot answer to it; "
            + "add it: ip address add 192.0.2.99/32 dev eth0\n", run.err());
    }

    private void refused(final String sentence, final String command) {
        run.run("ipvsadm " + command);
        assertEquals(sentence + "\n", run.err());
        assertFalse(run.status() == 0);
    }

    @Test
    void shouldCallProgramByTheNameItWasCalledBy() {
        run.run("ringvs-adm -x");

        assertEquals("Try `ringvs-adm -h' or 'ringvs-adm --help' for more information.\n", run.err());
    }

    @Test
    void shouldPassBytesThroughUnchanged() {
        run.run("ipvsadm", List.of("-L", "caf\u00c3\u00a9"), "");

        assertEquals("unexpected argument caf\u00c3\u00a9\n", run.err());
    }

    @Test
    void shouldListConnectionsAsIpvsadmDoes() {
        final IpAddress client = IpAddress.parse("198.51.100.7");
        final IpAddress virtual = IpAddress.parse("10.0.0.100");
        final IpAddress server = IpAddress.parse("192.168.1.15");
        final List<ConnectionEntry> entries = List.of(
            new ConnectionEntry(6, "SYN_RECV", 59, client, 20001, virtual, 80, server, 80, null, null),
            new ConnectionEntry(6, "ESTABLISHED", 6001, client, 20002, virtual, 80, server, 80, null, null),
            new ConnectionEntry(0, "NONE", 5, client, 0, IpAddress.parse("0.0.0.1"), 0, server, 0, null, null),
            new ConnectionEntry(17, "UDP", 300, IpAddress.parse("2001:db8::7"), 53, IpAddress.parse("2001:db8::1"),
                53, IpAddress.parse("2001:db8::2"), 53, "sip", "a84b4c"));
        final TestRun listing = new TestRun(environment(() -> cursor(entries.iterator())));

        listing.run("ipvsadm -Lnc");
        assertEquals("""
            IPVS connection entries
            pro expire state       source             virtual            destination
            TCP 00:59  SYN_RECV    198.51.100.7:20001 10.0.0.100:80      192.168.1.15:80
            TCP 100:01 ESTABLISHED 198.51.100.7:20002 10.0.0.100:80      192.168.1.15:80
            IP  00:05  NONE        198.51.100.7:0     0.0.0.1:0          192.168.1.15:0
            UDP 05:00  UDP         [2001:db8::7]:53   [2001:db8::1]:53   [2001:db8::2]:53
            """, listing.out());

        final TestRun withEngines = new TestRun(environment(() -> cursor(entries.iterator())));
        withEngines.run("ipvsadm -Lnc --persistent-conn");
        final String[] lines = withEngines.out().split("\n");
        assertEquals("pro expire state       source             virtual            destination        pe name"
            + "          pe_data", lines[1]);
        assertEquals("TCP 00:59  SYN_RECV    198.51.100.7:20001 10.0.0.100:80      192.168.1.15:80", lines[2]);
        assertEquals("UDP 05:00  UDP         [2001:db8::7]:53   [2001:db8::1]:53   [2001:db8::2]:53 sip"
            + "                a84b4c", lines[5]);
    }

    @Test
    void shouldHandOutLongConnectionListPieceByPiece() {
        final IpAddress any = IpAddress.parse("198.51.100.7");
        final List<ConnectionEntry> entries = new ArrayList<>();
        for (int port = 0; port < 5000; port++) {
            entries.add(new ConnectionEntry(6, "NONE", 1, any, port, any, 80, any, 80, null, null));
        }
        final AdmSession session = new AdmSession(
            environment(() -> cursor(entries.iterator())), HostNames.NONE, "ipvsadm", List.of("-Lnc"));

        int lines = 0;
        while (session.advance() == AdmSession.Step.OUTPUT) {
            assertTrue(session.out().length() < 100_000);
            lines += session.out().toString().split("\n").length;
            session.out().setLength(0);
        }

        assertEquals(5002, lines);
    }

    @Test
    void shouldAskForNamesAndThenUseThem() {
        run.run("ipvsadm -R", TWO_RULES);
        final FetchedNames names = new FetchedNames();
        final AdmSession session = new AdmSession(environment(ConnectionSource.NONE), names, "ipvsadm", List.of());

        assertEquals(AdmSession.Step.NAMES, session.advance());
        assertEquals("", session.out().toString());
        names.fetch();
        assertEquals(AdmSession.Step.DONE, session.advance());

        assertTrue(session.out().toString().contains("TCP  host-10.0.0.1:http rr"), session.out().toString());
        assertTrue(session.out().toString().contains("-> host-192.168.1.11:http       Route"));
    }

    @Test
    void shouldAskForAddressBeforeAnythingIsDone() {
        final FetchedNames names = new FetchedNames();
        final AdmSession session = new AdmSession(
            environment(ConnectionSource.NONE), names, "ipvsadm",
            List.of("-A", "-t", "vip.example:80", "-s", "rr"));

        assertEquals(AdmSession.Step.NAMES, session.advance());
        assertTrue(test.rules.services().isEmpty());
        names.fetch();
        assertEquals(AdmSession.Step.DONE, session.advance());

        assertEquals("10.9.9.9", test.rules.services().get(0).key().address().toString());
    }

    /** Random words never end in anything but a status, and a rejected command changes nothing. */
    @Test
    void shouldSurviveRandomCommandLines() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            final List<String> words = randomWords(random);
            final StringBuilder stdin = new StringBuilder();
            for (int line = random.nextInt(4); line > 0; line--) {
                stdin.append(String.join(" ", randomWords(random))).append('\n');
            }
            try {
                run.run("ipvsadm", words, stdin.toString());
            } catch (final RuntimeException e) {
                throw new AssertionError("seed " + seed + ", words " + words + ", input " + stdin, e);
            }
            assertTrue(List.of(0, 1, 2, 255).contains(run.status()), () -> "seed " + seed + ", words " + words);
            assertTrue(run.status() == 0 || !run.err().isEmpty(), () -> "seed " + seed + ", words " + words);
        }
    }

    private static List<String> randomWords(final Random random) {
        final String[] vocabulary = {
            "-A", "-E", "-D", "-C", "-a", "-e", "-d", "-L", "-l", "-S", "-R", "-Z", "-h", "-v", "--set", "--atomic",
            "--start-daemon", "--stop-daemon", "master", "backup", "-t", "-u", "--sctp-service", "-f", "-6", "-s", "rr",
            "sh", "-p", "-M", "--pe", "sip", "-o", "-b", "sh-port,flag-1", "-r", "-g", "-i", "-m", "-w", "-x", "-y",
            "--tun-type", "gue", "--tun-port", "--tun-csum", "-n", "-c", "--stats", "--rate", "--exact", "--nosort",
            "--persistent-conn", "--thresholds", "--timeout", "--daemon", "--syncid", "--mcast-group", "224.0.0.9",
            "--mcast-interface=eth0", "10.0.0.1:80", "10.0.0.1", "[2001:db8::1]:80", "192.168.1.9:81", "[", "[]:", "::",
            ":::", "1.2.3.4.5:6", "0x7f.1:http", "", "-", "--", "-=", "--=", "-n=", "--stats=x", "0", "-1", "1", "300",
            "99999999999999999999", "255.255.255.0", "\u00ff", "a:b:c", "-Ln", "-At10.0.0.2:81", "-p=30", "ipvsadm"};
        final List<String> words = new ArrayList<>();
        for (int count = random.nextInt(9); count > 0; count--) {
            if (random.nextInt(12) == 0) {
                final StringBuilder noise = new StringBuilder(random.nextBoolean() ? "-" : "");
                for (int length = random.nextInt(6); length > 0; length--) {
                    noise.append((char) (1 + random.nextInt(255)));
                }
                words.add(noise.toString());
            } else {
                words.add(vocabulary[random.nextInt(vocabulary.length)]);
            }
        }
        return words;
    }

    private AdmEnvironment environment(final ConnectionSource connections) {
        return new AdmEnvironment(test.rules, connections, 4096, TestRun.SERVICES);
    }

    private static ConnectionSource.Cursor cursor(final Iterator<ConnectionEntry> entries) {
        return new ConnectionSource.Cursor() {
            @Override
            public ConnectionEntry next() {
                return entries.hasNext() ? entries.next() : null;
            }

            @Override
            public void close() {
            }
        };
    }

    /** Every address has a name and every name an address, once they were fetched. */
    private static final class FetchedNames implements HostNames {
        private final Map<IpAddress, String> names = new HashMap<>();
        private final Map<String, IpAddress> addresses = new HashMap<>();
        private boolean incomplete;

        private void fetch() {
            names.replaceAll((address, name) -> "host-" + address);
            addresses.replaceAll((name, address) -> IpAddress.parse("10.9.9.9"));
            incomplete = false;
        }

        @Override
        public IpAddress address(final String name) {
            incomplete |= !addresses.containsKey(name);
            return addresses.computeIfAbsent(name, missing -> IpAddress.parse("0.0.0.0"));
        }

        @Override
        public String name(final IpAddress address) {
            incomplete |= !names.containsKey(address);
            return names.computeIfAbsent(address, missing -> "?");
        }

        @Override
        public boolean incomplete() {
            return incomplete;
        }
    }
}
