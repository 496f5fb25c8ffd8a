package io.ringvs.fastpath;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringvs.packet.FtpMessage;

import org.junit.jupiter.api.Test;

class FtpSessionTest {
    @Test
    void shouldNoteRequestBesideNumbers() {
        final long word = FtpSession.rewritten(0, -5, -64);
        final long asked = FtpSession.withRequest(word, FtpMessage.EXTENDED_PASSIVE);
        assertEquals(FtpMessage.EXTENDED_PASSIVE, FtpSession.request(asked));
        assertEquals(word, FtpSession.withRequest(asked, FtpMessage.NO_REQUEST));
        assertTrue(FtpSession.isRewritten(asked, -5));
        assertEquals(FtpMessage.NO_REQUEST, FtpSession.request(FtpSession.rewritten(asked, 5, 1)));
    }

    @Test
    void shouldShiftBehindTheReplyAndBackAgain() {
        for (final int growth : new int[] {-64, -3, 0, 3, 63}) {
            for (final int start : new int[] {0, 100, Integer.MAX_VALUE - 20, -20}) {
                long word = FtpSession.rewritten(0, start, growth);
                assertEquals(growth != 0, FtpSession.isShifted(word));
                assertEquals(start, FtpSession.toClient(word, start));
                assertEquals(start + 80 + growth, FtpSession.toClient(word, start + 80));
                assertEquals(start, FtpSession.toServer(word, start));
                assertEquals(start + 80, FtpSession.toServer(word, start + 80 + growth));
                word = FtpSession.rewritten(word, start + 100, growth);
                assertEquals(start + 100 + growth, FtpSession.toClient(word, start + 100));
                assertEquals(start + 180 + 2 * growth, FtpSession.toClient(word, start + 180));
                assertEquals(start + 100, FtpSession.toServer(word, start + 100 + growth));
                assertEquals(start + 180, FtpSession.toServer(word, start + 180 + 2 * growth));
                assertTrue(FtpSession.isNew(word, start + 101));
                assertFalse(FtpSession.isNew(word, start + 99));
            }
        }
    }

    @Test
    void shouldRefuseWhatTheWordCannotHold() {
        assertTrue(FtpSession.hasRoom(0, 63));
        assertFalse(FtpSession.hasRoom(0, 64));
        assertFalse(FtpSession.hasRoom(0, -65));
        long word = 0;
        int replies = 0;
        while (FtpSession.hasRoom(word, -12)) {
            word = FtpSession.rewritten(word, ++replies, -12);
        }
        assertTrue(replies > 170_000, "only " + replies);
        assertEquals(replies + 1 - 12 * replies, FtpSession.toClient(word, replies + 1));
    }
}
