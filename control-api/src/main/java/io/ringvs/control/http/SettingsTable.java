package io.ringvs.control.http;

import java.util.Map;

/**
 * The run-time settings.
 *
 * <p><b>Threading:</b> control thread.
 */
public interface SettingsTable {
    /** All values by name. */
    Map<String, Integer> values();

    /**
     * Changes settings, all or none.
     *
     * @param changes values as an operator writes them, by name
     * @throws IllegalArgumentException with a sentence; nothing is changed then
     */
    void change(Map<String, String> changes);
}
