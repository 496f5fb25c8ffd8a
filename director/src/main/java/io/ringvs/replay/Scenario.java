package io.ringvs.replay;

import java.util.List;
import java.util.Map;

/**
 * What is to be replayed, and what was recorded if it is a record.
 *
 * @param rules the configuration in the format of {@code ipvsadm -R}
 * @param steps inputs and commands, with what was recorded of them
 * @param after outputs of commands at the end, by command; null if nothing was recorded
 */
record Scenario(String name, Topology topology, String rules, List<TraceStep> steps, Map<String, String> after) {
}
