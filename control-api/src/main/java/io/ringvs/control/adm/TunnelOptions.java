package io.ringvs.control.adm;

import static io.ringvs.control.adm.MatrixOption.TUN_CSUM;
import static io.ringvs.control.adm.MatrixOption.TUN_NOCSUM;
import static io.ringvs.control.adm.MatrixOption.TUN_PORT;
import static io.ringvs.control.adm.MatrixOption.TUN_REMCSUM;
import static io.ringvs.control.adm.MatrixOption.TUN_TYPE;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

import io.ringvs.service.Tunnel;

/** Which options a tunnel type takes. */
final class TunnelOptions {
    private static final Set<MatrixOption> ALL = EnumSet.of(TUN_TYPE, TUN_PORT, TUN_NOCSUM, TUN_CSUM, TUN_REMCSUM);
    private static final OptionMatrix IPIP =
        new OptionMatrix("'ipip' tunnel type", Set.of(), Set.of(TUN_TYPE), Set.of());
    private static final OptionMatrix GUE = new OptionMatrix(
        "'gue' tunnel type", Set.of(TUN_PORT), Set.of(TUN_TYPE), Set.of(TUN_NOCSUM, TUN_CSUM, TUN_REMCSUM));
    private static final OptionMatrix GRE = new OptionMatrix(
        "'gre' tunnel type", Set.of(), Set.of(TUN_TYPE), Set.of(TUN_NOCSUM, TUN_CSUM));

    private TunnelOptions() {
    }

    static boolean anyIn(final Set<MatrixOption> given) {
        return !Collections.disjoint(ALL, given);
    }

    static void check(final Tunnel.Type type, final Set<MatrixOption> given) throws AdmExit {
        final OptionMatrix matrix = switch (type) {
            case IPIP -> IPIP;
            case GUE -> GUE;
            case GRE -> GRE;
        };
        matrix.check(given, ALL);
    }
}
