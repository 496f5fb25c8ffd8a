package io.ringvs.ring;

/**
 * Keeps the mutable fields of one worker's object at least 128 bytes (two cache lines, since processors fetch pairs)
 * away from the object before it in the heap, which may be written by another worker.
 */
abstract class Padding {
    long p00, p01, p02, p03, p04, p05, p06, p07;
    long p08, p09, p10, p11, p12, p13, p14, p15;

    Padding() {
    }
}
