package io.ringvs.control.http;

/**
 * A problem as RFC 9457 has it.
 *
 * @param type    always {@code about:blank}: title and status tell the kind
 * @param title   the status in words
 * @param status  of HTTP
 * @param detail  one sentence
 * @param pointer JSON pointer (RFC 6901) to the part of the body that is meant, or null
 */
record ProblemDocument(String type, String title, int status, String detail, String pointer) {
}
