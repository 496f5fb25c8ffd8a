package io.ringvs.xdp;

import io.ringvs.linux.CallingThread;
import java.io.IOException;

/** A daemon to be killed: attaches in a namespace, says so, and waits to die. Arguments: namespace, interface. */
final class AttachAndWait {
    private AttachAndWait() {
    }

    public static void main(final String[] args) throws IOException {
        CallingThread.enterNetworkNamespace(args[0]);
        XdpProgram.attach(args[1], SteeringMap.create(16), AttachOptions.DEFAULT);
        System.out.println("attached");
        System.out.flush();
        while (System.in.read() >= 0) {
            Thread.onSpinWait();
        }
    }
}
