package io.ringvs.control.http;

import java.util.Map;

import io.ringvs.service.IpvsSettings;

/** Settings that nothing heeds. */
public final class TestSettings implements SettingsTable {
    private IpvsSettings settings = IpvsSettings.DEFAULTS;

    @Override
    public Map<String, Integer> values() {
        return settings.byName();
    }

    @Override
    public void change(final Map<String, String> changes) {
        settings = settings.with(changes);
    }
}
