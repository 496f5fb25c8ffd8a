package io.ringvs.director;

import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

import io.ringvs.control.DirectorStatus;
import io.ringvs.control.DirectorStatus.InterfaceStatus;
import io.ringvs.control.DirectorStatus.LatencyStatus;
import io.ringvs.control.DirectorStatus.LocalAddressStatus;
import io.ringvs.control.DirectorStatus.SocketStatus;
import io.ringvs.control.DirectorStatus.WorkerStatus;
import io.ringvs.fastpath.Defences;
import io.ringvs.packet.Verdict;

/**
 * What {@code ringvs status} shows: modes, verdicts and latencies, each with what it means. Only what is not zero is
 * listed.
 *
 * <p><b>Threading:</b> one thread.
 */
final class StatusReport {
    private final StringBuilder text = new StringBuilder();

    private StatusReport() {
    }

    /** The report of a reading. */
    static String text(final DirectorStatus status, final Defences.Report defences) {
        final StatusReport report = new StatusReport();
        report.line("snapshot %d: %d services, %d connections of at most %d", status.generation(), status.services(),
            status.connections(), status.maxConnections());
        status.interfaces().forEach(report::program);
        status.sockets().forEach(report::socket);
        status.workers().forEach(report::worker);
        status.localAddresses().forEach(report::localAddress);
        defences.lines().forEach(each -> report.line("%s", each));
        return report.text.toString();
    }

    private void program(final InterfaceStatus program) {
        line("%s", program.description());
        program.frames().forEach((verdict, count) -> count(verdict, count, ""));
    }

    private void socket(final SocketStatus socket) {
        line("AF_XDP socket on %s", socket.description());
        count("RX dropped", socket.rxDropped(), "");
        count("RX ring full", socket.rxRingFull(), "");
        count("fill ring empty", socket.fillRingEmpty(), "");
        count("invalid descriptors", socket.invalidDescriptors(), "");
    }

    private void localAddress(final LocalAddressStatus local) {
        line("local address %s: %d connections, %d refused because their ports were all in use%s", local.address(),
            local.connections(), local.refusals(), local.exhausted() ? "; NO PORT LEFT, add local addresses" : "");
    }

    private void worker(final WorkerStatus worker) {
        final long batches = worker.batches().stream().skip(1).mapToLong(Long::longValue).sum();
        final long packets =
            IntStream.range(0, worker.batches().size()).mapToLong(size -> size * worker.batches().get(size)).sum();
        line("worker %d: %d packets in %d batches (%.1f each)", worker.number(), packets, batches,
            batches == 0 ? 0.0 : (double) packets / batches);
        for (final Map.Entry<String, Long> each : worker.packets().entrySet()) {
            count(each.getKey(), each.getValue(), "the packet " + Verdict.valueOf(each.getKey()).meaning());
        }
        count("given to the host", worker.handedToHost(), "");
        count("failed wake-ups", worker.failedWakeups(), "");
        count("options left out", worker.optionsLeftOut(),
            "packets had no room to tell a FULLNAT server the client's address: normal in small numbers");
        latency(worker.latency());
    }

    private void latency(final LatencyStatus latency) {
        if (latency.count() != 0) {
            text.append("  in-director latency, us:");
            latency.percentiles().forEach(
                (name, micros) -> text.append(String.format(Locale.ROOT, "  %s %.1f", name, micros)));
            text.append('\n');
        }
    }

    private void count(final String name, final long count, final String meaning) {
        if (count != 0) {
            line("  %-22s %12d  %s", name, count, meaning);
        }
    }

    private void line(final String format, final Object... arguments) {
        text.append(String.format(Locale.ROOT, format, arguments).stripTrailing()).append('\n');
    }
}
