package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import io.ringvs.packet.TcpSegment;
import io.ringvs.packet.Verdict;

import org.junit.jupiter.api.Test;

/** Segments of the control connection: numbers, lengths and checksums once a reply was rewritten. */
class FtpRewritingTest extends FtpFixture {
    @Test
    void shouldKeepNumbersRightOnceAReplyWasRewritten() {
        serve(21, 21);
        connect();
        command("PASV\r\n");
        final String said = "227 Passive (192,168,100,211,195,80).\r\n";
        final TcpSegment first = reply(5000, said);
        assertEquals(5000, first.sequence());
        final int shorter = said.length() - first.text().length();
        assertEquals(5, shorter);

        assertEquals(first, reply(5000, said), "sent again");
        assertEquals(2, director.table.size(), "what was announced is announced once");
        final TcpSegment next = reply(5000 + said.length(), "200 OK\r\n");
        assertEquals(5000 + said.length() - shorter, next.sequence());
        assertEquals("200 OK\r\n", next.text());

        final TcpSegment acknowledged = throughToServer(TcpSegment.of(
            CLIENT, CONTROL, VIP, 21, ACK, 1006, 5000 + said.length() - shorter, "")
            .options("0101050a" + "00001388" + hex(5000 + said.length() - shorter + 3)));
        assertEquals(5000 + said.length(), acknowledged.acknowledgment());
        assertEquals("0101050a" + "00001388" + hex(5000 + said.length() + 3), acknowledged.optionsHex());
        final TcpSegment odd = throughToServer(TcpSegment.of(CLIENT, CONTROL, VIP, 21, ACK, 1006, 5000, "")
            .options("01050a" + hex(5000 + said.length() - shorter) + hex(5000 + said.length() - shorter + 3) + "00"));
        assertEquals("01050a" + hex(5000 + said.length()) + hex(5000 + said.length() + 3) + "00", odd.optionsHex());
        assertEquals(5000, odd.acknowledgment());
    }

    private static String hex(final int number) {
        return String.format("%08x", number);
    }

    /**
     * The client's stream is the server's with replies rewritten, whatever is sent twice; acknowledgments fit again.
     */
    @Test
    void shouldKeepStreamsWholeOverManyTransfers() {
        final Random random = new Random(7);
        server = "1.1.1.1";
        serve(21, 21);
        connect();
        int asSent = 5000 - 0x1_0000;
        int asSeen = asSent;
        assertNotNull(fromServer(21, CONTROL, ACK, asSent, 1000, "220 hello\r\n"));
        asSent += 11;
        asSeen += 11;
        for (int transfer = 0; transfer < 500; transfer++) {
            command("PASV\r\n");
            final int port = 1024 + random.nextInt(60000);
            final String numbers = (port >> 8) + "," + (port & 0xff);
            final String said = "227 (1,1,1,1," + numbers + ")\r\n";
            for (int times = random.nextInt(3); times >= 0; times--) {
                final TcpSegment reply = reply(asSent, said);
                assertEquals("227 (10,0,0,100," + numbers + ")\r\n", reply.text());
                assertEquals(asSeen, reply.sequence());
                assertEquals(asSent, fromClient(CONTROL, 21, ACK, 1006, asSeen, "").acknowledgment());
            }
            asSent += said.length();
            asSeen += said.length() + 3;
            assertEquals(asSent, fromClient(CONTROL, 21, ACK, 1006, asSeen, "").acknowledgment());
            assertEquals(asSeen, reply(asSent, "150 x\r\n").sequence());
            asSent += 7;
            asSeen += 7;
            assertEquals(asSent, fromClient(CONTROL, 21, ACK, 1006, asSeen, "").acknowledgment());
        }
    }

    @Test
    void shouldDropSegmentsWithWrongChecksum() {
        serve(21, 21);
        connect();
        final byte[] damaged = TcpSegment.of(CLIENT, CONTROL, VIP, 21, ACK, 1000, 5000, "PASV\r\n").frame();
        damaged[damaged.length - 1] ^= 1;
        assertNull(director.forward(damaged));
        assertEquals(1, director.packets(Verdict.DROP_BAD_CHECKSUM));
    }

    @Test
    void shouldDropReplyThatGrowsBeyondItsWay() {
        server = "1.1.1.1";
        mtu = 120;
        serve(21, 21);
        connect();
        command("PASV\r\n");
        final String said = "227 (1,1,1,1,195,80)" + " ".repeat(60);
        director.servers().inject(dontFragment(
            TcpSegment.of(server, 21, client, CONTROL, ACK, 5000, 1006, said).frame()));
        director.worker.doWork();
        assertNull(director.clients().collect());
        assertEquals(1, director.packets(Verdict.DROP_FTP_REPLY));
    }

