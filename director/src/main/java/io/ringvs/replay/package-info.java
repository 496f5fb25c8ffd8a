/**
 * Offline replay: gives recorded frames and commands to the director's own classifier, engine and control plane on
 * rings in memory, with the record's clock, and writes down what comes out.
 *
 * <pre>
 *   folder --ScenarioFolder--&gt; Scenario --Replay--&gt; ReplayDirector --&gt; Recording --&gt; folder
 *                                                                          |
 *                                            record --RecordComparison----&gt; first difference
 * </pre>
 *
 * <p>One thread does everything: it plays the network, the control thread and the one worker in turn.
 */
package io.ringvs.replay;
