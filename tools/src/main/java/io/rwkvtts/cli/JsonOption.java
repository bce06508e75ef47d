package io.rwkvtts.cli;

import io.rwkvtts.bench.JsonFile;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Where a benchmark leaves its numbers for programs. */
final class JsonOption {

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "also write the numbers to this file")
    private Path file;

    /** Requires that the file can be written, if one is wanted. */
    void check() throws IOException {
        if (file != null) {
            JsonFile.requireWritable(file);
        }
    }

    /** Writes the file, if one is wanted. */
    void write(Record report) throws IOException {
        if (file != null) {
            JsonFile.write(file, report);
        }
    }
}
