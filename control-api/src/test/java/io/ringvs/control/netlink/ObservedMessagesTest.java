package io.ringvs.control.netlink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import io.ringvs.control.ConfiguredService;
import io.ringvs.control.RuleException;
import io.ringvs.control.StatisticsEstimator;
import io.ringvs.control.SyncDaemon;
import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.IpAddress;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.ServiceFlags;
import io.ringvs.service.ServiceKey;
import io.ringvs.service.Tunnel;

/** What ipvsadm 1.31 was seen to send, and what Linux 6.1 answers, byte for byte. */
class ObservedMessagesTest {
    private static final String SERVICE_80 =
        "0600010002000000 0600020006000000 14000300c0a80a14000000000000000000000000 0600040000500000 ";
    /** Of a request with an ACK, sequence 0: error 0, and the request's header. */
    private static final String ACKNOWLEDGED_LENGTH = "00000000";

    private final TestConversation program = new TestConversation();

    @AfterEach
    void close() {
        program.close();
    }

    @Test
    void shouldAddService() throws Exception {
        acknowledged("680000001e000500000000000000000001010000 54000180 " + SERVICE_80
            + "0700060072720000 0c00070000000000ffffffff 0800080000000000 08000900ffffffff");

        final ServiceConfig settings = only().settings();
        assertEquals(ServiceKey.ofAddress(6, IpAddress.parse("192.168.10.20"), 80), settings.key());
        assertEquals(new ServiceConfig(settings.key(), "rr", 0, 0, -1, null, List.of()), settings);
        assertTrue(program.changed());
    }

    @Test
    void shouldAddIpv6Service() throws Exception {
        acknowledged("680000001e000500000000000000000001010000 54000180 060001000a000000 0600020006000000 "
            + "1400030020010db8000000000000000000000001 0600040001bb0000 0700060073680000 "
            + "0c00070011000000ffffffff 0800080058020000 0800090040000000");

        final ServiceConfig settings = only().settings();
        assertEquals(ServiceKey.ofAddress(6, IpAddress.parse("2001:db8::1"), 443), settings.key());
        assertEquals(new ServiceConfig(settings.key(), "sh", ServiceFlags.PERSISTENT | ServiceFlags.SCHEDULER_2,
            600, 64, null, List.of()), settings);
    }

    @Test
    void shouldAddMarkedService() throws Exception {
        acknowledged("4c0000001e000500000000000000000001010000 38000180 060001000a000000 0800050001000000 "
            + "08000600776c6300 0c00070000000000ffffffff 0800080000000000 0800090080000000");

        assertEquals(ServiceKey.ofFwmark(Family.IPV6, 1), only().key());
    }

