package io.ringvs.director;

import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the configuration file again at SIGHUP: settings whose lines changed are put in force, and one line of the log
 * says what needs a restart. A file with a fault changes nothing.
 *
 * <p><b>Threading:</b> the JVM's signal thread, one signal after the other.
 */
final class ConfigReload {
    private static final Logger LOGGER = LoggerFactory.getLogger(ConfigReload.class);

    private final Path file;
    private final Director director;
    private ConfigFile current;

    /** @param file null for a director without one */
    ConfigReload(final Path file, final ConfigFile current, final Director director) {
        this.file = file;
        this.current = current;
        this.director = director;
    }

    /** Begins to take notice of SIGHUP. By reflection: javac lets nobody name the class without a warning. */
    void listen() {
        try {
            final Class<?> signal = Class.forName("sun.misc.Signal");
            final Class<?> handler = Class.forName("sun.misc.SignalHandler");
            final Object ours = Proxy.newProxyInstance(
                ConfigReload.class.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                    if (method.getName().equals("handle")) {
                        reload();
                    }
                    return null;
                });
            signal.getMethod("handle", signal, handler)
                .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ours);
        } catch (final ReflectiveOperationException e) {
            LOGGER.warn("SIGHUP ends the director, as this JVM does not tell of it: {}", e.toString());
        }
    }

    private void reload() {
        if (file == null) {
            LOGGER.warn(
                "SIGHUP: there is no configuration file to read again; the director was started without --config");
            return;
        }
        try {
            LOGGER.info("SIGHUP: {}", reload(ConfigFile.read(file)));
        } catch (final RuntimeException e) {
            LOGGER.error("SIGHUP: nothing was changed: {}", e.getMessage());
        }
    }

    /** Puts a file in force; one sentence says what became of it. */
    String reload(final ConfigFile next) {
        final Set<String> keys = new TreeSet<>(current.values().keySet());
        keys.addAll(next.values().keySet());
        keys.removeIf(key -> Objects.equals(current.values().get(key), next.values().get(key)));
        final List<String> assignments = new ArrayList<>();
        final List<String> restart = new ArrayList<>();
        for (final String key : keys) {
            if (ConfigFile.isSetting(key)) {
                assignments.add(key + "=" + next.settings().get(key));
            } else {
                restart.add(key);
            }
        }
        director.reload(next.settings(), assignments);
        current = next;
        return file + " was read again; "
            + (assignments.isEmpty() ? "no setting changed" : String.join(", ", assignments))
            + (restart.isEmpty() ? "" : "; a restart is needed for " + String.join(", ", restart));
    }
}
