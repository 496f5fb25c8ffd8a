package io.ringvs.control.http;

import io.ringvs.control.RuleSet;

/**
 * The ETag of everything that is made of the rules: it moves with every change of any rule.
 *
 * @param boot tells the rules of this run from those of earlier ones, whose versions began anew
 */
record RuleTag(RuleSet rules, String boot) {
    String now() {
        return "\"" + boot + "-" + rules.version() + "\"";
    }
}
