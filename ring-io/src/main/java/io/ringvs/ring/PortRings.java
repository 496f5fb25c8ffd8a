package io.ringvs.ring;

/** The four rings of one (interface, queue), as the worker uses them. */
public record PortRings(FillRing fill, CompletionRing completion, RxRing rx, TxRing tx) {
}
