package io.ringvs.director;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.IpvsSettings;
import io.ringvs.xdp.AttachMode;
import io.ringvs.xdp.AttachOptions;

/**
 * Everything the director is told at start.
 *
 * @param interfaces     interfaces to receive and transmit on; empty for a director without packets (--no-io)
 * @param cores          one core for each worker, or empty: as many workers as queues, not pinned
 * @param idle           what a worker does when there is nothing to do
 * @param attach         which XDP mode to use
 * @param zeroCopy       whether AF_XDP zero-copy is tried before copy mode
 * @param force          whether a foreign XDP program may be displaced
 * @param frameSize      bytes of a UMEM frame: 2048 or 4096
 * @param ringSize       entries of each ring of a socket
 * @param busyPollMicros how long a worker may poll a device at a time, in microseconds; 0 leaves it to interrupts
 * @param maxConnections connections and templates at most
 * @param tableBits      conn_tab_bits, shown as {@code size=} in listings
 * @param ftpPorts       where FTP is looked into
 * @param socket         the control socket
 * @param socketGroup    group whose members may use it, or null
 * @param metrics        where metrics are served, or null
 * @param api            where the HTTP API is served besides the control socket, or null
 * @param rules          the file that rules are saved in, or null (--no-save)
 * @param settings       the run-time settings to start with
 */
record DirectorConfig(
    List<String> interfaces, List<Integer> cores, Idle idle, Attach attach, boolean zeroCopy, boolean force,
    int frameSize, int ringSize, int busyPollMicros, int maxConnections, int tableBits, FtpPorts ftpPorts, Path socket,
    String socketGroup, InetSocketAddress metrics, ApiAccess api, Path rules,
    IpvsSettings settings) {

    /** What a worker does when there is nothing to do. */
    enum Idle {
        /** Asks again at once: lowest latency, one core always busy. */
        BUSY,
        /** Spins for a moment, then sleeps in poll(2) on its sockets. */
        ADAPTIVE
    }

    /** Which XDP mode to use. */
    enum Attach {
        /** Native, or generic where the driver has none; the log and the status tell which. */
        AUTO(AttachMode.NATIVE, AttachMode.GENERIC),
        NATIVE(AttachMode.NATIVE),
        GENERIC(AttachMode.GENERIC);

        private final AttachMode[] modes;

        Attach(final AttachMode... modes) {
            this.modes = modes;
        }

        AttachOptions options() {
            return AttachOptions.DEFAULT.withModes(modes);
        }
    }

    private static final int MIN_RING_SIZE = 64;
    private static final int MAX_RING_SIZE = 1 << 16;
    /** Longer than a worker may be away from its other queues and its timers. */
    private static final int MAX_BUSY_POLL_MICROS = 1000;
    private static final int MIN_TABLE_BITS = 8;
    private static final int MAX_TABLE_BITS = 27;

    DirectorConfig {
        interfaces = List.copyOf(interfaces);
        cores = List.copyOf(cores);
        require(new HashSet<>(interfaces).size() == interfaces.size(), "an interface is named twice: " + interfaces);
        require(new HashSet<>(cores).size() == cores.size(), "a core is named twice: " + cores);
        final int processors = Runtime.getRuntime().availableProcessors();
        for (final int core : cores) {
            require(core >= 0 && core < Math.max(processors, 1024), "there is no core " + core);
        }
        require(frameSize == 2048 || frameSize == 4096, "frame size must be 2048 or 4096 bytes, not " + frameSize);
        require(Integer.bitCount(ringSize) == 1 && ringSize >= MIN_RING_SIZE && ringSize <= MAX_RING_SIZE,
            "--ring-size must be a power of two from " + MIN_RING_SIZE + " to " + MAX_RING_SIZE + ", not " + ringSize);
        require(busyPollMicros >= 0 && busyPollMicros <= MAX_BUSY_POLL_MICROS,
            "--busy-poll must be from 0 to " + MAX_BUSY_POLL_MICROS + " microseconds, not " + busyPollMicros);
        require(maxConnections >= 1 && maxConnections <= ConnectionTable.MAX_CONNECTIONS,
            "--max-connections must be from 1 to " + ConnectionTable.MAX_CONNECTIONS + ", not " + maxConnections);
        require(tableBits >= MIN_TABLE_BITS && tableBits <= MAX_TABLE_BITS,
            "--conn-tab-bits must be from " + MIN_TABLE_BITS + " to " + MAX_TABLE_BITS + ", not " + tableBits);
    }

    private static void require(final boolean condition, final String sentence) {
        if (!condition) {
            throw new StartException(sentence);
        }
    }
}
