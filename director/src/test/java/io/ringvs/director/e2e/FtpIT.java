package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

import org.junit.jupiter.api.Test;

/**
 * FTP through address translation, with the server of Debian's vsftpd and curl as client.
 *
 * <pre>
 *   client 10.1.0.2 --- eth0 director eth1 --- server 10.2.0.11
 * </pre>
 */
class FtpIT {
    private static final String VIP = "10.1.0.100";
    private static final String VIP6 = "fd01::100";
    private static final int FILE_BYTES = 4 << 20;
    private static final int TRANSFERS = 3;

    @Test
    void shouldTransferFilesInEveryMode() throws IOException {
        try (Lab lab = new Lab()) {
            connect(lab);
            final String sum = serve(lab, lab.named("server"));
            final RunningDirector director = RunningDirector.startBetween(lab);
            director.adm("-A", "-t", VIP + ":21", "-s", "rr");
            director.adm("-a", "-t", VIP + ":21", "-r", "10.2.0.11:21", "-m");
            director.adm("-A", "-t", "[" + VIP6 + "]:21", "-s", "rr");
            director.adm("-a", "-t", "[" + VIP6 + "]:21", "-r", "[fd02::11]:21", "-m");

            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                assertEquals(sum, fetch(lab, vip), "EPSV from " + vip);
                assertEquals(sum, fetch(lab, vip, "--ftp-port", "-"), "EPRT from " + vip);
            }
            assertEquals(sum, fetch(lab, VIP, "--disable-epsv", "--no-ftp-skip-pasv-ip"), "PASV");
            assertEquals(sum, fetch(lab, VIP, "--ftp-port", "-", "--disable-eprt"), "PORT");

            final String connections = director.adm("-Lnc");
            assertEquals(
                3 * TRANSFERS, lines(connections, VIP6, "]:20 ") + lines(connections, VIP, ":20 "), connections);
            Await.until(10, "four control connections are counted, and no others", () -> director
                .adm("-Ln", "--stats", "--exact").lines().anyMatch(line -> line.matches(".*10\\.2\\.0\\.11:21 +4 .*")));
        }
    }

    /** Nothing is announced there: persistence brings data connections to the server of their control connection. */
    @Test
    void shouldTransferOverDirectRoutingGivenPersistence() throws IOException {
        try (Lab lab = new Lab()) {
            lab.segment("front");
            final Host client = lab.host("client");
            lab.plug(client, "eth0", "front", "10.1.0.2/24");
            final Host balancer = lab.host("director");
            lab.plug(balancer, "eth0", "front", "10.1.0.1/24", VIP + "/32");
            String sum = null;
            for (final String name : new String[] {"1", "2"}) {
                final Host server = lab.host("server" + name);
                lab.plug(server, "eth0", "front", "10.1.0.1" + name + "/24");
                server.bearVip(VIP + "/32");
                sum = serve(lab, server);
            }
            final RunningDirector director = RunningDirector.start(lab, balancer, "--interface", "eth0");
            director.adm("-A", "-t", VIP + ":21", "-s", "rr", "-p", "300");
            director.adm("-a", "-t", VIP + ":21", "-r", "10.1.0.11", "-g");
            director.adm("-a", "-t", VIP + ":21", "-r", "10.1.0.12", "-g");

            assertEquals(sum, fetch(lab, VIP), "EPSV");
            assertEquals(sum, fetch(lab, VIP, "--disable-epsv", "--no-ftp-skip-pasv-ip"), "PASV");
            assertEquals(sum, fetch(lab, VIP, "--ftp-port", "-"), "EPRT");
        }
    }

    @Test
    void shouldLookIntoNothingGivenPortIsNotNamed() throws IOException {
        try (Lab lab = new Lab()) {
            connect(lab);
            serve(lab, lab.named("server"));
            final RunningDirector director = RunningDirector.startBetween(lab, "--ftp-ports", "");
            director.adm("-A", "-t", VIP + ":21", "-s", "rr");
            director.adm("-a", "-t", VIP + ":21", "-r", "10.2.0.11:21", "-m");

            final Shell.Answer answer = lab.named("client").attempt(
                "curl", "-sS", "--max-time", "5", "-o", "/dev/null", "ftp://" + VIP + "/file");

            assertFalse(answer.succeeded(), "the data connection has no way");
        }
    }

    private static long lines(final String listing, final String first, final String second) {
        return listing.lines().filter(line -> line.contains(first) && line.contains(second)).count();
    }

    /** Fetches the file several times through one control connection; returns the checksum that all had. */
    private static String fetch(final Lab lab, final String vip, final String... options) {
        final List<String> command = new ArrayList<>(List.of("curl", "-sS", "-g", "--max-time", "60"));
        command.addAll(Arrays.asList(options));
        final List<Path> files = new ArrayList<>();
        for (int number = 0; number < TRANSFERS; number++) {
            files.add(lab.directory().resolve("fetched-" + number));
            command.addAll(List.of("-o", files.get(number).toString(), "ftp://" + vip + "/file"));
        }
        lab.named("client").run(command.toArray(String[]::new));
        final String sum = sum(lab, files.get(0));
        files.forEach(file -> assertEquals(sum, sum(lab, file)));
        return sum;
    }

    private static String sum(final Lab lab, final Path file) {
        return lab.named("client").run("sh", "-c", "sha256sum <" + file);
    }

    /** Runs an FTP server with one file; returns the file's checksum. */
    private static String serve(final Lab lab, final Host server) throws IOException {
        final Path root = Files.createDirectories(lab.directory().resolve("ftp-" + server.name()));
        final byte[] bytes = new byte[FILE_BYTES];
        new Random(1).nextBytes(bytes);
        final Path file = Files.write(root.resolve("file"), bytes);
        server.run("chmod", "-R", "a+rX,a-w", lab.directory().toString());
        final Path config = Files.writeString(lab.directory().resolve(server.name() + ".conf"), """
            listen_ipv6=YES
            background=NO
            anonymous_enable=YES
            local_enable=NO
            anon_root=%s
            connect_from_port_20=YES
            secure_chroot_dir=%s
            seccomp_sandbox=NO
            """.formatted(root, Files.createDirectories(lab.directory().resolve("empty"))));
        lab.keep(server.start("vsftpd", "vsftpd", config.toString()));
        Await.until(10, "the FTP server listens", () -> server.run("ss", "-tln").contains(":21"));
        return sum(lab, file);
    }

    private static void connect(final Lab lab) {
        lab.segment("front");
        lab.segment("back");
        final Host client = lab.host("client");
        lab.plug(client, "eth0", "front", "10.1.0.2/24", "fd01::2/64");
        final Host director = lab.host("director");
        lab.plug(director, "eth0", "front", "10.1.0.1/24", VIP + "/32", "fd01::1/64", VIP6 + "/128");
        lab.plug(director, "eth1", "back", "10.2.0.1/24", "fd02::1/64");
        director.route();
        final Host server = lab.host("server");
        lab.plug(server, "eth0", "back", "10.2.0.11/24", "fd02::11/64");
        server.gateway("10.2.0.1", "fd02::1");
    }
}
