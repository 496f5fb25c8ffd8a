package io.ringvs.service;

/** The persistence engines there are, by name. Source: Linux's only one is {@code ip_vs_pe_sip}. */
public final class PersistenceEngines {
    /** Goes by the Call-ID of SIP messages over UDP. */
    public static final String SIP = "sip";

    private PersistenceEngines() {
    }

    public static boolean exists(final String name) {
        return name.equals(SIP);
    }
}
