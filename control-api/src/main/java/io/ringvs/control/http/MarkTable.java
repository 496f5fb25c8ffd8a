package io.ringvs.control.http;

import java.util.List;

/**
 * The rules that give packets a firewall mark, in order.
 *
 * <p><b>Threading:</b> control thread.
 */
public interface MarkTable {
    List<MarkDocument> marks();

    /**
     * Puts other rules in the place of all.
     *
     * @throws RuntimeException with a sentence; nothing is changed then
     */
    void replace(List<MarkDocument> wanted);
}
