package io.ringvs.control.http;

import java.util.List;

/**
 * The mark rules, in the order in which they are tried.
 *
 * @param marks the first that matches counts
 */
record MarksDocument(List<MarkDocument> marks) {
}
