package io.ringvs.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.charset.StandardCharsets;
import java.util.List;

import io.ringvs.conntab.ConnectionTable;
import io.ringvs.conntab.TableMemory;
import io.ringvs.conntab.Ticks;
import io.ringvs.control.ConnectionSource;
import io.ringvs.control.ControlSession;
import io.ringvs.control.RuleContext;
import io.ringvs.control.RuleListener;
import io.ringvs.control.RuleSet;
import io.ringvs.control.Steering;
import io.ringvs.control.SyncProtocol;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.HostNames;
import io.ringvs.control.adm.ServiceNames;
import io.ringvs.director.saved.DamagedRulesException;
import io.ringvs.fastpath.Defences;
import io.ringvs.fastpath.DirectorState;
import io.ringvs.fastpath.HostMemory;
import io.ringvs.host.HostView;
import io.ringvs.sched.Schedulers;
import io.ringvs.service.DestinationTable;
import io.ringvs.service.IpvsSettings;
import io.ringvs.service.PersistenceEngines;
import io.ringvs.service.Statistics;
import io.ringvs.snapshot.SnapshotPublisher;
import io.ringvs.snapshot.WorkerEpochs;

/** Any text is a rules file: its rules, settings and marks are made as a whole, or it is refused and there are none. */
public final class RulesFileFuzzTarget {
    private static final int TABLE_SIZE = 4096;
    private static final long TRASH_LIFE_MS = 120_000;
    private static final WorkerEpochs EPOCHS = new WorkerEpochs(1);
    private static final DestinationTable DESTINATIONS = new DestinationTable(1 << 16);
    private static final Statistics STATISTICS = new Statistics(1, 1 << 16);
    private static final ConnectionTable TABLE =
        new ConnectionTable(TABLE_SIZE, DESTINATIONS, EPOCHS, TableMemory.ofProcess(), Ticks.ofNanos(0));
    private static final HostView HOST = HostView.open();
    private static final RuleSet RULES = new RuleSet(
        new RuleContext(DESTINATIONS, TABLE.localAddresses(), STATISTICS, new KernelHost(HOST), Schedulers::exists,
            PersistenceEngines::exists, SyncProtocol.NONE, 1 << 16), RuleListener.NONE);
    private static final AdmEnvironment ADM =
        new AdmEnvironment(RULES, ConnectionSource.NONE, TABLE_SIZE, new ServiceNames(List.of("http 80/tcp")));
    private static final LiveSettings SETTINGS = new LiveSettings(
        new Defences(new DirectorState(new SnapshotPublisher(EPOCHS), TABLE, DESTINATIONS, STATISTICS),
            new HostMemory()), IpvsSettings.DEFAULTS, 0);
    private static final LiveMarks MARKS = new LiveMarks(HOST, Steering.NONE);
    private static final RuleRestore RESTORE = new RuleRestore(ADM, SETTINGS, MARKS, HOST);
    private static long nowMs;

    private RulesFileFuzzTarget() {
    }

    /** Files that the director and ipvsadm-save write. */
    public static List<byte[]> seeds() {
        return List.of(TextFuzzTest.RULES.getBytes(StandardCharsets.ISO_8859_1),
            ("-A -t 10.0.0.1:80 -s wlc -p 300 -M 255.255.255.0\n-a -t 10.0.0.1:80 -r 192.0.2.9:80 -b -w 5 -x 10 -y 5\n"
                + "-P -t 10.0.0.1:80 -z 192.0.2.1\n-A -u [2001:db8::1]:5060 -s sh -b sh-port -p 60 --pe sip\n"
                + "-a -u [2001:db8::1]:5060 -r [2001:db8::9]:5060 -i --tun-type gue --tun-port 6080 --tun-csum\n"
                + "mark add --dst 2001:db8::/32 --src ::/0 --proto tcp --dports 80,443,1000-2000 --interface lo"
                + " --mark 7\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        reset();
        final String empty = state();
        try {
            RESTORE.restore(new String(data, StandardCharsets.ISO_8859_1));
        } catch (final DamagedRulesException e) {
            assertFalse(e.getMessage().isBlank());
            assertEquals(empty, state(), "a refused file has changed something");
        }
    }

    private static void reset() {
        RULES.flush();
        nowMs += TRASH_LIFE_MS;
        RULES.scanTrash(nowMs);
        SETTINGS.restore(IpvsSettings.DEFAULTS);
        MARKS.restore(List.of());
    }

    private static String state() {
        try (ControlSession session = ADM.session(HostNames.NONE, "ipvsadm", List.of("-Sn"))) {
            session.advance();
            return session.out() + String.join("\n", SETTINGS.current().list()) + String.join("\n", MARKS.saved());
        }
    }
}
