package io.ringvs.conntab;

import static io.ringvs.conntab.ConnectionFlags.INACTIVE;
import static io.ringvs.conntab.ConnectionFlags.NO_CLIENT_PORT;
import static io.ringvs.conntab.ConnectionFlags.TEMPLATE;

import java.util.concurrent.atomic.AtomicInteger;

import io.ringvs.service.DestinationTable;

/**
 * Counts connections where they are counted while they live: at their destination, and those without client port.
 *
 * <p><b>Threading:</b> any worker.
 *
 * <p><b>Source:</b> ip_vs_bind_dest and ip_vs_unbind_dest of Linux 6.1 {@code ip_vs_conn.c}.
 */
final class Bindings {
    private final DestinationTable destinations;
    private final AtomicInteger withoutClientPort;

    Bindings(final ConnectionTable connections) {
        this.destinations = connections.destinations();
        this.withoutClientPort = connections.withoutClientPort();
    }

    /** @param destination {@link DestinationTable#NONE} counts nowhere */
    void bind(final int destination, final int flags) {
        if ((flags & NO_CLIENT_PORT) != 0) {
            withoutClientPort.incrementAndGet();
        }
        if (destination != DestinationTable.NONE) {
            if ((flags & TEMPLATE) != 0) {
                destinations.templateChanged(destination, 1);
            } else {
                destinations.connectionBound(destination, (flags & INACTIVE) == 0);
            }
        }
    }

    /** @param flags as they are now; INACTIVE may have changed since {@link #bind} */
    void unbind(final int destination, final int flags) {
        if ((flags & NO_CLIENT_PORT) != 0) {
            withoutClientPort.decrementAndGet();
        }
        if (destination != DestinationTable.NONE) {
            if ((flags & TEMPLATE) != 0) {
                destinations.templateChanged(destination, -1);
            } else {
                destinations.connectionUnbound(destination, (flags & INACTIVE) == 0);
            }
        }
    }
}
