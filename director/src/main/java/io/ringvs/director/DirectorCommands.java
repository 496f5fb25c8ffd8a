package io.ringvs.director;

import java.util.List;
import java.util.function.Supplier;

import io.ringvs.control.Commands;
import io.ringvs.control.ControlSession;
import io.ringvs.control.TextSession;
import io.ringvs.control.adm.AdmEnvironment;
import io.ringvs.control.adm.HostNames;

/**
 * The commands of a running director: {@code ringvs status}, and ipvsadm's by any other name.
 *
 * <p><b>Threading:</b> control thread.
 */
final class DirectorCommands implements Commands {
    private static final String STATUS = "ringvs status";
    private static final int USAGE_STATUS = 2;

    private final AdmEnvironment adm;
    private final Supplier<String> status;

    DirectorCommands(final AdmEnvironment adm, final Supplier<String> status) {
        this.adm = adm;
        this.status = status;
    }

    @Override
    public ControlSession begin(final HostNames hosts, final String program, final List<String> words) {
        if (!program.equals(STATUS)) {
            return adm.session(hosts, program, words);
        }
        return words.isEmpty() ? TextSession.show(status.get())
            : TextSession.fail(USAGE_STATUS, "ringvs status takes no argument, but got '" + words.get(0) + "'");
    }
}
