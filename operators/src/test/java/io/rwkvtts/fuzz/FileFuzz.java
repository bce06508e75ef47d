package io.rwkvtts.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives spoilt files to a loader and counts what becomes of them. */
public final class FileFuzz {

    /** Reads a file and uses what it holds. */
    @FunctionalInterface
    public interface Loader {
        void load(Path file) throws IOException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(FileFuzz.class);

    private static final int MAX_MESSAGE_CHARS = 2_000;

    private final Path file;
    private final Class<? extends RuntimeException> documented;
    private final long maxAllocated;
    private int loaded;
    private int refused;

    /**
     * @param file is written again for each case
     * @param documented the exception that the loader promises
     * @param maxAllocated bytes that a load may take, whatever the file says
     */
    public FileFuzz(Path file, Class<? extends RuntimeException> documented, long maxAllocated) {
        this.file = file;
        this.documented = documented;
        this.maxAllocated = maxAllocated;
    }

    /** Loads a sound file, so that what a first load takes is not counted. */
    public void warmUp(byte[] sound, Loader loader) throws IOException {
        loader.load(Files.write(file, sound));
    }

    /** Requires that these bytes load, or are refused in the documented way. */
    public void check(byte[] bytes, String which, Loader loader) throws IOException {
        Files.write(file, bytes);
        RuntimeException refusal = null;
        long before = AllocatedBytes.byThisThread();
        try {
            loader.load(file);
            loaded++;
        } catch (RuntimeException e) {
            refusal = e;
            refused++;
        }
        long allocated = AllocatedBytes.byThisThread() - before;
        if (allocated > maxAllocated) {
            throw new AssertionError(
                    "%s took %,d bytes, at most %,d expected"
                            .formatted(which, allocated, maxAllocated),
                    refusal);
        }
        if (refusal != null && !isDocumented(refusal)) {
            throw new AssertionError(which + " failed in another way than documented", refusal);
        }
    }

    private boolean isDocumented(RuntimeException refusal) {
        return documented.isInstance(refusal)
                && refusal.getMessage().contains(file.toString())
                && refusal.getMessage().length() < MAX_MESSAGE_CHARS;
    }

    /**
     * Requires that many cases in all, and enough of either outcome for the test to mean something.
     */
    public void checkCounts(int cases) {
        LOG.info("{}: {} loaded, {} refused", file.getFileName(), loaded, refused);
        assertThat(loaded + refused).isEqualTo(cases);
        assertThat(loaded).isGreaterThan(cases / 100);
        assertThat(refused).isGreaterThan(cases / 4);
    }
}
