package io.ringvs.director;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

import io.ringvs.conntab.TableMemory;

import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class MappedMemoryTest {
    private static final long LENGTH = 4 * TableMemory.HUGE_PAGE;
    private final MappedMemory memory = new MappedMemory();

    @Test
    void shouldHavePagesBeforeTheyAreTouched() throws IOException {
        final long region = memory.reserveZeroed(LENGTH);
        try {
            assertEquals(0, region % TableMemory.HUGE_PAGE);
            assertTrue(residentKibibytes(region) >= LENGTH >> 10, () -> "resident: " + residentOrNone(region));
            assertEquals(0, UnsafeApi.getLong(region + LENGTH - Long.BYTES));
        } finally {
            memory.release(region, LENGTH);
        }
    }

    @Test
    void shouldTakeNoMemoryForWhatMayNeverBeUsed() throws IOException {
        final long region = memory.reserve(LENGTH);
        try {
            assertEquals(0, residentKibibytes(region));
        } finally {
            memory.release(region, LENGTH);
        }
    }

    @Test
    void shouldSayWhatToDoWhenTheMachineIsTooSmall() {
        final IllegalStateException refused =
            assertThrows(IllegalStateException.class, () -> memory.reserveZeroed(1L << 60));
        assertTrue(refused.getMessage().endsWith("which this machine does not give; lower --max-connections"),
            refused.getMessage());
    }

    private static String residentOrNone(final long region) {
        try {
            return residentKibibytes(region) + " KiB";
        } catch (final IOException e) {
            return e.getMessage();
        }
    }

    /** Resident part of the mapping that holds an address, from /proc/self/smaps. */
    private static long residentKibibytes(final long address) throws IOException {
        boolean found = false;
        for (final String line : Files.readAllLines(Path.of("/proc/self/smaps"))) {
            if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                final String[] bounds = line.substring(0, line.indexOf(' ')).split("-");
                found = Long.parseUnsignedLong(bounds[0], 16) <= address
                    && address < Long.parseUnsignedLong(bounds[1], 16);
            } else if (found && line.startsWith("Rss:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IOException("no mapping holds " + Long.toHexString(address));
    }
}
