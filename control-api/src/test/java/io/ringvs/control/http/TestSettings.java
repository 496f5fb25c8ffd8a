package io.ringvs.control.http;

import java.util.LinkedHashMap;
import java.util.Map;

import io.ringvs.service.IpvsSetting;
import io.ringvs.service.IpvsSettings;

/** Settings that nothing heeds. */
public final class TestSettings implements SettingsTable {
    private IpvsSettings settings = IpvsSettings.DEFAULTS;

    @Override
    public Map<String, Integer> values() {
        final Map<String, Integer> values = new LinkedHashMap<>();
        for (final IpvsSetting setting : IpvsSetting.values()) {
            values.put(setting.settingName(), settings.get(setting));
        }
        return values;
    }

    @Override
    public void change(final Map<String, String> changes) {
        IpvsSettings changed = settings;
        for (final Map.Entry<String, String> change : changes.entrySet()) {
            changed = changed.with(change.getKey(), change.getValue());
        }
        settings = changed;
    }
}
