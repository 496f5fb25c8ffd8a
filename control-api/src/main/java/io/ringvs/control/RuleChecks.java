package io.ringvs.control;

import io.ringvs.service.DestinationConfig;
import io.ringvs.service.Family;
import io.ringvs.service.ForwardingMethod;
import io.ringvs.service.ServiceConfig;
import io.ringvs.service.Tunnel;

/**
 * What Linux asks of a rule before it looks at the others, in its order.
 *
 * <p><b>Errors:</b> {@link RuleException} with the error number that Linux answers.
 *
 * <p><b>Source:</b> Linux 6.1 {@code ip_vs_ctl.c}.
 */
final class RuleChecks {
    private static final int MAX_PREFIX_LENGTH = 128;

    private final RuleContext context;

    RuleChecks(final RuleContext context) {
        this.context = context;
    }

    void settings(final ServiceConfig settings) throws RuleException {
        require(context.schedulers().test(settings.scheduler()), RuleError.NOT_FOUND);
        require(settings.engine() == null || context.engines().test(settings.engine()), RuleError.NOT_FOUND);
        require(settings.key().family() == Family.IPV4
            || settings.netmask() >= 1 && settings.netmask() <= MAX_PREFIX_LENGTH, RuleError.INVALID);
        require(ExpressibleRule.service(settings), RuleError.INVALID);
    }

    /** @param synchronising whether a synchronisation daemon runs */
    void destination(final ConfiguredService service, final DestinationConfig config, final boolean synchronising)
        throws RuleException {
        if (config.address().family() != service.key().family()) {
            require(!synchronising && config.method() == ForwardingMethod.TUNNEL, RuleError.INVALID);
        }
        require(config.method() != ForwardingMethod.FULLNAT || !service.settings().isOnePacket(), RuleError.ONE_PACKET);
        ranges(config);
        require(ExpressibleRule.destination(service.key(), config), RuleError.INVALID);
    }

    /** Thresholds are unsigned in Linux; a negative one here is one beyond 31 bits. */
    private static void ranges(final DestinationConfig config) throws RuleException {
        require(config.weight() >= 0, RuleError.RANGE);
        require(Integer.compareUnsigned(config.lowerThreshold(), config.upperThreshold()) <= 0, RuleError.RANGE);
        require(config.upperThreshold() >= 0, RuleError.INVALID);
        require(config.tunnel().type() != Tunnel.Type.GUE || config.tunnel().port() != 0, RuleError.INVALID);
    }

    static void require(final boolean condition, final RuleError otherwise) throws RuleException {
        if (!condition) {
            throw new RuleException(otherwise);
        }
    }
}
