package io.ringvs.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HexFormat;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class IpOptionsTest {
    private static final int HEADER = EthernetHeader.LENGTH;
    private static final int OPTIONS = HEADER + Ipv4Header.MIN_LENGTH;
    /** 23:00:00 UTC. */
    private static final int TIME = 82_800_000;

    private final long frame = UnsafeApi.allocateMemory(256);

    @AfterEach
    void free() {
        UnsafeApi.freeMemory(frame);
    }

    private int write(final String options) {
        final byte[] bytes = FrameBuilder.tcp(TcpHeader.SYN).to("10.0.0.100", 80).options(options).build();
        for (int i = 0; i < bytes.length; i++) {
            UnsafeApi.putByte(frame + i, bytes[i]);
        }
        return options.length() / 2;
    }

    private Verdict judge(final String options) {
        final int length = write(options);
        return Verdict.ofCode(IpOptions.judge(frame + HEADER, Ipv4Header.MIN_LENGTH + length));
    }

    private String filled(final String options) {
        final int length = write(options);
        IpOptions.fillIn(frame + HEADER, TIME);
        assertTrue(InternetChecksum.isCorrect(frame + HEADER, Ipv4Header.MIN_LENGTH + length));
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = UnsafeApi.getByte(frame + OPTIONS + i);
        }
        return HexFormat.of().formatHex(bytes);
    }

    @Test
    void shouldFillInAsLinuxDoes() {
        assertEquals("01010101", filled("01010101"));
        assertEquals("94040000", filled("94040000"), "router alert");
        assertEquals("0707080a00006401", filled("0707040000000001"));
        assertEquals("070708ffffffff01", filled("070708ffffffff01"), "full");
        assertEquals("0000000000000000", filled("00ffffffffffffff"), "behind the end");
        assertEquals("4408090004ef6d80", filled("4408050000000000"), "time");
        assertEquals("440c0d010a00006404ef6d80", filled("440c05010000000000000000"), "address and time");
        assertEquals("440c0d030a00006404ef6d80", filled("440c05030a00006400000000"), "named");
        assertEquals("440c05030a00006500000000", filled("440c05030a00006500000000"), "another is named");
        assertEquals("4408091000000000", filled("4408090000000000"), "no room");
        assertEquals("440c0d030000000000000000", filled("440c0d030000000000000000"), "no room for named ones");
        assertEquals("0707080a0000640144080900" + "04ef6d80", filled("0707040000000001" + "4408050000000000"));
    }

    @Test
    void shouldLeaveFaultsToTheHost() {
        for (final String faulty : new String[] {
            "07280401", "07010401", "01010107", "07020000", "0703030001010101", "0706040000000101", "4404040001010101",
            "4408040000000000", "440b05010000000000000001", "440405f0",
            "0703040703040101", "8603000001010101", "8302000001010101", "8307030000000000"}) {
            assertEquals(Verdict.HOST_OPTIONS, judge(faulty), faulty);
        }
    }

    @Test
    void shouldDropSourceRoutes() {
        assertEquals(Verdict.DROP_SOURCE_ROUTE, judge("830704c0a8010b00"));
        assertEquals(Verdict.DROP_SOURCE_ROUTE, judge("890704c0a8010b00"));
        assertEquals(Verdict.HOST_OPTIONS, judge("830704c0a8010b830704c0a8010b0000"), "two");
    }

    @Test
    void shouldTakeWhatLinuxTakes() {
        for (final String sound : new String[] {
            "01010101", "94040000", "0707040000000001", "070708ffffffff01", "00ffffff", "4408050000000000",
            "440c0df300000000" + "00000000", "4408050200000000", "88040000"}) {
            assertEquals(Verdict.UNDECIDED, judge(sound), sound);
        }
    }
}
