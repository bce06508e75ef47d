package io.rwkvtts.job.recovery;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;

/**
 * The checkpoints of all runs below the directory for checkpoints: {@code
 * <directory>/<job>/chk-<number>}. One is complete when its {@code _metadata} is there, which Flink
 * writes last.
 */
final class RetainedCheckpoints {

    static final String METADATA = AbstractFsCheckpointStorageAccess.METADATA_FILE_NAME;

    private static final Pattern NAME =
            Pattern.compile(AbstractFsCheckpointStorageAccess.CHECKPOINT_DIR_PREFIX + "(\\d+)");

    private static final Comparator<Complete> BY_COMPLETION =
            Comparator.comparingLong(Complete::time).thenComparingLong(Complete::number);

    /** A complete checkpoint: its directory, when it was completed, and its number in its run. */
    private record Complete(Path path, long time, long number) {}

    private RetainedCheckpoints() {}

    /**
     * The newest complete checkpoint of any run.
     *
     * @param directory the directory for checkpoints, on any file system that Flink knows
     * @throws IllegalArgumentException if there is none; the message has what was found
     */
    static Path latest(Path directory) throws IOException {
        int[] incomplete = new int[1];
        List<Complete> complete = new ArrayList<>();
        for (FileStatus run : directories(directory)) {
            complete(run.getPath(), complete, incomplete);
        }
        return complete.stream()
                .max(BY_COMPLETION)
                .map(Complete::path)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        ("there is no complete checkpoint below %s (%d without"
                                                        + " %s): start without --from-checkpoint, or"
                                                        + " name another checkpoint or savepoint")
                                                .formatted(directory, incomplete[0], METADATA)));
    }

    /** The newest complete checkpoint of the same run before this one; empty if there is none. */
    static Optional<Path> before(Path checkpoint) {
        List<Complete> complete = new ArrayList<>();
        try {
            complete(checkpoint.getParent(), complete, new int[1]);
        } catch (IOException e) {
            return Optional.empty();
        }
        long number = number(checkpoint);
        return complete.stream()
                .filter(other -> other.number() < number)
                .max(Comparator.comparingLong(Complete::number))
                .map(Complete::path);
    }

    private static void complete(Path run, List<Complete> complete, int[] incomplete)
            throws IOException {
        FileSystem files = run.getFileSystem();
        for (FileStatus checkpoint : directories(run)) {
            Path path = checkpoint.getPath();
            if (number(path) < 0) {
                continue;
            }
            Path metadata = new Path(path, METADATA);
            if (files.exists(metadata)) {
                long time = files.getFileStatus(metadata).getModificationTime();
                complete.add(new Complete(path, time, number(path)));
            } else {
                incomplete[0]++;
            }
        }
    }

    private static List<FileStatus> directories(Path parent) throws IOException {
        FileSystem files = parent.getFileSystem();
        // Which of the two a file system does with a directory that is not there is its choice.
        FileStatus[] found = files.exists(parent) ? files.listStatus(parent) : null;
        return found == null
                ? List.of()
                : List.of(found).stream().filter(FileStatus::isDir).toList();
    }

    /** The number of a checkpoint by its name, −1 for another directory. */
    private static long number(Path path) {
        var matcher = NAME.matcher(path.getName());
        return matcher.matches() ? Long.parseLong(matcher.group(1)) : -1;
    }
}
