package io.ringvs.control.netlink;

import java.util.Map;

import io.ringvs.linux.Errno;

/**
 * What attributes a nest may hold, by number. Others are ignored, and so are bytes beyond an integer's own, as the
 * kernel does in families that were there before it became strict.
 *
 * <p><b>Source:</b> validate_nla() of Linux 6.1 {@code lib/nlattr.c}, with NL_VALIDATE_LIBERAL.
 *
 * @param byNumber the attributes that are looked at
 */
record AttributePolicy(Map<Integer, Rule> byNumber) {
    private enum Kind { INTEGER, BINARY, STRING, NEST }

    /** Of one attribute: its kind and its length in bytes, the longest one unless it is an integer. */
    record Rule(Kind kind, int length) {
    }

    static Rule integer(final int length) {
        return new Rule(Kind.INTEGER, length);
    }

    static Rule binary(final int maxLength) {
        return new Rule(Kind.BINARY, maxLength);
    }

    /** Text that a 0 ends; {@code maxLength} is without it. */
    static Rule string(final int maxLength) {
        return new Rule(Kind.STRING, maxLength);
    }

    static Rule nest() {
        return new Rule(Kind.NEST, AttributeTable.HEADER_LENGTH);
    }

    boolean knows(final int number) {
        return byNumber.containsKey(number);
    }

    /** Checks the value of an attribute that this policy knows. */
    void check(final int number, final AttributeTable.Value value) throws NetlinkRefusal {
        final Rule rule = byNumber.get(number);
        final int length = value.length();
        switch (rule.kind) {
            case INTEGER -> require(length >= rule.length, Errno.ERANGE);
            case BINARY -> require(length <= rule.length, Errno.ERANGE);
            case NEST -> require(length == 0 || length >= rule.length, Errno.ERANGE);
            case STRING -> {
                require(value.textLength(rule.length + 1) >= 0, Errno.EINVAL);
                require(length - (value.endsInZero() ? 1 : 0) <= rule.length, Errno.ERANGE);
            }
        }
    }

    private static void require(final boolean condition, final int errno) throws NetlinkRefusal {
        if (!condition) {
            throw new NetlinkRefusal(errno);
        }
    }
}
