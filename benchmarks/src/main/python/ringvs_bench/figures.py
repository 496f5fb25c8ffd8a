# SPDX-License-Identifier: Apache-2.0
"""Statistics of repeated measurements: medians with spread, ratios within a round, percentiles. Pure functions."""
import statistics

LINEAR_BITS = 7  # the layout of the sink's histogram: src/main/c/sink.h
HALF_BUCKETS = 1 << (LINEAR_BITS - 1)


def spread(values):
    """Median, least and greatest of some figures, or None when there are none."""
    if not values:
        return None
    return {"median": significant(statistics.median(values)), "min": significant(min(values)),
            "max": significant(max(values)), "count": len(values)}


def significant(value, digits=5):
    """The value with so many significant digits: what a measurement does not know need not be written down."""
    return float(f"{value:.{digits}g}")


def ratios(over, under):
    """Quotients of two peers' figures, each a mapping from round to figure: only within a round."""
    return [over[number] / under[number] for number in sorted(over) if under.get(number)]


def bucket_middle(bucket):
    """The value in the middle of a histogram bucket of the sink."""
    if bucket < 2 * HALF_BUCKETS:
        return bucket
    shift = bucket // HALF_BUCKETS - 1
    return (((bucket - shift * HALF_BUCKETS) << shift) + (1 << shift) // 2)


def percentile(buckets, per_cent):
    """The value that so many per cent of the counted ones do not exceed; buckets: (number, count), ascending."""
    total = sum(count for _, count in buckets)
    if total == 0:
        raise ValueError("a percentile of nothing")
    needed, seen = per_cent / 100 * total, 0
    for bucket, count in buckets:
        seen += count
        if seen >= needed - 1e-9 * total:
            return bucket_middle(bucket)
    return bucket_middle(buckets[-1][0])


def percentile_curve(buckets, steps_per_half=5):
    """(per cent, value) pairs, denser towards 100 %, as HdrHistogram's percentile distributions have them."""
    total = sum(count for _, count in buckets)
    curve, below = [], 0.0
    while True:
        curve.append((below, percentile(buckets, below)))
        remaining = 100 - below
        if total * remaining / 100 < 1:
            break
        below += remaining / 2 / steps_per_half
    curve.append((100.0, bucket_middle(buckets[-1][0])))
    return curve


def search(passes, low, high, precision):
    """The greatest rate that passes, to the given relative precision; 0 when even `low` does not.

    RFC 2544, section 26.1: halve the interval between a rate that passed and one that did not.
    """
    if passes(high):
        return high
    if not passes(low):
        return 0
    while high - low > precision * high:
        middle = (low + high) / 2
        if passes(middle):
            low = middle
        else:
            high = middle
    return low
