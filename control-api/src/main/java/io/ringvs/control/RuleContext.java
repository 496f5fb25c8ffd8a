package io.ringvs.control;

import java.util.function.Predicate;

import io.ringvs.service.DestinationTable;
import io.ringvs.service.FtpPorts;
import io.ringvs.service.LocalAddressTable;
import io.ringvs.service.Statistics;

/**
 * What a {@link RuleSet} works with.
 *
 * @param destinations live state of destinations: the rules allocate its ids
 * @param locals       local addresses and their ports: the rules say which there are
 * @param statistics   packet counters: the rules allocate its rows
 * @param host         the host's addresses and interfaces
 * @param schedulers   whether a scheduler of that name exists
 * @param engines      whether a persistence engine of that name exists
 * @param sync         runs the synchronisation daemons
 * @param maxServices  services at most
 * @param ftpPorts     where FTP is looked into
 */
public record RuleContext(
    DestinationTable destinations, LocalAddressTable locals, Statistics statistics, HostAddresses host,
    Predicate<String> schedulers, Predicate<String> engines, SyncProtocol sync, int maxServices, FtpPorts ftpPorts) {
    /** With FTP looked into where Linux does without being told. */
    public RuleContext(
        final DestinationTable destinations, final LocalAddressTable locals, final Statistics statistics,
        final HostAddresses host, final Predicate<String> schedulers, final Predicate<String> engines,
        final SyncProtocol sync, final int maxServices) {
        this(destinations, locals, statistics, host, schedulers, engines, sync, maxServices, FtpPorts.DEFAULT);
    }
}
