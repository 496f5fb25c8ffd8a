package io.ringvs.director.e2e;

import java.util.Arrays;

/** UDP datagrams to a real server and back; each comes back at once, or the test fails. */
final class UdpEcho {
    static final int PORT = 7000;

    private static final String SERVER = """
        import socket, sys
        s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
        s.bind(('::', int(sys.argv[1])))
        while True:
            data, sender = s.recvfrom(4096)
            s.sendto(data, sender)
        """;
    private static final String CLIENT = """
        import socket, sys
        s = socket.socket(socket.AF_INET6 if ':' in sys.argv[1] else socket.AF_INET, socket.SOCK_DGRAM)
        s.settimeout(5)
        s.connect((sys.argv[1], int(sys.argv[2])))
        for size in list(range(0, 1452, 50)) + [int(size) for size in sys.argv[3:]]:
            data = bytes(i & 255 for i in range(size))
            s.send(data)
            assert s.recv(4096) == data, size
        """;

    private UdpEcho() {
    }

    /** Runs the server, for both families. */
    static void serve(final Lab lab, final Host server) {
        lab.keep(server.start("echo", "python3", "-u", "-c", SERVER, Integer.toString(PORT)));
        Await.until(10, "the echo server listens", () -> server.run("ss", "-uln").contains(":" + PORT));
    }

    /** Sends datagrams of many sizes below 1452 bytes, and of these. */
    static void check(final Host client, final String address, final int port, final int... sizes) {
        final String[] program = {"python3", "-c", CLIENT, address, Integer.toString(port)};
        final String[] command = Arrays.copyOf(program, program.length + sizes.length);
        Arrays.setAll(command, at -> at < program.length ? program[at] : Integer.toString(sizes[at - program.length]));
        client.run(command);
    }
}
