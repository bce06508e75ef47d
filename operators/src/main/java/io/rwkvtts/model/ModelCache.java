package io.rwkvtts.model;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import io.rwkvtts.checkpoint.Checkpoint;
import io.rwkvtts.checkpoint.ModelFormatException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Model directories made of the checkpoints that users name: each is exported once and found again
 * by the id of its weights, however the file is called and wherever it lies.
 *
 * <p>Any number of threads and processes may use one cache directory; of those that want the same
 * model one exports it and the others wait.
 */
public final class ModelCache {

    private static final Logger LOG = LoggerFactory.getLogger(ModelCache.class);
    private static final long LOCK_RETRY_MS = 50;
    private static final String NAME = "flink-rwkv-tts";
    private static final String REMEDY =
            "Set tts.cache.directory (--cache where a command has it) to a directory that can be"
                    + " written";

    private final Optional<Path> place;

    /** A cache in {@code directory}, which need not exist yet. */
    public ModelCache(Path directory) {
        this(Optional.of(directory));
    }

    private ModelCache(Optional<Path> place) {
        this.place = place;
    }

    /**
     * The user's cache: {@code flink-rwkv-tts} in {@code $XDG_CACHE_HOME}, or else in {@code
     * .cache} of {@code $HOME} or of the home directory that the JVM knows. Relative paths don't
     * count. A user who has none of them can still open what needs no cache.
     */
    public static ModelCache ofUser() {
        return ofUser(System.getenv(), System.getProperty("user.home"));
    }

    static ModelCache ofUser(Map<String, String> environment, String home) {
        return new ModelCache(
                absolute(environment.get("XDG_CACHE_HOME"))
                        .or(() -> absolute(environment.get("HOME")).map(ModelCache::dotCache))
                        // "?" for a user without an entry in the password file.
                        .or(() -> absolute(home).map(ModelCache::dotCache))
                        .map(caches -> caches.resolve(NAME)));
    }

    private static Optional<Path> absolute(String path) {
        return Optional.ofNullable(path).map(Path::of).filter(Path::isAbsolute);
    }

    private static Path dotCache(Path home) {
        return home.resolve(".cache");
    }

    /**
     * Where the cache lies; it need not exist yet.
     *
     * @throws IllegalArgumentException if the user has no place for it
     */
    public Path directory() {
        return place.orElseThrow(
                () ->
                        new IllegalArgumentException(
                                "there is no place for the cache of models: neither XDG_CACHE_HOME"
                                        + " nor HOME is an absolute path, and this user has no home"
                                        + " directory. "
                                        + REMEDY));
    }

    /**
     * The directory of the cache, made if it does not exist.
     *
     * @throws IOException if that is not possible, or it may not be written
     */
    public Path createDirectory() throws IOException {
        Path directory = directory();
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw unusable(directory, "cannot be made (" + e + ")", e);
        }
        if (!Files.isWritable(directory)) {
            throw unusable(directory, "may not be written by this user", null);
        }
        return directory;
    }

    private static IOException unusable(Path directory, String why, IOException cause) {
        return new IOException(
                "the cache of models, %s, %s. %s".formatted(directory, why, REMEDY), cause);
    }

    /**
     * Opens a model that the user gave, be it a model directory or a checkpoint to be exported.
     *
     * @param quantization the one asked for; if none is, a model directory is taken as it is and a
     *     checkpoint exported without
     * @param headRows rows of the head that are needed; {@link ModelExporter#ALL_HEAD_ROWS} for as
     *     many as there are
     * @throws ModelFormatException if the model can't be used, or not so
     */
    public ModelDirectory open(Path model, Optional<Quantization> quantization, int headRows)
            throws IOException {
        if (!ModelDirectory.isModelDirectory(model)) {
            try (Checkpoint checkpoint = Checkpoint.open(model)) {
                return export(checkpoint, quantization.orElse(Quantization.NONE), headRows);
            }
        }
        ModelDirectory exported = ModelDirectory.open(model);
        if (quantization.isPresent() && quantization.get() != exported.quantization()) {
            throw new ModelFormatException(
                    "%s was exported with quantisation %s: expected %s; leave the option out or export the checkpoint again"
                            .formatted(model, exported.quantization(), quantization.get()));
        }
        if (headRows != ModelExporter.ALL_HEAD_ROWS && headRows > exported.headRows()) {
            throw new ModelFormatException(
                    "%s was exported with %d head rows: expected at least %d; export the checkpoint again"
                            .formatted(model, exported.headRows(), headRows));
        }
        return exported;
    }

    /** The model directory of a checkpoint, exported unless it is there. */
    private ModelDirectory export(Checkpoint checkpoint, Quantization quantization, int headRows)
            throws IOException {
        ModelExporter.checkExportable(checkpoint, headRows);
        String name =
                "%s-%s-%d-%s"
                        .formatted(
                                checkpoint.weightsId(),
                                quantization,
                                Math.min(headRows, checkpoint.shape().headRows()),
                                quantization.graph().version());
        Path directory = createDirectory();
        Path place = directory.resolve(name);
        // The lock of a file keeps other processes out, the monitor other threads of this one.
        synchronized (ModelCache.class) {
            try (FileChannel file =
                            FileChannel.open(directory.resolve(name + ".lock"), CREATE, WRITE);
                    var lock = lock(file)) {
                if (isWhole(place)) {
                    return ModelDirectory.open(place).of(checkpoint);
                }
                removeRemainsOf(directory, name);
                LOG.info("Exporting {} ({}) to {}", checkpoint.path(), quantization, place);
                return ModelExporter.export(
                        checkpoint, quantization, headRows, Optional.empty(), place);
            }
        }
    }

    /**
     * Waits for the lock. The JVM refuses to wait for itself, as it would where another class
     * loader has this class, too, and exports just now.
     */
    private static FileLock lock(FileChannel file) throws IOException {
        while (true) {
            try {
                return file.lock();
            } catch (OverlappingFileLockException e) {
                try {
                    Thread.sleep(LOCK_RETRY_MS);
                } catch (InterruptedException interrupt) {
                    Thread.currentThread().interrupt();
                    throw new InterruptedIOException(
                            "interrupted while another export was running");
                }
            }
        }
    }

    private static boolean isWhole(Path place) throws IOException {
        if (!Files.exists(place)) {
            return false;
        }
        try {
            ModelDirectory.open(place);
            return true;
        } catch (ModelFormatException e) {
            LOG.warn("The cached model is damaged and will be made again: {}", e.getMessage());
            return false;
        }
    }

    /** Removes a damaged directory and what exports that were killed have left. */
    private static void removeRemainsOf(Path directory, String name) throws IOException {
        try (Stream<Path> members = Files.list(directory)) {
            for (Path member : members.toList()) {
                String file = member.getFileName().toString();
                if (file.equals(name) || ModelExporter.isPartial(file, name)) {
                    ModelExporter.delete(member);
                }
            }
        }
    }
}
