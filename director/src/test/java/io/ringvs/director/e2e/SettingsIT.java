package io.ringvs.director.e2e;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** Settings by the sysctl's names, read and changed while the director runs. */
class SettingsIT {
    @Test
    void shouldChangeAllOrNothing() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            assertEquals("1\n", director.command("get", "net.ipv4.vs.conn_reuse_mode").stdout());

            assertEquals(0, director.command("set", "conn_reuse_mode=3", "sloppy_tcp=1").status());
            final Shell.Answer refused = director.command("set", "conn_reuse_mode=0", "drop_entry=9");

            assertEquals(255, refused.status());
            assertTrue(refused.stderr().contains("drop_entry must be a number from 0 to 3"), refused.stderr());
            assertEquals("3\n1\n", director.command("get", "conn_reuse_mode", "sloppy_tcp").stdout());
            assertTrue(director.command("get").stdout().contains("net.ipv4.vs.sloppy_tcp = 1"));
        }
    }

    @Test
    void shouldTellWhichDefenceIsUp() {
        try (Lab lab = new Lab()) {
            final RunningDirector director = RunningDirector.start(lab, lab.host("director"), "--no-io");
            assertEquals(0, director.command("set", "drop_entry=3").status());
            assertTrue(director.status().contains("drop_entry = 3, up"), director.status());
        }
    }
}
