package io.ringvs.replay;

import java.util.List;
import java.util.Map;

/**
 * What happened in a run.
 *
 * @param steps every input, command and output
 * @param after outputs of commands at the end, by command
 */
record Recording(List<TraceStep> steps, Map<String, String> after) {
}
