package io.ringvs.director;

import java.util.List;
import java.util.function.Supplier;

import io.ringvs.control.Commands;
import io.ringvs.control.ControlSession;
import io.ringvs.control.TextSession;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.HostNames;
import io.ringvs.control.netlink.NetlinkSession;
import io.ringvs.control.proc.ProcSession;

/**
 * The commands of a running director: {@code ringvs status}, {@code get}, {@code set}, {@code mark} and {@code proc},
 * what programs under {@code ringvs exec} say in netlink, and ipvsadm's by any other name.
 *
 * <p><b>Threading:</b> control thread.
 */
final class DirectorCommands implements Commands {
    private static final int USAGE_STATUS = 2;

    private final AdmEnvironment adm;
    private final Supplier<String> status;
    private final LiveSettings settings;
    private final LiveMarks marks;

    DirectorCommands(
        final AdmEnvironment adm, final Supplier<String> status, final LiveSettings settings, final LiveMarks marks) {
        this.marks = marks;
        this.adm = adm;
        this.status = status;
        this.settings = settings;
    }

    @Override
    public ControlSession begin(final HostNames hosts, final String program, final List<String> words) {
        return switch (program) {
            case "ringvs status" -> words.isEmpty()
                ? TextSession.show(status.get())
                : TextSession.fail(USAGE_STATUS, "ringvs status takes no argument, but got '" + words.get(0) + "'");
            case "ringvs get" -> settings.get(words);
            case "ringvs set" -> settings.set(words);
            case "ringvs mark" -> marks.command(words);
            case "ringvs netlink" -> NetlinkSession.begin(adm.rules(), adm.tableSize(), words);
            case "ringvs proc" -> ProcSession.begin(adm.rules(), adm.connections(), adm.tableSize(), words);
            default -> adm.session(hosts, program, words);
        };
    }
}
