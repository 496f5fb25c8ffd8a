package io.ringvs.xdp;

import java.util.List;

/**
 * How an XDP program is attached.
 *
 * @param force whether a program that is already there is removed
 * @param modes the modes to try, the preferred one first
 */
public record AttachOptions(boolean force, List<AttachMode> modes) {
    /** Leaves other programs alone; native mode, else generic. */
    public static final AttachOptions DEFAULT =
        new AttachOptions(false, List.of(AttachMode.NATIVE, AttachMode.GENERIC));

    public AttachOptions {
        modes = List.copyOf(modes);
        if (modes.isEmpty()) {
            throw new IllegalArgumentException("at least one attach mode is needed");
        }
    }

    public AttachOptions withForce(final boolean newForce) {
        return new AttachOptions(newForce, modes);
    }

    public AttachOptions withModes(final AttachMode... newModes) {
        return new AttachOptions(force, List.of(newModes));
    }
}
