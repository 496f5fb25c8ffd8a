package io.ringvs.control;

import java.util.List;

import io.ringvs.control.adm.HostNames;

/**
 * The commands that the control socket offers, told apart by the name that the client's program was called by.
 *
 * <p><b>Threading:</b> control thread.
 */
@FunctionalInterface
public interface Commands {
    /**
     * Begins a command.
     *
     * @param hosts   looks names up at the client's place
     * @param program the name that the user called, such as {@code ringvs adm}
     * @param words   the words after it
     */
    ControlSession begin(HostNames hosts, String program, List<String> words);
}
