package io.ringvs.sched;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.IntUnaryOperator;

/**
 * All schedulers by name. A new scheduler is its own file and one line here.
 *
 * <p><b>Threading:</b> immutable.
 */
public final class Schedulers {
    /** The scheduler name that schedules nothing. */
    public static final String NONE = "none";

    static final IntUnaryOperator RANDOM = bound -> ThreadLocalRandom.current().nextInt(bound);

    private static final Map<String, Function<SchedulerSetup, Scheduler>> BY_NAME = new LinkedHashMap<>();

    static {
        BY_NAME.put("rr", RoundRobin::new);
        BY_NAME.put("wrr", WeightedRoundRobin::new);
        BY_NAME.put("lc", LeastConnection::new);
        BY_NAME.put("wlc", WeightedLeastConnection::new);
        BY_NAME.put("lblc", LocalityBasedLeastConnection::new);
        BY_NAME.put("lblcr", LocalityBasedReplication::new);
        BY_NAME.put("dh", DestinationHash::new);
        BY_NAME.put("sh", SourceHash::new);
        BY_NAME.put("sed", ShortestExpectedDelay::new);
        BY_NAME.put("nq", NeverQueue::new);
        BY_NAME.put("fo", WeightedFailover::new);
        BY_NAME.put("ovf", WeightedOverflow::new);
        BY_NAME.put("mh", MaglevHash::new);
        BY_NAME.put("twos", PowerOfTwo::new);
        BY_NAME.put(NONE, NoScheduler::new);
    }

    private Schedulers() {
    }

    /** Whether a scheduler of that name exists. */
    public static boolean exists(final String name) {
        return BY_NAME.containsKey(name);
    }

    /** Every name, "none" last. */
    public static Set<String> names() {
        return BY_NAME.keySet();
    }

    static String require(final String name) {
        if (!exists(name)) {
            throw new IllegalArgumentException("there is no scheduler '" + name + "'; use one of " + names());
        }
        return name;
    }

    static Scheduler create(final String name, final SchedulerSetup setup) {
        return BY_NAME.get(name).apply(setup);
    }
}
