package io.ringvs.control.netlink;

/** Where a coverage-guided fuzzer enters: any bytes are a datagram, which may be answered but must not fail. */
public final class NetlinkFuzzTarget {
    private NetlinkFuzzTarget() {
    }

    /** The method that Jazzer calls. */
    public static void fuzzerTestOneInput(final byte[] data) {
        try (TestConversation program = new TestConversation()) {
            program.ask(new TestRequest().nest(1, TestRequest.fullService()).message(1, TestRequest.ACKNOWLEDGED));
            program.ask(data);
        }
    }
}
