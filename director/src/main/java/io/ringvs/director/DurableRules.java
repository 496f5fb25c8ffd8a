package io.ringvs.director;

import java.io.IOException;
import java.nio.file.Path;

import io.ringvs.director.saved.DamagedRulesException;
import io.ringvs.director.saved.RuleSaver;
import io.ringvs.director.saved.RulesFile;
import io.ringvs.director.saved.RulesText;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rules that outlive the director: restored at start, saved after every change that took effect.
 *
 * <p>A command is answered without waiting for the disk; a moment later its change is there. An orderly end saves what
 * is left. A file that cannot be used is put aside once the one before it could be.
 *
 * <p><b>Threading:</b> control thread, or the starting one before that runs.
 *
 * <p><b>Errors:</b> {@link StartException} with one sentence.
 */
final class DurableRules implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(DurableRules.class);

    /** Null where rules are not saved. */
    private final RulesFile file;
    private final RuleSaver saver;
    private String remark = "";
    private boolean started;

    private DurableRules(final RulesFile file) {
        this.file = file;
        this.saver = file == null ? null : new RuleSaver(file);
    }

    /** @param path where rules are saved, or null for nowhere */
    static DurableRules of(final Path path) {
        try {
            return new DurableRules(path == null ? null : RulesFile.open(path));
        } catch (final IOException e) {
            throw new StartException(e.getMessage(), e);
        }
    }

    /** Makes the saved rules, or the last good ones. */
    void restore(final RuleRestore restore) {
        if (file == null) {
            return;
        }
        try {
            final String text = RulesFile.read(file.path());
            if (text != null) {
                restore.restore(text);
                LOGGER.info("Rules restored from {}", file.path());
            }
        } catch (final DamagedRulesException | IOException e) {
            restoreLast(restore, file.path() + " cannot be used: " + e.getMessage());
        }
    }

    private void restoreLast(final RuleRestore restore, final String fault) {
        try {
            final String text = RulesFile.read(file.last());
            if (text == null) {
                throw new StartException(fault + "; there are no rules saved before (" + file.last()
                    + "): mend the file, or move it away to start without rules");
            }
            restore.restore(text);
            file.putAside();
        } catch (final DamagedRulesException | IOException e) {
            throw new StartException(fault + "; nor can those saved before: " + file.last() + ", " + e.getMessage()
                + "; mend one of the files, or move the first away to start without rules", e);
        }
        remark = fault + "; the rules saved before are in use, and the file is kept as " + file.damaged() + "\n";
        LOGGER.error("{}", remark.strip());
    }

    /** Begins to save. */
    void start() {
        if (saver != null) {
            saver.start();
            started = true;
        }
    }

    /** These rules are published. */
    void changed(final RulesText rules) {
        if (saver != null) {
            saver.changed(rules);
        }
    }

    /** Lines for an operator: whether rules are saved. */
    String status() {
        return (saver == null ? "rules are not saved (--no-save)" : saver.status()) + "\n" + remark;
    }

    /** Saves what is left. */
    @Override
    public void close() {
        if (started) {
            saver.close();
        }
        if (file != null) {
            file.close();
        }
    }
}
