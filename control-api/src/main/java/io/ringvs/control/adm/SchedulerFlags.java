package io.ringvs.control.adm;

import java.util.ArrayList;
import java.util.List;
import java.util.StringTokenizer;

import io.ringvs.service.ServiceFlags;

/** Scheduler flags of a service as text: names of their own for sh and mh, "flag-n" for the others. */
public final class SchedulerFlags {
    public static final int ANY = ServiceFlags.SCHEDULER_1 | ServiceFlags.SCHEDULER_2 | ServiceFlags.SCHEDULER_3;

    private SchedulerFlags() {
    }

    /**
     * The flags of these names for a scheduler.
     *
     * @throws IllegalArgumentException with ipvsadm's sentence if one is no such name
     */
    public static int of(final String scheduler, final List<String> names) {
        int flags = 0;
        try {
            for (final String name : names) {
                flags |= parseOne(scheduler, name);
            }
        } catch (final AdmExit wrong) {
            throw new IllegalArgumentException(wrong.getMessage().strip(), wrong);
        }
        return flags;
    }

    /** The flags of a comma-separated list for a scheduler. */
    static int parse(final String scheduler, final String list) throws AdmExit {
        int flags = 0;
        final StringTokenizer names = new StringTokenizer(list, ",");
        while (names.hasMoreTokens()) {
            flags |= parseOne(scheduler, names.nextToken());
        }
        return flags;
    }

    /** The names of the flags, with commas; empty when the scheduler has a name for none of them. */
    static String text(final String scheduler, final int flags) {
        return String.join(",", names(scheduler, flags));
    }

    /** The names of the flags that the scheduler has names for. */
    public static List<String> names(final String scheduler, final int flags) {
        final boolean named = scheduler.equals("sh") || scheduler.equals("mh");
        final List<String> names = new ArrayList<>();
        if ((flags & ServiceFlags.SCHEDULER_1) != 0) {
            names.add(named ? scheduler + "-fallback" : "flag-1");
        }
        if ((flags & ServiceFlags.SCHEDULER_2) != 0) {
            names.add(named ? scheduler + "-port" : "flag-2");
        }
        if ((flags & ServiceFlags.SCHEDULER_3) != 0 && !named) {
            names.add("flag-3");
        }
        return names;
    }

    private static int parseOne(final String scheduler, final String name) throws AdmExit {
        switch (name) {
            case "flag-1":
                return ServiceFlags.SCHEDULER_1;
            case "flag-2":
                return ServiceFlags.SCHEDULER_2;
            case "flag-3":
                return ServiceFlags.SCHEDULER_3;
            case "sh-fallback", "sh-port", "mh-fallback", "mh-port":
                if (!name.startsWith(scheduler + "-")) {
                    throw AdmExit.fail("incompatible scheduler flag `" + name + "'");
                }
                return name.endsWith("port") ? ServiceFlags.SCHEDULER_2 : ServiceFlags.SCHEDULER_1;
            default:
                throw AdmExit.fail("invalid scheduler flag `" + name + "'");
        }
    }
}
