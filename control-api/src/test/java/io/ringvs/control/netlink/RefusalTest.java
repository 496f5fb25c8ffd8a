package io.ringvs.control.netlink;

import static io.ringvs.control.netlink.TestRequest.ACKNOWLEDGED;
import static io.ringvs.control.netlink.TestRequest.DUMP;
import static io.ringvs.control.netlink.TestRequest.destination;
import static io.ringvs.control.netlink.TestRequest.fullDestination;
import static io.ringvs.control.netlink.TestRequest.fullService;
import static io.ringvs.control.netlink.TestRequest.service;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.linux.Errno;

/** Requests that the kernel refuses, and with which number; and those that it takes although they look odd. */
class RefusalTest {
    private static final int NEW_SERVICE = 1;
    private static final int SET_SERVICE = 2;
    private static final int DEL_SERVICE = 3;
    private static final int GET_SERVICE = 4;
    private static final int NEW_DEST = 5;
    private static final int SET_DEST = 6;
    private static final int DEL_DEST = 7;
    private static final int GET_DEST = 8;
    private static final int NEW_DAEMON = 9;
    private static final int DEL_DAEMON = 10;
    private static final int SET_CONFIG = 12;
    private static final int GET_INFO = 15;
    private static final int ZERO = 16;

    private static final int SERVICE = 1;
    private static final int DEST = 2;
    private static final int DAEMON = 3;

    private final TestConversation program = new TestConversation();

    @AfterEach
    void close() {
        program.close();
    }

