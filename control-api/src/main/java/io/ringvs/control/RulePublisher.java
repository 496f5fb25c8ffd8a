package io.ringvs.control;

/**
 * Puts the rules into effect.
 *
 * <p><b>Threading:</b> control thread.
 */
@FunctionalInterface
public interface RulePublisher {
    /**
     * Begins to put the rules, as they now are, into effect. It does not wait.
     *
     * @throws RuntimeException when they cannot, with a sentence
     */
    Publication publish();

    /** Rules on their way to the workers. */
    @FunctionalInterface
    interface Publication {
        /** Whether every worker now uses these rules or newer ones; ask again and again until it is so. */
        boolean inEffect();
    }
}
