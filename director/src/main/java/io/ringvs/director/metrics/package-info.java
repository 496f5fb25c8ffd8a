/**
 * The metrics for Prometheus, read from the director's own counters when they are asked for.
 *
 * <pre>
 *   scraper -> HTTP thread -> control thread: Scrape (numbers only) -> HTTP thread: metrics, text
 * </pre>
 */
package io.ringvs.director.metrics;