    @Test
    void shouldRefuseMalformedService() {
        refused(Errno.EINVAL, NEW_SERVICE, new TestRequest());
        refused(Errno.EINVAL, NEW_SERVICE, new TestRequest().nest(SERVICE, new TestRequest()));
        refused(Errno.EINVAL, NEW_SERVICE, nested(service()));
        refused(Errno.EINVAL, DEL_SERVICE, nested(new TestRequest().u16(1, 2).u16(2, 6).be16(4, 80)));
        refused(Errno.EAFNOSUPPORT, NEW_SERVICE, nested(new TestRequest().u16(1, 7).u32(5, 1)));
        refused(Errno.EAFNOSUPPORT, DEL_SERVICE, nested(new TestRequest().u16(1, 0).u32(5, 1)));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().u8(8, 1)));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().bytes(3, new byte[17])));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().bytes(6, new byte[] {'r', 'r'})));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().text(6, "sixteen-letters!")));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().bytes(7, new byte[9])));
    }

    @Test
    void shouldRefuseServiceByItsSettings() {
        refused(Errno.ENOENT, NEW_SERVICE, nested(fullService().text(6, "nonesuch")));
        refused(Errno.ENOENT, NEW_SERVICE, nested(fullService().text(6, "")));
        refused(Errno.ENOENT, NEW_SERVICE, nested(fullService().text(11, "nonesuch")));
        final TestRequest ipv6 = new TestRequest().u16(1, 10).u32(5, 1).text(6, "rr")
            .hex(7, "00000000ffffffff").u32(8, 0);
        refused(Errno.EINVAL, NEW_SERVICE, nested(ipv6.u32(9, 129)));
        refused(Errno.EINVAL, NEW_SERVICE, nested(ipv6.u32(9, 0)));
        refused(Errno.ESRCH, SET_SERVICE, nested(fullService().text(6, "nonesuch")));
        done(NEW_SERVICE, nested(fullService()));
        refused(Errno.EEXIST, NEW_SERVICE, nested(fullService().text(6, "nonesuch")));
        refused(Errno.ENOENT, SET_SERVICE, nested(fullService().text(6, "nonesuch")));
    }

    @Test
    void shouldRefuseAbsentService() {
        refused(Errno.ESRCH, DEL_SERVICE, nested(service()));
        refused(Errno.ESRCH, ZERO, nested(service()));
        refused(Errno.ESRCH, GET_SERVICE, nested(service()));
        for (final int command : new int[] {NEW_DEST, SET_DEST, DEL_DEST}) {
            refused(Errno.ESRCH, command, nested(service()));
        }
    }

    @Test
    void shouldRefuseMalformedDestination() {
        done(NEW_SERVICE, nested(fullService()));
        refused(Errno.EINVAL, NEW_DEST, nested(service()));
        refused(Errno.EINVAL, NEW_DEST, both(new TestRequest().hex(1, "0a000002")));
        refused(Errno.EINVAL, NEW_DEST, both(destination()));
        refused(Errno.EINVAL, DEL_DEST, both(new TestRequest().be16(2, 80)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u8(4, 1)));
        refused(Errno.EAFNOSUPPORT, NEW_DEST, both(fullDestination().u16(11, 3)));
        refused(Errno.EAFNOSUPPORT, DEL_DEST, both(destination().u16(11, 3)));
    }

    @Test
    void shouldRefuseDestinationByItsSettings() {
        done(NEW_SERVICE, nested(fullService()));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u16(11, 10).hex(1, "20010db8000000000000000000000002")));
        refused(Errno.ERANGE, NEW_DEST, both(fullDestination().u32(4, -1)));
        refused(Errno.ERANGE, NEW_DEST, both(fullDestination().u32(5, 1).u32(6, 2)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u32(5, -1)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u32(3, 2).u8(13, 1)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().hex(1, "e0000001")));
        refused(Errno.ENOENT, SET_DEST, both(fullDestination()));
        refused(Errno.ERANGE, SET_DEST, both(fullDestination().u32(4, -1)));
        refused(Errno.ENOENT, DEL_DEST, both(destination()));
        done(NEW_DEST, both(fullDestination()));
        refused(Errno.EEXIST, NEW_DEST, both(fullDestination()));
    }

    @Test
    void shouldRefuseWhatNobodyCouldSave() {
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().u16(2, 1)));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().be16(4, 0)));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().hex(7, "04000000ffffffff")));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().hex(7, "01000000ffffffff")));
        refused(Errno.EINVAL, NEW_SERVICE, nested(fullService().hex(7, "01000000ffffffff").u32(8, 2678401)));
        refused(Errno.EINVAL, SET_CONFIG, new TestRequest().u32(4, 2678401));
        done(NEW_SERVICE, nested(fullService()));
        for (final int method : new int[] {1, 4, 5, 6, 7}) {
            refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u32(3, method)));
        }
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u8(13, 3)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u16(15, 3)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().u32(3, 2).u8(13, 2).u16(15, 2)));
        refused(Errno.EINVAL, NEW_DEST, both(fullDestination().be16(2, 81)));
        done(NEW_DEST, both(fullDestination().be16(2, 81).u32(3, 0)));
    }

    @Test
    void shouldRefuseDaemons() {
        final TestRequest daemon = new TestRequest().u32(1, 1).text(2, "eth0").u32(3, 0);
        refused(Errno.EINVAL, NEW_DAEMON, new TestRequest());
        refused(Errno.EINVAL, NEW_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 1).u32(3, 0)));
        refused(Errno.EINVAL, DEL_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(3, 0)));
        refused(Errno.ENODEV, NEW_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 9).text(2, "eth9")
            .u32(3, 0)));
        refused(Errno.EINVAL, NEW_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 9).text(2, "eth0")
            .u32(3, 0)));
        refused(Errno.EINVAL, DEL_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 0)));
        refused(Errno.ESRCH, DEL_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 2)));
        refused(Errno.EINVAL, NEW_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 1).text(2, "eth0")
            .u32(3, 0).hex(5, "0a000001")));
        refused(Errno.EINVAL, NEW_DAEMON, new TestRequest().nest(DAEMON, new TestRequest().u32(1, 1).text(2, "eth0")
            .u32(3, 0).hex(6, "20010db8000000000000000000000001")));
        done(NEW_DAEMON, new TestRequest().nest(DAEMON, daemon));
        refused(Errno.EEXIST, NEW_DAEMON, new TestRequest().nest(DAEMON, daemon));
    }

    @Test
    void shouldRefuseTimeoutsAsWhole() {
        refused(Errno.EINVAL, SET_CONFIG, new TestRequest().u32(4, 10).u32(6, -1));
        assertEquals(900, program.test.rules.timeouts().tcpSeconds());
        refused(Errno.ERANGE, SET_CONFIG, new TestRequest().u16(4, 10));
        done(SET_CONFIG, new TestRequest().u32(5, 10));
        assertEquals(10, program.test.rules.timeouts().tcpFinSeconds());
    }

    @Test
    void shouldRefuseFormsThatDoNotExist() {
        assertEquals(Errno.EOPNOTSUPP, program.errno(new TestRequest().message(0, ACKNOWLEDGED)));
        assertEquals(Errno.EOPNOTSUPP, program.errno(new TestRequest().message(14, ACKNOWLEDGED)));
        assertEquals(Errno.EOPNOTSUPP, program.errno(new TestRequest().message(18, ACKNOWLEDGED)));
        assertEquals(Errno.EOPNOTSUPP, program.errno(new TestRequest().message(GET_DEST, ACKNOWLEDGED)));
        assertEquals(Errno.EOPNOTSUPP, program.errno(new TestRequest().message(GET_INFO, DUMP)));
        assertEquals(Errno.EOPNOTSUPP, program.errno(nested(fullService()).message(NEW_SERVICE, DUMP)));
        assertEquals(Errno.ENOENT, program.errno(new TestRequest().message(1023, GET_INFO, ACKNOWLEDGED)));
        final byte[] withoutCommand = Arrays.copyOf(new TestRequest().message(GET_INFO, ACKNOWLEDGED), 16);
        withoutCommand[0] = 16;
        assertEquals(Errno.EINVAL, program.errno(withoutCommand));
        assertEquals(Errno.EOPNOTSUPP, program.errno(new TestRequest().message(0x10, 1, ACKNOWLEDGED)));
        assertEquals(Errno.EINVAL, program.errno(new TestRequest().message(0x10, 3, ACKNOWLEDGED)));
        assertEquals(Errno.ENOENT, program.errno(new TestRequest().text(2, "nl80211").message(0x10, 3, ACKNOWLEDGED)));
    }

    @Test
    void shouldListNothingGivenUnknownService() {
        for (final TestRequest request : List.of(
            new TestRequest(), nested(service()), nested(new TestRequest().u16(1, 99)), new TestRequest().u16(1, 1))) {
            final List<TestConversation.Answer> answers = program.ask(request.message(GET_DEST, DUMP));
            assertEquals(1, answers.size());
            assertEquals(3, answers.get(0).type());
        }
    }

    @Test
    void shouldTakeWhatOldAndNewProgramsSend() {
        // unknown attributes, integers that are too long, no family of the real server, an empty engine
        done(NEW_SERVICE, nested(fullService().u32(99, 1).text(11, "").hex(8, "0a00000000000000")).u32(50, 1));
        done(NEW_DEST, both(fullDestination()));
        assertEquals(10, program.test.rules.services().get(0).settings().timeoutSeconds());
        // an attribute whose length does not fit hides those behind it
        final byte[] request = nested(service()).message(DEL_SERVICE, ACKNOWLEDGED);
        request[20 + 4 + 8] = 3;
        assertEquals(Errno.EINVAL, program.errno(request));
        done(DEL_SERVICE, nested(service()));
    }

    @Test
    void shouldKeepFlagsOutsideMask() {
        done(NEW_SERVICE, nested(fullService().hex(7, "0900000009000000").u32(8, 60)));
        assertEquals(9, program.test.rules.services().get(0).settings().flags());
        done(SET_SERVICE, nested(fullService().hex(7, "3200000012000000").u32(8, 60)));
        assertEquals(9 | 0x10, program.test.rules.services().get(0).settings().flags());
    }

    @Test
    void shouldTakeMarkZeroForAddressZero() {
        done(NEW_SERVICE, nested(new TestRequest().u16(1, 2).u32(5, 0).text(6, "rr").hex(7, "01000000ffffffff")
            .u32(8, 9).u32(9, -1)));
        assertEquals("0.0.0.0", program.test.rules.services().get(0).key().address().toString());
        assertFalse(program.test.rules.services().get(0).key().isFwmark());
    }

    @Test
    void shouldAnswerEveryMessageOfDatagram() {
        final byte[] info = new TestRequest().message(GET_INFO, ACKNOWLEDGED);
        final byte[] quiet = new TestRequest().message(GET_INFO, 0x1);
        final byte[] noRequest = new TestRequest().message(GET_INFO, 0x4);
        final byte[] silent = new TestRequest().message(GET_INFO, 0);
        final byte[] bad = new TestRequest().message(99, 0x1);
        final List<TestConversation.Answer> answers = program.ask(join(info, quiet, noRequest, silent, bad));

        assertEquals(List.of(1024, 2, 1024, 2, 2), answers.stream().map(TestConversation.Answer::type).toList());
        assertEquals(0, answers.get(3).errno());
        assertEquals(Errno.EOPNOTSUPP, answers.get(4).errno());
        assertArrayEquals(bad, Arrays.copyOfRange(answers.get(4).body(), 4, 24));
    }

    @Test
    void shouldSayNothingGivenTruncatedMessage() {
        final byte[] request = nested(fullService()).message(NEW_SERVICE, ACKNOWLEDGED);
        for (int length = 0; length < request.length; length++) {
            assertTrue(program.ask(Arrays.copyOf(request, length)).isEmpty());
        }
        assertTrue(program.test.rules.services().isEmpty());
    }

    private void refused(final int errno, final int command, final TestRequest request) {
        final int before = program.test.rules.services().size();
        assertEquals(errno, program.errno(request.message(command, ACKNOWLEDGED)));
        assertFalse(program.changed());
        assertEquals(before, program.test.rules.services().size());
    }

    private void done(final int command, final TestRequest request) {
        assertEquals(0, program.errno(request.message(command, ACKNOWLEDGED)));
        assertTrue(program.changed());
    }

    private static TestRequest nested(final TestRequest service) {
        return new TestRequest().nest(SERVICE, service);
    }

    private static TestRequest both(final TestRequest destination) {
        return nested(service()).nest(DEST, destination);
    }

    private static byte[] join(final byte[]... messages) {
        int length = 0;
        for (final byte[] message : messages) {
            length += message.length;
        }
        final byte[] joined = new byte[length];
        int offset = 0;
        for (final byte[] message : messages) {
            System.arraycopy(message, 0, joined, offset, message.length);
            offset += message.length;
        }
        return joined;
    }
}
