package io.ringvs.service;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;

import org.junit.jupiter.api.Test;

class IpvsSettingsTest {
    @Test
    void shouldStartAsLinuxDoes() {
        assertEquals("""
            net.ipv4.vs.amemthresh = 1024
            net.ipv4.vs.am_droprate = 10
            net.ipv4.vs.drop_entry = 0
            net.ipv4.vs.drop_packet = 0
            net.ipv4.vs.secure_tcp = 0
            net.ipv4.vs.cache_bypass = 0
            net.ipv4.vs.expire_nodest_conn = 0
            net.ipv4.vs.sloppy_tcp = 0
            net.ipv4.vs.sloppy_sctp = 0
            net.ipv4.vs.expire_quiescent_template = 0
            net.ipv4.vs.schedule_icmp = 0
            net.ipv4.vs.nat_icmp_send = 0
            net.ipv4.vs.pmtu_disc = 1
            net.ipv4.vs.conn_reuse_mode = 1
            net.ipv4.icmp_msgs_per_sec = 1000
            net.ipv4.icmp_msgs_burst = 50
            net.ipv4.icmp_ratelimit = 1000
            ringvs.fullnat_toa = 1
            ringvs.fullnat_uoa = 0""", String.join("\n", IpvsSettings.DEFAULTS.list()));
    }

    @Test
    void shouldTakeBothFormsOfName() {
        final IpvsSettings changed =
            IpvsSettings.DEFAULTS.with("net.ipv4.vs.conn_reuse_mode", "3").with("sloppy_tcp", " 1");

        assertEquals(3, changed.connReuseMode());
        assertTrue(changed.sloppyTcp());
        assertEquals(5, changed.with("net.ipv4.icmp_msgs_burst", "5").icmpMsgsBurst());
        assertEquals("3", changed.get("conn_reuse_mode"));
        assertEquals("1", changed.get("net.ipv4.vs.sloppy_tcp"));
        assertEquals(1, IpvsSettings.DEFAULTS.connReuseMode());
        assertFalse(IpvsSettings.DEFAULTS.sloppyTcp());
    }

    @Test
    void shouldSetEachSettingAndNoOther() {
        for (final IpvsSetting setting : IpvsSetting.values()) {
            final IpvsSettings changed = IpvsSettings.DEFAULTS.with(setting.settingName(), "2");
            for (final IpvsSetting other : IpvsSetting.values()) {
                assertEquals(other == setting ? 2 : other.initial(), changed.get(other));
            }
        }
    }

    @Test
    void shouldNameWhatIsWrong() {
        assertEquals("drop_entry must be a number from 0 to 3, not '4'", refusal("drop_entry", "4"));
        assertEquals("secure_tcp must be a number from 0 to 3, not '-1'", refusal("secure_tcp", "-1"));
        assertEquals("amemthresh must be a number from 0 to 2147483647, not '1k'", refusal("amemthresh", "1k"));
        assertEquals("there is no setting 'drop_entries'; the settings are amemthresh, am_droprate, drop_entry, "
            + "drop_packet, secure_tcp, cache_bypass, expire_nodest_conn, sloppy_tcp, sloppy_sctp, "
            + "expire_quiescent_template, schedule_icmp, nat_icmp_send, pmtu_disc, conn_reuse_mode, icmp_msgs_per_sec, "
            + "icmp_msgs_burst, "
            + "icmp_ratelimit, fullnat_toa, fullnat_uoa", refusal("drop_entries", "1"));
    }

    @Test
    void shouldChangeSeveralByName() {
        final IpvsSettings changed =
            IpvsSettings.DEFAULTS.with(Map.of("drop_entry", "2", "net.ipv4.vs.sloppy_tcp", "1"));

        assertEquals(2, changed.byName().get("drop_entry"));
        assertEquals(1, changed.byName().get("sloppy_tcp"));
        assertEquals(IpvsSetting.values().length, changed.byName().size());
        assertThrows(IllegalArgumentException.class,
            () -> IpvsSettings.DEFAULTS.with(Map.of("drop_entry", "2", "sloppy_tcp", "x")));
    }

    private static String refusal(final String name, final String value) {
        return assertThrows(IllegalArgumentException.class, () -> IpvsSettings.DEFAULTS.with(name, value)).getMessage();
    }
}
