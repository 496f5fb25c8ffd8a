package io.ringvs.control.netlink;

/** A listing on its way to the one who asked for it, one message after the other. */
@FunctionalInterface
interface Dump {
    /** Writes the next message; false after the last one. */
    boolean writeNext(AnswerWriter answer);
}
