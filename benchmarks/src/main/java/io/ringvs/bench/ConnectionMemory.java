package io.ringvs.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.ringvs.conntab.FlowBatch;
import io.ringvs.conntab.FlowLayout;
import io.ringvs.conntab.NewConnection;
import io.ringvs.conntab.TcpStates;
import org.agrona.UnsafeApi;

/**
 * Prints how much resident memory ten million connections take, index, timers and counters included. Arguments: none.
 */
public final class ConnectionMemory {
    private static final int CONNECTIONS = 10_000_000;

    private ConnectionMemory() {
    }

    public static void main(final String[] arguments) throws IOException {
        for (final int family : new int[] {FlowLayout.IPV4, FlowLayout.IPV6}) {
            // once small, so that classes and compiled code count for neither
            measure(family, 100_000);
            final double bytes = (double) measure(family, CONNECTIONS) / CONNECTIONS;
            System.out.printf("IPv%d: %.1f bytes of memory each of %,d connections%n", family, bytes, CONNECTIONS);
        }
    }

    private static long measure(final int family, final int count) throws IOException {
        final long before = residentBytes();
        final FilledTable filled = new FilledTable(0, count, 1);
        final NewConnection wanted = new NewConnection();
        try (FlowBatch keys = new FlowBatch(1)) {
            final long flow = keys.entry(0);
            for (int number = 0; number < count; number++) {
                FlowKeys.write(flow, number);
                UnsafeApi.putByte(flow + FlowLayout.KIND, (byte) family);
                if (family == FlowLayout.IPV6) {
                    UnsafeApi.putLong(flow + FlowLayout.CLIENT_ADDRESS + Long.BYTES, number);
                }
                final int slot = filled.table.worker(0).open(
                    wanted.of(flow, filled.destination(number), FilledTable.PORT, FilledTable.FLAGS), TcpStates.SYN, 0);
                filled.table.worker(0).packet(slot, TcpStates.ACK, 0);
            }
        }
        return residentBytes() - before;
    }

    private static long residentBytes() throws IOException {
        for (final String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        throw new IOException("/proc/self/status has no VmRSS line");
    }
}
