package io.ringvs.control.adm;

/** Numbers in text as the C library reads them. Source: manual pages strtol(3), atoi(3), isspace(3). */
final class CStrings {
    /** What {@link #number} answers when there is no number, or none within the limits. */
    static final long NOT_A_NUMBER = -1;

    private CStrings() {
    }

    /** The decimal number that is the whole text, from {@code min} to {@code max}; or NOT_A_NUMBER. */
    static long number(final String text, final long min, final long max) {
        final int digits = firstDigit(text);
        final int end = lastDigit(text, digits);
        if (end == digits || end != text.length()) {
            return NOT_A_NUMBER;
        }
        final long value = saturated(text, digits, end);
        return value >= min && value <= max ? value : NOT_A_NUMBER;
    }

    /** atoi: the number at the start of the text, 0 if there is none. */
    static int leadingNumber(final String text) {
        final int digits = firstDigit(text);
        return (int) saturated(text, digits, lastDigit(text, digits));
    }

    static boolean isSpace(final char c) {
        return c == ' ' || c >= '\t' && c <= '\r';
    }

    /** Whether there is nothing but digits (an empty text included). */
    static boolean isAllDigits(final String text) {
        return lastDigit(text, 0) == text.length();
    }

    private static int firstDigit(final String text) {
        int index = 0;
        while (index < text.length() && isSpace(text.charAt(index))) {
            index++;
        }
        final boolean signed = index < text.length() && (text.charAt(index) == '-' || text.charAt(index) == '+');
        return signed ? index + 1 : index;
    }

    private static int lastDigit(final String text, final int from) {
        int index = from;
        while (index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9') {
            index++;
        }
        return index;
    }

    /** The digits with the sign before them; beyond 18 digits simply very large. */
    private static long saturated(final String text, final int digits, final int end) {
        long value = 0;
        for (int index = digits; index < end; index++) {
            value = value > Long.MAX_VALUE / 100 ? Long.MAX_VALUE / 10 : value * 10 + text.charAt(index) - '0';
        }
        return digits > 0 && text.charAt(digits - 1) == '-' ? -value : value;
    }
}
