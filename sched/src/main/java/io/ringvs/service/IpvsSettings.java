package io.ringvs.service;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The values of all run-time settings ({@link IpvsSetting}), by name for operators and by method for the packet path.
 *
 * <p>A name is that of the sysctl, {@code net.ipv4.vs.conn_reuse_mode}, or its last part.
 *
 * <p><b>Threading:</b> immutable; a change makes a new one.
 *
 * <p><b>Errors:</b> an unknown name or a value that does not fit throws IllegalArgumentException with one sentence for
 * the operator; nothing has changed then.
 */
public final class IpvsSettings {
    /** What Linux starts with. */
    public static final IpvsSettings DEFAULTS = new IpvsSettings(
        Arrays.stream(IpvsSetting.values()).mapToInt(IpvsSetting::initial).toArray());

    /** By ordinal of {@link IpvsSetting}. */
    private final int[] values;

    private IpvsSettings(final int[] values) {
        this.values = values;
    }

    /** These settings with one changed; {@code assignment} is {@code NAME=VALUE}. */
    public IpvsSettings with(final String assignment) {
        final int equals = assignment.indexOf('=');
        if (equals < 0) {
            throw new IllegalArgumentException("'" + assignment + "' is not of the form NAME=VALUE");
        }
        return with(assignment.substring(0, equals).strip(), assignment.substring(equals + 1));
    }

    /** {@code NAME=VALUE} of each setting that has another value in {@code other}. */
    public List<String> changesFrom(final IpvsSettings other) {
        return Arrays.stream(IpvsSetting.values()).filter(setting -> get(setting) != other.get(setting))
            .map(setting -> setting.sysctlName() + "=" + get(setting)).toList();
    }

    /** These settings with one changed, as an operator writes it. */
    public IpvsSettings with(final String name, final String value) {
        final IpvsSetting setting = named(name);
        return with(setting, parse(setting, value));
    }

    /** These settings with some changed: values as an operator writes them, by name. */
    public IpvsSettings with(final Map<String, String> changes) {
        IpvsSettings changed = this;
        for (final Map.Entry<String, String> change : changes.entrySet()) {
            changed = changed.with(change.getKey(), change.getValue());
        }
        return changed;
    }

    /** These settings with one changed. */
    public IpvsSettings with(final IpvsSetting setting, final int value) {
        if (value < 0 || value > setting.max()) {
            throw outOfRange(setting, Integer.toString(value));
        }
        final int[] changed = values.clone();
        changed[setting.ordinal()] = value;
        return new IpvsSettings(changed);
    }

    private static IpvsSetting named(final String name) {
        for (final IpvsSetting setting : IpvsSetting.values()) {
            if (setting.settingName().equals(name) || setting.sysctlName().equals(name)) {
                return setting;
            }
        }
        throw new IllegalArgumentException("there is no setting '" + name + "'; the settings are "
            + Arrays.stream(IpvsSetting.values()).map(IpvsSetting::settingName).collect(Collectors.joining(", ")));
    }

    private static int parse(final IpvsSetting setting, final String value) {
        try {
            return Integer.parseInt(value.strip());
        } catch (final NumberFormatException e) {
            throw outOfRange(setting, value);
        }
    }

    private static IllegalArgumentException outOfRange(final IpvsSetting setting, final String value) {
        return new IllegalArgumentException(
            setting.settingName() + " must be a number from 0 to " + setting.max() + ", not '" + value + "'");
    }

    public int get(final IpvsSetting setting) {
        return values[setting.ordinal()];
    }

    /** The value of one setting by its name, as text. */
    public String get(final String name) {
        return Integer.toString(get(named(name)));
    }

    /** All values by short name. */
    public Map<String, Integer> byName() {
        final Map<String, Integer> byName = new LinkedHashMap<>();
        for (final IpvsSetting setting : IpvsSetting.values()) {
            byName.put(setting.settingName(), get(setting));
        }
        return byName;
    }

    /** All settings as sysctl(8) prints them, one a line: {@code net.ipv4.vs.amemthresh = 1024}. */
    public List<String> list() {
        final List<String> lines = new ArrayList<>();
        for (final IpvsSetting setting : IpvsSetting.values()) {
            lines.add(setting.sysctlName() + " = " + get(setting));
        }
        return lines;
    }

    private boolean isOn(final IpvsSetting setting) {
        return get(setting) != 0;
    }

    public int connReuseMode() {
        return get(IpvsSetting.CONN_REUSE_MODE);
    }

    public boolean expireNodestConn() {
        return isOn(IpvsSetting.EXPIRE_NODEST_CONN);
    }

    public boolean expireQuiescentTemplate() {
        return isOn(IpvsSetting.EXPIRE_QUIESCENT_TEMPLATE);
    }

    public boolean sloppyTcp() {
        return isOn(IpvsSetting.SLOPPY_TCP);
    }

    public boolean sloppySctp() {
        return isOn(IpvsSetting.SLOPPY_SCTP);
    }

    public boolean cacheBypass() {
        return isOn(IpvsSetting.CACHE_BYPASS);
    }

    public int secureTcp() {
        return get(IpvsSetting.SECURE_TCP);
    }

    public int dropEntry() {
        return get(IpvsSetting.DROP_ENTRY);
    }

    public int dropPacket() {
        return get(IpvsSetting.DROP_PACKET);
    }

    /** In pages of 4 KiB. */
    public int amemthresh() {
        return get(IpvsSetting.AMEMTHRESH);
    }

    public int amDroprate() {
        return get(IpvsSetting.AM_DROPRATE);
    }

    public boolean scheduleIcmp() {
        return isOn(IpvsSetting.SCHEDULE_ICMP);
    }

    public boolean natIcmpSend() {
        return isOn(IpvsSetting.NAT_ICMP_SEND);
    }

    public boolean pmtuDisc() {
        return isOn(IpvsSetting.PMTU_DISC);
    }

    /** Whether TCP servers reached by FULLNAT are told their client's address. */
    public boolean fullnatToa() {
        return isOn(IpvsSetting.FULLNAT_TOA);
    }

    /** How UDP servers reached by FULLNAT are told their client's address: 0 not, 1 IPv4 option, 2 option protocol. */
    public int fullnatUoa() {
        return get(IpvsSetting.FULLNAT_UOA);
    }

    /** ICMP errors per second, for all clients together. */
    public int icmpMsgsPerSec() {
        return get(IpvsSetting.ICMP_MSGS_PER_SEC);
    }

    public int icmpMsgsBurst() {
        return get(IpvsSetting.ICMP_MSGS_BURST);
    }

    /** In milliseconds. */
    public int icmpRatelimit() {
        return get(IpvsSetting.ICMP_RATELIMIT);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof IpvsSettings that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return String.join(", ", list());
    }
}
