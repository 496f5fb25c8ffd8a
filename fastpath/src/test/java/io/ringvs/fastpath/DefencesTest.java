package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import io.ringvs.packet.FrameBuilder;
import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.Verdict;
import io.ringvs.ring.RingSizes;
import io.ringvs.service.IpProtocol;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.ServiceKey;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DefencesTest {
    private static final int PLENTY = 1_000_000;
    private static final int MAX_CONNECTIONS = 800;

    private long freePages = PLENTY;
    private final TestDirector director = new TestDirector(MAX_CONNECTIONS, RingSizes.same(64));
    private final Defences defences = new Defences(director.state, () -> freePages);
    private IpvsSettings settings = IpvsSettings.DEFAULTS;

    @BeforeEach
    void oneServer() {
        final ServiceKey http = director.rules.addService(IpProtocol.TCP, "10.0.0.100", 80, "rr");
        director.rules.addServer(http, "192.168.1.11", 80, TestDirector.SERVERS);
        director.publish();
    }

    @AfterEach
    void close() {
        director.close();
    }

    private void set(final String name, final int value) {
        settings = defences.apply(settings.with(name, Integer.toString(value)));
        director.worker.doWork();
    }

    private static byte[] syn(final int clientPort) {
        return FrameBuilder.tcp(TcpHeader.SYN).from("198.51.100.7", clientPort).build();
    }

    private void open(final int firstPort, final int count) {
        for (int i = 0; i < count; i++) {
            director.forward(syn(firstPort + i));
        }
    }

    @Test
    void shouldShowTwoGivenAutomaticModeAndMemoryIsShort() {
        set("drop_entry", 1);
        set("drop_packet", 1);
        set("secure_tcp", 2);
        assertEquals(List.of(1, 1, 1),
            List.of(settings.dropEntry(), settings.dropPacket(), settings.secureTcp()), "plenty of memory");

        freePages = 1023;
        settings = defences.everySecond(settings);
        assertEquals(List.of(2, 2, 2), List.of(settings.dropEntry(), settings.dropPacket(), settings.secureTcp()));
        assertEquals(1024, director.table.defence().dropPacketRate());

        freePages = 0;
        settings = defences.everySecond(settings);
        assertEquals(1, director.table.defence().dropPacketRate(), "every packet");

        freePages = 1024;
        settings = defences.everySecond(settings);
        assertEquals(List.of(1, 1, 1), List.of(settings.dropEntry(), settings.dropPacket(), settings.secureTcp()));
        assertEquals("""
            drop_entry = 1, down, was up for 2 s: 0 connections ended
            drop_packet = 1, down, was up for 2 s: 0 packets dropped
            secure_tcp = 1, down, was up for 2 s: stricter TCP states
            table full: 0 connections refused""",
            String.join("\n", defences.report(List.of(director.worker.counters())).lines()));
    }

    @Test
    void shouldStayDownGivenModeZero() {
        freePages = 0;
        settings = defences.apply(settings);

        open(1, 3);
        assertEquals(3, director.table.size());
        assertEquals(0, settings.dropEntry());
    }

    @Test
    void shouldDropOneInTenOpeningPacketsGivenModeThree() {
        set("drop_packet", 3);

        open(1000, 100);

        assertEquals(10, director.packets(Verdict.DROP_DEFENCE));
        assertEquals(90, director.table.size());
        final byte[] known = FrameBuilder.tcp(TcpHeader.ACK).from("198.51.100.7", 1005).build();
        for (int i = 0; i < 100; i++) {
            director.forward(known);
        }
        assertEquals(10, director.packets(Verdict.DROP_DEFENCE), "known connections never suffer");
    }

    @Test
    void shouldNotAskForEstablishmentByClientGivenSecureTcp() {
        set("secure_tcp", 3);
        director.receive(syn(1000));
        director.assertListing("TCP 198.51.100.7:1000 10.0.0.100:80 192.168.1.11:80 SYNACK 120");
    }

    @Test
    void shouldEndHalfOpenConnectionsGivenDropEntry() {
        open(1000, 400);
        set("drop_entry", 3);

        director.advanceSeconds(30);

        final Defences.Report report = defences.report(List.of(director.worker.counters()));
        assertEquals(400 - director.table.size(), report.entriesDropped());
        // a thirty-second of the slots in each of 30 seconds: about 61 % of the connections are met
        assertTrue(report.entriesDropped() > 150, report.entriesDropped() + " ended");
        assertEquals(director.table.size(), director.destinations.totalConnections(0));
    }

    @Test
    void shouldCountLastEighthOfTableAsAmemthresh() {
        set("drop_packet", 1);
        open(1000, 700);
        settings = defences.everySecond(settings);
        assertEquals(1, settings.dropPacket(), "just an eighth left");

        open(2000, 50);
        settings = defences.everySecond(settings);
        assertEquals(2, settings.dropPacket());
        assertEquals(2, director.table.defence().dropPacketRate());
    }

    @Test
    void shouldReadFreeAndBufferPagesOfHost(@TempDir final Path folder) throws IOException {
        final Path meminfo = folder.resolve("meminfo");
        Files.writeString(meminfo, """
            MemTotal:        8000000 kB
            MemFree:            4000 kB
            MemAvailable:    7000000 kB
            Buffers:             400 kB
            Cached:          6000000 kB
            """);
        assertEquals(1100, new HostMemory(meminfo).availablePages());
        assertTrue(new HostMemory().availablePages() > 0);
    }
}
