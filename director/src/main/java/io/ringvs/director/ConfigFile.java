package io.ringvs.director;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import io.ringvs.service.IpvsSettings;

import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The configuration file: lines {@code NAME = VALUE}, where a name is that of an option of {@code ringvs run} without
 * its dashes, or of a run-time setting ({@code net.ipv4.vs.sloppy_tcp}). Empty lines and those that begin with # say
 * nothing.
 *
 * <p>Each line is tried as the option that it stands for, so that a file and a command line are refused in the same
 * words.
 *
 * <p><b>Threading:</b> immutable.
 *
 * <p><b>Errors:</b> {@link StartException} with the file, the line and what is wrong with it.
 */
final class ConfigFile implements IDefaultValueProvider {
    /** Of a machine that has none. */
    static final ConfigFile EMPTY = new ConfigFile(Map.of(), IpvsSettings.DEFAULTS);

    private static final String SETTINGS = "net.";
    private static final Set<String> COMMAND_LINE_ONLY = Set.of("config", "help", "version");
    private static final long MAX_LENGTH = 1 << 20;

    /** Values by name, in the order of the file. */
    private final Map<String, String> values;
    private final IpvsSettings settings;

    private ConfigFile(final Map<String, String> values, final IpvsSettings settings) {
        this.values = values;
        this.settings = settings;
    }

    /** @param file null for none */
    static ConfigFile read(final Path file) {
        if (file == null) {
            return EMPTY;
        }
        try {
            if (Files.size(file) > MAX_LENGTH) {
                throw new StartException(
                    file + " is longer than " + MAX_LENGTH + " bytes: it is no configuration file");
            }
            return parse(file.toString(), Files.readString(file, StandardCharsets.ISO_8859_1));
        } catch (final NoSuchFileException e) {
            throw new StartException("there is no configuration file " + file, e);
        } catch (final IOException e) {
            throw new StartException("the configuration file could not be read: " + e, e);
        }
    }

    /** @param name of the file, for messages */
    static ConfigFile parse(final String name, final String text) {
        final Map<String, String> values = new LinkedHashMap<>();
        IpvsSettings settings = IpvsSettings.DEFAULTS;
        int number = 0;
        for (final String raw : text.split("\n", -1)) {
            number++;
            final String line = raw.strip();
            if (!line.isEmpty() && !line.startsWith("#")) {
                try {
                    settings = accept(line, values, settings);
                } catch (final IllegalArgumentException | CommandLine.ParameterException e) {
                    throw new StartException(name + ", line " + number + ": " + e.getMessage(), e);
                }
            }
        }
        return new ConfigFile(values, settings);
    }

    private static IpvsSettings accept(
        final String line, final Map<String, String> values, final IpvsSettings settings) {
        final int equals = line.indexOf('=');
        if (equals <= 0) {
            throw new IllegalArgumentException("'" + line + "' is not of the form NAME = VALUE");
        }
        final String key = line.substring(0, equals).strip();
        final String value = line.substring(equals + 1).strip();
        if (values.putIfAbsent(key, value) != null) {
            throw new IllegalArgumentException("'" + key + "' is there twice; give several values separated by commas");
        }
        if (key.startsWith(SETTINGS)) {
            return settings.with(key, value);
        }
        tryOption(key, value);
        return settings;
    }

    private static void tryOption(final String key, final String value) {
        final CommandLine trial = Main.commandLine(new RunCommand());
        if (COMMAND_LINE_ONLY.contains(key) || trial.getCommandSpec().findOption("--" + key) == null) {
            throw new IllegalArgumentException("there is no option '" + key
                + "'; ringvs run --help lists them, and ringvs get the settings");
        }
        trial.parseArgs("--" + key + "=" + value);
    }

    /** Run-time settings to start with. */
    IpvsSettings settings() {
        return settings;
    }

    /** Values by name. */
    Map<String, String> values() {
        return values;
    }

    static boolean isSetting(final String key) {
        return key.startsWith(SETTINGS);
    }

    /** What an option is when the command line does not give it; null lets it have its own default. */
    @Override
    public String defaultValue(final ArgSpec option) {
        return option instanceof OptionSpec spec ? values.get(spec.longestName().substring(2)) : null;
    }

    /** The file that the words of a command line name with {@code --config}, or null. */
    static Path named(final String[] words) {
        Path named = null;
        for (int i = 0; i < words.length; i++) {
            if (words[i].equals("--config") && i + 1 < words.length) {
                named = Path.of(words[i + 1]);
            } else if (words[i].startsWith("--config=")) {
                named = Path.of(words[i].substring("--config=".length()));
            }
        }
        return named;
    }
}