    @Test
    void shouldDropReplyThatGrowsBeyondItsFrame() {
        server = "1.1.1.1";
        mtu = 9000;
        serve(21, 21);
        connect();
        command("PASV\r\n");
        final int room = director.umem.maxPacketBytes() - 14 - 40;
        final String said = "227 (1,1,1,1,195,80)";
        assertNull(reply(5000, said + " ".repeat(room - said.length() - 2)));
        assertEquals(1, director.packets(Verdict.DROP_FTP_REPLY));
        assertNotNull(reply(5000, said + " ".repeat(room - said.length() - 3)));
    }

    @Test
    void shouldRewriteReplyThatCameInFragments() {
        serve(21, 21);
        connect();
        command("PASV\r\n");
        final byte[] whole = TcpSegment.of(server, 21, client, CONTROL, ACK, 5000, 1006,
            "227 Entering Passive Mode (192,168,100,211,195,80).\r\n").frame();
        for (final byte[] part : TestFragments.parts(whole, 7, 24)) {
            director.servers().inject(part);
        }
        director.worker.doWork();
        final List<byte[]> sent = new ArrayList<>();
        for (byte[] part = director.clients().collect(); part != null; part = director.clients().collect()) {
            sent.add(part);
        }
        final byte[] segment = TestFragments.payload(sent);
        assertEquals("227 Entering Passive Mode (10,0,0,100,195,80).\r\n",
            new String(segment, 20, segment.length - 20, StandardCharsets.ISO_8859_1));
    }

    @Test
    void shouldAllocateNothing() {
        serve(21, 21);
        connect();
        final byte[][] fromClient = {
            TcpSegment.of(client, CONTROL, vip, 21, ACK, 1000, 5000, "PASV\r\n").frame(),
            TcpSegment.of(client, CONTROL, vip, 21, ACK, 1000, 5100, "PORT 198,51,100,7,156,80\r\n")
                .options("0101050a0000138800001390").frame()};
        final byte[] fromServer = TcpSegment.of(
            server, 21, client, CONTROL, ACK, 5000, 1006, "227 (192,168,100,211,195,80)\r\n").frame();
        final com.sun.management.ThreadMXBean threads =
            (com.sun.management.ThreadMXBean)ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        long allocated = 0;
        for (int round = 0; round < 40_000; round++) {
            for (final byte[] each : fromClient) {
                director.clients().inject(each);
            }
            director.servers().inject(fromServer);
            final long before = threads.getThreadAllocatedBytes(thread);
            director.worker.doWork();
            allocated += round < 20_000 ? 0 : threads.getThreadAllocatedBytes(thread) - before;
            while (director.servers().collect() != null || director.clients().collect() != null) {
                assertEquals(0, director.packets(Verdict.DROP_BAD_CHECKSUM));
            }
        }
        assertTrue(allocated < 2_000, allocated + " bytes");
        assertEquals(120_003, director.packets(Verdict.FORWARD));
    }

    /** Frames stay whole and none is lost, whatever headers, options and texts say. */
    @Test
    void shouldSurviveAnySegment() {
        final long seed = System.nanoTime();
        System.out.println("FtpRewritingTest seed " + seed);
        final Random random = new Random(seed);
        final String[] texts = {"PASV\r\n", "EPSV 1\r\n", "PORT 198,51,100,7,156,80\r\n", "EPRT |1|1.2.3.4|5|\r\n", "",
            "227 (192,168,100,211,195,80)\r\n", "229 (|1|192.168.100.211|50000|)\r\n", "227 (1,1,1,1,1,1)", "x"};
        final String[] options = {"", "0101050a0000138800001390", "05040000", "050affffffff", "00000000", "0101010508"};
        serve(21, 21);
        connect();
        for (int round = 0; round < 100_000; round++) {
            final boolean fromClient = random.nextBoolean();
            final String text = texts[random.nextInt(texts.length)];
            final String option = options[random.nextInt(options.length)];
            final TcpSegment segment = fromClient
                ? TcpSegment.of(client, CONTROL, vip, 21, ACK, 1000, 5000 + random.nextInt(100), text)
                : TcpSegment.of(server, 21, client, CONTROL, ACK, 5000 + random.nextInt(100), 1000, text);
            final byte[] frame = random.nextInt(4) != 0 ? segment.frame()
                : segment.options(option.length() % 8 == 0 ? option : "").frame(random.nextInt(16));
            (fromClient ? director.clients() : director.servers()).inject(frame);
            director.worker.doWork();
            final byte[] sent = (fromClient ? director.servers() : director.clients()).collect();
            if (sent != null) {
                TcpSegment.read(sent);
            }
        }
        director.verifyFrames();
        assertEquals(0, director.packets(Verdict.DROP_BAD_CHECKSUM));
    }

    private static byte[] dontFragment(final byte[] frame) {
        frame[20] |= 0x40;
        final int less = ((frame[24] & 0xff) << 8 | frame[25] & 0xff) - 0x4000;
        final int checksum = less < 0 ? less - 1 : less;
        frame[24] = (byte)(checksum >> 8);
        frame[25] = (byte)checksum;
        return frame;
    }
}
