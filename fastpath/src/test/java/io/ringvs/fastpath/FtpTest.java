package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.ringvs.packet.TcpHeader;
import io.ringvs.packet.TcpSegment;
import io.ringvs.packet.Verdict;
import io.ringvs.service.Statistics;

import org.junit.jupiter.api.Test;

/** Data connections: announced, opened, and let go of. */
class FtpTest extends FtpFixture {
    @Test
    void shouldOpenPassiveDataConnectionToTheRealServer() {
        serve(21, 21);
        connect();
        assertEquals("PASV\r\n", command("PASV\r\n").text());
        assertEquals("227 Entering Passive Mode (10,0,0,100,195,80).\r\n",
            reply(5000, "227 Entering Passive Mode (192,168,100,211,195,80).\r\n").text());

        director.assertListing(
            "TCP 198.51.100.7:0 10.0.0.100:50000 192.168.100.211:50000 LISTEN 120",
            "TCP 198.51.100.7:40000 10.0.0.100:21 192.168.100.211:21 ESTABLISHED 900");
        final TcpSegment syn = fromClient(40001, 50000, TcpHeader.SYN, 1, 0, "");
        assertEquals(SERVER, syn.destination());
        assertEquals(50000, syn.destinationPort());
        assertEquals(50000, fromServer(50000, 40001, SYN_ACK, 1, 2, "").sourcePort());
        assertNotNull(fromClient(40001, 50000, ACK, 2, 2, ""));
        director.assertListing(
            "TCP 198.51.100.7:40000 10.0.0.100:21 192.168.100.211:21 ESTABLISHED 900",
            "TCP 198.51.100.7:40001 10.0.0.100:50000 192.168.100.211:50000 ESTABLISHED 900");
        assertEquals(2, director.destinations.activeConnections(0));
        assertEquals(2, director.destinations.totalConnections(0));

        assertNull(fromClient(40002, 50000, TcpHeader.SYN, 1, 0, ""), "the port is taken");
        assertEquals(1, director.packets(Verdict.HOST_FTP_PORT));
        assertEquals(2, director.table.size());
    }

    @Test
    void shouldCountAsConnectionsOfStatisticsOnlyWhatWasScheduled() {
        serve(21, 21);
        connect();
        command("PORT 198,51,100,7,156,80\r\n");
        assertEquals(1, director.statistics.sum(Statistics.TOTAL_ROW,
            Statistics.CONNECTIONS));
    }

    @Test
    void shouldOpenActiveDataConnectionToTheClient() {
        serve(21, 2121);
        connect(21, 2121);
        assertEquals("PORT 198,51,100,7,156,80\r\n", command("PORT 198,51,100,7,156,80\r\n").text());
        director.assertListing(
            "TCP 198.51.100.7:40000 10.0.0.100:21 192.168.100.211:2121 ESTABLISHED 900",
            "TCP 198.51.100.7:40016 10.0.0.100:20 192.168.100.211:2120 LISTEN 120");

        final TcpSegment syn = fromServer(2120, 40016, TcpHeader.SYN, 1, 0, "");
        assertEquals(VIP, syn.source());
        assertEquals(20, syn.sourcePort());
        final TcpSegment answer = fromClient(40016, 20, SYN_ACK, 1, 2, "");
        assertEquals(SERVER, answer.destination());
        assertEquals(2120, answer.destinationPort());
        assertNotNull(fromServer(2120, 40016, ACK, 2, 2, ""));
        director.assertListing(
            "TCP 198.51.100.7:40000 10.0.0.100:21 192.168.100.211:2121 ESTABLISHED 900",
            "TCP 198.51.100.7:40016 10.0.0.100:20 192.168.100.211:2120 ESTABLISHED 900");
    }

    @Test
    void shouldServeExtendedCommandsOfIpv6() {
        serveIpv6();
        connect();
        command("EPSV 2\r\n");
        assertEquals("229 Entering Extended Passive Mode (|||50000|)\r\n",
            reply(5000, "229 Entering Extended Passive Mode (|2|2001:db8:1::11|50000|)\r\n").text());
        assertEquals(SERVER6, fromClient(40001, 50000, TcpHeader.SYN, 1, 0, "").destination());
        command("EPRT |2|2001:db8:9::7|40016|\r\n");
        assertEquals(VIP6, fromServer(20, 40016, TcpHeader.SYN, 1, 0, "").source());
        director.assertListing(
            "TCP 2001:db8:9::7:40000 2001:db8::100:21 2001:db8:1::11:21 ESTABLISHED 900",
            "TCP 2001:db8:9::7:40001 2001:db8::100:50000 2001:db8:1::11:50000 SYN_RECV 60",
            "TCP 2001:db8:9::7:40016 2001:db8::100:20 2001:db8:1::11:20 LISTEN 120");
    }

    @Test
    void shouldServeExtendedCommandsOfIpv4() {
        serve(21, 21);
        connect();
        command("EPSV\r\n");
        assertEquals("229 Extended (|||50000|)\r\n", reply(5000, "229 Extended (|||50000|)\r\n").text());
        assertEquals(SERVER, fromClient(40001, 50000, TcpHeader.SYN, 1, 0, "").destination());
        command("EPRT |1|198.51.100.7|40016|\r\n");
        assertEquals(VIP, fromServer(20, 40016, TcpHeader.SYN, 1, 0, "").source());
    }

    @Test
    void shouldLookIntoNoOtherConnections() {
        serve(80, 21);
        connect(80, 21);
        fromClient(CONTROL, 80, ACK, 1000, 5000, "PASV\r\n");
        final String said = "227 Entering Passive Mode (192,168,100,211,195,80).\r\n";
        assertEquals(said, reply(5000, said).text());
        assertEquals(1, director.table.size());
    }

    @Test
    void shouldRewriteNothingThatWasNotAskedFor() {
        serve(21, 21);
        connect();
        final String said = "227 Entering Passive Mode (192,168,100,211,195,80).\r\n";
        assertEquals(said, reply(5000, said).text());
        command("PASV\r\n");
        assertEquals("229 (|||50000|)\r\n", reply(5100, "229 (|||50000|)\r\n").text());
        command("PORT 198,51,100,7,156,80\r\n");
        assertEquals(said, reply(5200, said).text(), "the client has changed its mind");
    }

    @Test
    void shouldOutliveItsDataConnections() {
        serve(21, 21);
        connect();
        command("PORT 198,51,100,7,156,80\r\n");
        fromServer(20, 40016, TcpHeader.SYN, 1, 0, "");
        fromClient(40016, 20, SYN_ACK, 1, 2, "");
        fromServer(20, 40016, ACK, 2, 2, "");
        fromServer(21, CONTROL, TcpHeader.RST, 5000, 1000, "");
        director.advanceSeconds(30);
        assertEquals(2, director.table.size(), "closed, but its data connection is not");
        fromServer(20, 40016, TcpHeader.RST, 2, 2, "");
        director.advanceSeconds(80);
        assertEquals(0, director.table.size());
    }

    @Test
    void shouldLetGoOfAnnouncedConnectionThatNobodyOpens() {
        serve(21, 21);
        connect();
        command("PASV\r\n");
        reply(5000, "227 (192,168,100,211,195,80)\r\n");
        assertEquals(2, director.destinations.totalConnections(0));
        director.advanceSeconds(122);
        assertEquals(1, director.destinations.totalConnections(0));
        assertNull(fromClient(40001, 50000, TcpHeader.SYN, 1, 0, ""));
    }
}
