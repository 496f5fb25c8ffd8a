package io.ringvs.fastpath;

import java.util.List;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.Defence;
import io.ringvs.packet.Verdict;
import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;

/**
 * Decides each second which defences against a flood are up, and tells what they have done.
 *
 * <p>The defences of mode 1 and 2 act by themselves when memory is short. Two things can run short: the host's memory,
 * which is compared with amemthresh as Linux does, and room in the connection table, whose last eighth counts as
 * amemthresh pages. The scarcer of the two decides.
 *
 * <pre>
 *   evaluate, each second and when a setting changes --> ConnectionTable.defence --> each worker's next duty cycle
 *       drop_entry   ends a thirty-second of the probably worthless connections a second
 *       drop_packet  drops one in so many packets that would open a connection
 *       secure_tcp   lets TCP connections be established by the server's answer only
 *   when the table is full nevertheless, new connections are refused and counted; the others never notice
 * </pre>
 *
 * <p><b>Threading:</b> control thread.
 *
 * <p><b>Source:</b> update_defense_level of Linux 6.1 {@code ip_vs_ctl.c}.
 */
public final class Defences {
    /** The free part of the table that counts as amemthresh pages: one in so many connections. */
    static final int RESERVE_SHARE = 8;

    private final ConnectionTable table;
    private final int workers;
    private final MemoryGauge memory;
    private long entrySeconds;
    private long packetSeconds;
    private long tcpSeconds;

    public Defences(final DirectorState state, final MemoryGauge memory) {
        this.table = state.table();
        this.workers = state.publisher().epochs().workers();
        this.memory = memory;
    }

    /** Once a second: {@link #apply}, and counts the second for the defences that are up. */
    public IpvsSettings everySecond(final IpvsSettings settings) {
        final IpvsSettings shown = apply(settings);
        final Defence defence = table.defence();
        entrySeconds += defence.isDroppingEntries() ? 1 : 0;
        packetSeconds += defence.dropPacketRate() != 0 ? 1 : 0;
        tcpSeconds += defence.isSecureTcp() ? 1 : 0;
        return shown;
    }

    /**
     * Puts the defences up or down, as settings and memory call for.
     *
     * @return the settings as they are to be shown: an automatic defence has mode 2 while it is up, else 1
     */
    public IpvsSettings apply(final IpvsSettings settings) {
        final Defence defence = Defence.evaluate(settings, availablePages(settings.amemthresh()));
        table.defence(defence);
        return settings.with(IpvsSetting.DROP_ENTRY, defence.dropEntry())
            .with(IpvsSetting.DROP_PACKET, defence.dropPacket())
            .with(IpvsSetting.SECURE_TCP, defence.secureTcp());
    }

    private long availablePages(final int amemthresh) {
        final long reserve = Math.max(1, table.maxConnections() / RESERVE_SHARE);
        final long room = Math.max(0, table.maxConnections() - table.size());
        final long host = memory.availablePages();
        return room >= reserve ? host : Math.min(host, amemthresh * room / reserve);
    }

    /**
     * What the defences have done since the start.
     *
     * @param defence            those that are up
     * @param entriesDropped     connections ended by drop_entry
     * @param packetsDropped     packets dropped by drop_packet
     * @param connectionsRefused connections not opened because the table was full
     * @param entrySeconds       how long drop_entry was up, in seconds
     * @param packetSeconds      how long drop_packet was up
     * @param tcpSeconds         how long secure_tcp was up
     */
    public record Report(
        Defence defence, long entriesDropped, long packetsDropped, long connectionsRefused, long entrySeconds,
        long packetSeconds, long tcpSeconds) {

        /** One line for each defence and one for refused connections, for the operator. */
        public List<String> lines() {
            return List.of(
                line("drop_entry", defence.dropEntry(), entrySeconds, entriesDropped + " connections ended"),
                line("drop_packet", defence.dropPacket(), packetSeconds, packetsDropped + " packets dropped"),
                line("secure_tcp", defence.secureTcp(), tcpSeconds, "stricter TCP states"),
                "table full: " + connectionsRefused + " connections refused");
        }

        private static String line(final String name, final int mode, final long seconds, final String done) {
            return name + " = " + mode + (mode >= 2 ? ", up" : ", down") + ", was up for " + seconds + " s: " + done;
        }
    }

    /** @param counters of all workers */
    public Report report(final List<WorkerCounters> counters) {
        long dropped = 0;
        long refused = 0;
        for (int worker = 0; worker < workers; worker++) {
            dropped += table.worker(worker).dropped();
            refused += table.worker(worker).refused();
        }
        final long packets = counters.stream().mapToLong((each) -> each.packets(Verdict.DROP_DEFENCE)).sum();
        return new Report(
            table.defence(), dropped, packets, refused, entrySeconds, packetSeconds, tcpSeconds);
    }
}