    @Test
    void shouldAddDestinations() throws Exception {
        shouldAddService();
        final String service = "54000180 " + SERVICE_80
            + "0500060000000000 0c00070000000000ffffffff 0800080000000000 08000900ffffffff ";
        acknowledged("c80000001e000500000000000000000005010000" + service + "60000280 06000b0002000000 "
            + "140001000a010101000000000000000000000000 060002001f900000 0800030000000000 0800040005000000 "
            + "05000d0000000000 06000e0000000000 06000f0000000000 0800050064000000 0800060032000000");
        acknowledged("c80000001e000500000000000000000005010000" + service + "60000280 06000b0002000000 "
            + "140001000a010101000000000000000000000000 0600020000500000 0800030002000000 0800040001000000 "
            + "05000d0001000000 06000e0017c00000 06000f0001000000 0800050000000000 0800060000000000");

        final IpAddress address = IpAddress.parse("10.1.1.1");
        assertEquals(
            new DestinationConfig(address, 8080, ForwardingMethod.NAT, Tunnel.IPIP, 5, 5, 100, 50),
            only().destinations().get(1).config());
        assertEquals(
            new DestinationConfig(address, 80, ForwardingMethod.TUNNEL,
                new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.CHECKSUM), 1, 1, 0, 0),
            only().destinations().get(0).config());
    }

    @Test
    void shouldSetAndTellTimeouts() {
        acknowledged("2c0000001e00050000000000000000000c010000 0800040084030000 0800050078000000 080006002d010000");

        assertEquals(301, program.test.rules.timeouts().udpSeconds());
        final List<TestConversation.Answer> answers = ask("140000001e00050000000000000000000d010000");
        assertEquals("0c010000080004008403000008000500780000000800060" + "02d010000", answers.get(0).hex());
        assertEquals(0, answers.get(1).errno());
    }

    @Test
    void shouldStartTellAndStopDaemon() {
        acknowledged("540000001e000500000000000000000009010000 40000380 0800010001000000 0900020065746830 00000000 "
            + "0800030007000000 0600040078050000 0600070028230000 0500080003000000 08000500e0000052");

        assertEquals(
            new SyncDaemon(SyncDaemon.Role.MASTER, "eth0", 7, 1400, IpAddress.parse("224.0.0.82"), 9000, 3),
            program.test.rules.daemons().iterator().next());
        final List<TestConversation.Answer> answers = ask("140000001e00050300000000000000000b010000");
        assertEquals(expected("09010000 40000300 0800010001000000 0900020065746830 00000000 0800030007000000 "
            + "0600040078050000 0600070028230000 0500080003000000 08000500e0000052"), answers.get(0).hex());
        assertEquals(3, answers.get(1).type());
        acknowledged("300000001e00050000000000000000000a010000 1c000380 0800010001000000 0500020000000000 "
            + "0800030000000000");
        assertTrue(program.test.rules.daemons().isEmpty());
    }

    @Test
    void shouldZeroAndFlush() throws Exception {
        shouldAddService();
        acknowledged("140000001e000500000000000000000010010000");
        acknowledged("140000001e000500000000000000000011010000");
        assertTrue(program.test.rules.services().isEmpty());
    }

    @Test
    void shouldTellVersionAndSize() {
        final List<TestConversation.Answer> answers = ask("140000001e00050000000000000000000f010000");

        assertEquals("0e010000" + "0800010001020100" + "0800020000100000", answers.get(0).hex());
        assertEquals(0, answers.get(0).flags());
        assertEquals(TestConversation.PORT, answers.get(0).port());
        assertEquals(0, answers.get(1).errno());
    }

    @Test
    void shouldDescribeServiceWithCounters() throws Exception {
        addPersistent();
        final int row = only().statisticsRow();
        program.test.statistics.countConnection(0, row);
        program.test.statistics.countIn(0, row, 2, 4);
        for (int i = 0; i < 3; i++) {
            program.test.statistics.countOut(1, row, i == 0 ? 5 : 0);
        }
        new StatisticsEstimator(program.test.rules, 0).poll(StatisticsEstimator.PERIOD_MS);

        final List<TestConversation.Answer> dump = ask("140000001e000503000000000000000004010000");

        final String counters = "0800010001000000 0800020002000000 0800030003000000 0c0004000400000000000000 "
            + "0c0005000500000000000000 0800060000000000 0800070000000000 0800080000000000 0800090000000000 "
            + "08000a0001000000 ";
        final String counters64 = "0c0001000100000000000000 0c0002000200000000000000 0c0003000300000000000000 "
            + "0c0004000400000000000000 0c0005000500000000000000 0c0006000000000000000000 0c0007000000000000000000 "
            + "0c0008000000000000000000 0c0009000000000000000000 0c000a000100000000000000";
        assertEquals(expected("01010000 2c010100 " + SERVICE_80 + "08000600776c6300 0c00070003000000ffffffff "
            + "0800080068010000 08000900ffffffff 5c000a00 " + counters + "7c000c00 " + counters64), dump.get(0).hex());
        assertEquals(0x2, dump.get(0).flags());
        assertEquals("00000000", dump.get(1).hex());
        assertEquals(3, dump.get(1).type());
        assertEquals(2, dump.size());
        final List<TestConversation.Answer> single = ask("44000000 1e000500 00000000 00000000 04010000 30000100 "
            + SERVICE_80);
        assertEquals(dump.get(0).hex(), single.get(0).hex());
        assertEquals(0, single.get(1).errno());
    }

    @Test
    void shouldDescribeDestination() throws Exception {
        addPersistent();
        program.test.rules.addDestination(only().key(), new DestinationConfig(IpAddress.parse("2001:db8::9"), 80,
            ForwardingMethod.TUNNEL, new Tunnel(Tunnel.Type.GUE, 6080, Tunnel.Checksum.REMOTE_CHECKSUM), 5, 5, 9, 4));
        final int id = only().destinations().get(0).id();
        program.test.destinations.connectionBound(id, true);
        program.test.destinations.connectionBound(id, false);
        program.test.destinations.templateChanged(id, 3);

        final List<TestConversation.Answer> dump =
            ask("44000000 1e000503 00000000 00000000 08010000 30000180 " + SERVICE_80);

        final String start = expected("05010000 50010200 1400010020010db8000000000000000000000009 0600020000500000 "
            + "0800030002000000 0800040005000000 05000d0001000000 06000e0017c00000 06000f0002000000 "
            + "0800050009000000 0800060004000000 0800070001000000 0800080001000000 0800090003000000 "
            + "06000b000a000000 5c000a00");
        assertEquals(start, dump.get(0).hex().substring(0, start.length()));
        assertEquals(4 + 336, dump.get(0).body().length);
        assertEquals(2, dump.size());
    }

    @Test
    void shouldDescribeMarkedServiceWithoutAddress() throws Exception {
        shouldAddMarkedService();
        final String start = "01010000 18010100 060001000a000000 0800050001000000 08000600776c6300 "
            + "0c00070002000000ffffffff 0800080000000000 0800090080000000 5c000a00";
        final String hex = ask("140000001e000503000000000000000004010000").get(0).hex();
        assertEquals(expected(start).substring(16), hex.substring(16, expected(start).length()));
        assertNull(program.test.rules.service(ServiceKey.ofFwmark(Family.IPV4, 1)));
    }

    @Test
    void shouldIntroduceFamily() {
        final List<TestConversation.Answer> answers = program.ask(HexFormat.of().parseHex(
            "2000000010000500000000000000000003010000" + "0900020049505653" + "00000000"));

        final String hex = answers.get(0).hex();
        assertEquals(expected("01020000 0900020049505653 00000000 0600010000040000 0800030001000000 "
            + "0800040000000000 0800050006000000"), hex.substring(0, 96));
        // sixteen operations, the fourth of which lists, too
        assertEquals("44010600" + "14000100" + "0800010001000000" + "080002000b000000", hex.substring(96, 144));
        assertTrue(hex.contains("14000400" + "0800010004000000" + "080002000f000000"), hex);
        assertEquals(0, answers.get(1).errno());
    }

    private void addPersistent() throws RuleException {
        program.test.rules.addService(new ServiceConfig(
            ServiceKey.ofAddress(6, IpAddress.parse("192.168.10.20"), 80), "wlc", ServiceFlags.PERSISTENT, 360, -1,
            null, List.of()));
    }

    private ConfiguredService only() {
        assertEquals(1, program.test.rules.services().size());
        return program.test.rules.services().get(0);
    }

    private void acknowledged(final String hex) {
        final List<TestConversation.Answer> answers = ask(hex);
        assertEquals(1, answers.size());
        assertEquals(0, answers.get(0).errno());
        assertEquals(0x100, answers.get(0).flags());
        assertEquals(ACKNOWLEDGED_LENGTH + request(hex).substring(0, 32), answers.get(0).hex());
    }

    /** Asks with the family's number in place of the recorded one. */
    private List<TestConversation.Answer> ask(final String hex) {
        return program.ask(HexFormat.of().parseHex(request(hex)));
    }

    private static String request(final String hex) {
        final String digits = expected(hex);
        return digits.substring(0, 8) + "0004" + digits.substring(12);
    }

    private static String expected(final String hex) {
        return hex.replace(" ", "");
    }
}
