package io.rwkvtts.job;

import java.io.IOException;
import java.net.URI;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.core.fs.FSDataOutputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * The file system of URIs {@code full:///…}: this machine's, but for a disk that is full for as
 * long as a test wants it. Flink finds it as a service.
 */
public final class FullDisk implements FileSystemFactory {

    static final String SCHEME = "full";

    /** Files that could not be written, in this JVM. */
    static final AtomicInteger REFUSED = new AtomicInteger();

    static volatile boolean full;

    @Override
    public String getScheme() {
        return SCHEME;
    }

    @Override
    public FileSystem create(URI uri) {
        return new Disk();
    }

    private static final class Disk extends LocalFileSystem {

        @Override
        public FSDataOutputStream create(Path file, WriteMode mode) throws IOException {
            if (full) {
                REFUSED.incrementAndGet();
                throw new IOException("No space left on device");
            }
            return super.create(file, mode);
        }

        @Override
        public URI getUri() {
            return URI.create(SCHEME + ":/");
        }
    }
}
