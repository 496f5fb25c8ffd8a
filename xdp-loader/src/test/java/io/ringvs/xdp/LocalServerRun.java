package io.ringvs.xdp;

import io.ringvs.linux.LinuxCalls;

/** The program for local real servers in the kernel, run on frames from memory instead of on what the machine sends. */
final class LocalServerRun implements AutoCloseable {
    /** Of {@code linux/pkt_cls.h}: on with the next filter. */
    private static final int TC_ACT_UNSPEC = -1;
    private static final int TC_ACT_REDIRECT = 7;
    private static final int LOOPBACK = 1;

    final SteeringMap steering = SteeringMap.create(1 << 12);
    private final SteeringProgram ingress = SteeringProgram.load(steering);
    private final BpfObject program = LocalServerProgram.load(steering, ingress.socketsFd(), LOOPBACK);
    private final FrameRun run = new FrameRun(program.fd());
    private int socketFd = -1;

    /** Gives queue 0 a socket, as a director that lives has. */
    LocalServerRun withSocket() {
        socketFd = LinuxCalls.socket(LinuxCalls.AF_XDP, LinuxCalls.SOCK_RAW | LinuxCalls.SOCK_CLOEXEC, 0);
        ingress.xskMap().put(0, socketFd);
        return this;
    }

    void closeSocket() {
        LinuxCalls.close(socketFd);
        socketFd = -1;
    }

    /** Whether the program gives a frame to the TAP device. */
    boolean takes(final byte[] frame) {
        return switch (run.run(frame, 1)) {
            case TC_ACT_REDIRECT -> true;
            case TC_ACT_UNSPEC -> false;
            default -> throw new AssertionError("neither taken nor left to other filters");
        };
    }

    @Override
    public void close() {
        if (socketFd >= 0) {
            closeSocket();
        }
        run.close();
        program.close();
        ingress.close();
        steering.close();
    }
}
