package io.ringvs.director.e2e;

import static io.ringvs.director.e2e.ModesLab.ECHO;
import static io.ringvs.director.e2e.ModesLab.LARGE_BYTES;
import static io.ringvs.director.e2e.ModesLab.SERVER;
import static io.ringvs.director.e2e.ModesLab.SERVER6;
import static io.ringvs.director.e2e.ModesLab.VIP;
import static io.ringvs.director.e2e.ModesLab.VIP6;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

/** Every forwarding method, TCP and UDP, IPv4 and IPv6, between TCP/IP stacks of the kernel. */
class ModesIT {
    /** Room for the outer headers of full packets. */
    private static final int WIDE = 1600;
    private static final String[] METHODS = {
        "-g", "-i", "-i --tun-type gue --tun-port 6080 --tun-csum", "-i --tun-type gre", "-m", "-b"};

    /** Sends datagrams of many sizes, each again until it comes back. */
    private static final String ECHO_CLIENT = """
        import os, socket, sys
        to, port, sizes = sys.argv[1], int(sys.argv[2]), [int(size) for size in sys.argv[3].split(',')]
        if len(sizes) == 2:
            sizes = range(sizes[0], sizes[1] + 1)
        s = socket.socket(socket.AF_INET6 if ':' in to else socket.AF_INET, socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
        s.settimeout(1)
        s.connect((to, port))
        lost = 0
        for size in sizes:
            data = os.urandom(size)
            for attempt in range(5):
                s.send(data)
                try:
                    while s.recv(70000) != data:
                        pass
                    break
                except TimeoutError:
                    lost += 1
            else:
                sys.exit('a datagram of %d bytes did not come back' % size)
        print(len(sizes), 'came back,', lost, 'sent again')
        """;

    private static final String CRC32C = """
        import socket, struct, sys
        def crc32c(data):
            crc = 0xffffffff
            for byte in data:
                crc ^= byte
                for bit in range(8):
                    crc = crc >> 1 ^ (0x82f63b78 if crc & 1 else 0)
            return crc ^ 0xffffffff
        s = socket.socket(socket.AF_INET, socket.SOCK_RAW, 132)
        """;
    private static final String SCTP_SENDER = CRC32C + """
        packet = struct.pack('!HHII', int(sys.argv[3]), int(sys.argv[2]), 0, 0) + bytes.fromhex(
            '01000014' '11223344' '0001a000' '000a000a' '00000001')
        packet = packet[:8] + struct.pack('<I', crc32c(packet)) + packet[12:]
        s.sendto(packet, (sys.argv[1], 0))
        """;
    private static final String SCTP_RECEIVER = CRC32C + """
        print('ready', flush=True)
        packet = s.recv(2000)[20:]
        right = crc32c(packet[:8] + bytes(4) + packet[12:]) == struct.unpack('<I', packet[8:12])[0]
        print(struct.unpack('!H', packet[2:4])[0], 'INIT' if packet[12] == 1 else 'other', 'with the',
            'right' if right else 'wrong', 'checksum', flush=True)
        """;

    @Test
    void shouldCarry100MegabytesEachWayByEveryMethod() {
        try (Lab lab = new Lab()) {
            final Host client = ModesLab.make(lab, WIDE);
            final FileServer files = FileServer.start(lab, lab.named("rs1"), LARGE_BYTES);
            ModesLab.unwrapTunnels(lab, lab.named("rs1"));
            final RunningDirector director = RunningDirector.startBetween(lab);
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                final String service = vip + ":" + FileServer.PORT;
                final String server = (vip.equals(VIP) ? SERVER : "[" + SERVER6 + "]") + ":" + FileServer.PORT;
                ModesLab.service(director, "-t", service);
                for (final String method : METHODS) {
                    add(director, "-t", service, server, method);
                    assertEquals(files.digest(), files.fetch(client, service), method + " " + vip);
                    assertEquals(files.digest(), files.upload(client, service), method + " " + vip);
                    director.adm("-d", "-t", service, "-r", server);
                }
            }
            Await.until(10, () -> "all uploads passed the director:\n" + director.adm("-Ln", "--stats", "--exact"),
                () -> bytesIn(director, VIP) >= METHODS.length * (long)LARGE_BYTES
                    && bytesIn(director, VIP6) >= METHODS.length * (long)LARGE_BYTES);
        }
    }

    /** Of a service, as the listing counts them. */
    private static long bytesIn(final RunningDirector director, final String vip) {
        return director.adm("-Ln", "--stats", "--exact").lines()
            .filter(line -> line.startsWith("TCP") && line.contains(vip))
            .mapToLong(line -> Long.parseLong(line.trim().split(" +")[5])).sum();
    }

    @Test
    void shouldEchoDatagramsOfEverySizeByEveryMethod() {
        try (Lab lab = new Lab()) {
            final Host client = ModesLab.make(lab, WIDE);
            ModesLab.serveEcho(lab, lab.named("rs1"));
            ModesLab.unwrapTunnels(lab, lab.named("rs1"));
            final RunningDirector director = RunningDirector.startBetween(lab);
            for (final String vip : new String[] {VIP, "[" + VIP6 + "]"}) {
                final String service = vip + ":" + ECHO;
                final String server = (vip.equals(VIP) ? SERVER : "[" + SERVER6 + "]") + ":" + ECHO;
                final int largest = vip.equals(VIP) ? 1472 : 1452;
                ModesLab.service(director, "-u", service);
                for (final String method : METHODS) {
                    add(director, "-u", service, server, method);
                    final String whole = echo(client, vip, "0," + largest);
                    assertTrue(whole.startsWith(largest + 1 + " came back"), method + " " + vip + ": " + whole);
                    final String divided = echo(client, vip, largest + 1 + ",2900,3000,9000,20000,65000");
                    assertTrue(divided.startsWith("6 came back"), method + " " + vip + ": " + divided);
                    director.adm("-d", "-u", service, "-r", server);
                }
            }
        }
    }

    /** The kernels of test machines seldom have SCTP, so that its packets are made and looked at by hand. */
    @Test
    void shouldCarrySctpByEveryMethod() {
        try (Lab lab = new Lab()) {
            final Host client = ModesLab.make(lab, WIDE);
            final Host server = lab.named("rs1");
            ModesLab.unwrapTunnels(lab, server);
            final RunningDirector director = RunningDirector.startBetween(lab);
            final String service = VIP + ":" + FileServer.PORT;
            ModesLab.service(director, "--sctp-service", service);
            int from = 5000;
            for (final String method : METHODS) {
                final boolean mapped = method.equals("-m") || method.equals("-b");
                final int port = mapped ? 9090 : FileServer.PORT;
                add(director, "--sctp-service", service, SERVER + ":" + port, method);
                final Program receiver = lab.keep(server.start("sctp" + from, "python3", "-u", "-c", SCTP_RECEIVER));
                Await.until(10, "the receiver is ready", () -> receiver.output().contains("ready"));
                // a port of its own: the connections of the server before it are there still
                client.run("python3", "-c", SCTP_SENDER, VIP, Integer.toString(FileServer.PORT),
                    Integer.toString(from++));
                Await.until(10, () -> method + ": " + receiver.output(),
                    () -> receiver.output().contains(port + " INIT with the right checksum"));
                director.adm("-d", "--sctp-service", service, "-r", SERVER + ":" + port);
            }
        }
    }

    private static void add(final RunningDirector director, final String protocol, final String service,
        final String server, final String method) {
        director.adm(Stream.concat(
            Stream.of("-a", protocol, service, "-r", server), Stream.of(method.split(" "))).toArray(String[]::new));
    }

    private static String echo(final Host client, final String vip, final String sizes) {
        return client.run("python3", "-c", ECHO_CLIENT, vip.replace("[", "").replace("]", ""),
            Integer.toString(ECHO), sizes);
    }
}
