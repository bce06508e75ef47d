package io.rwkvtts.bench.engine;

import io.rwkvtts.bench.Samples;
import io.rwkvtts.local.TemporaryDirectory;
import io.rwkvtts.model.MatMulModel;
import io.rwkvtts.model.MatMulModel.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Measures what the machine can do at most: reading memory, multiplying matrices. Round by round
 * beside what is to be judged by it, since a machine can be slower at one time than at another.
 *
 * <p>Owns memory, threads and sessions of ONNX Runtime. For one thread.
 */
final class MachineRates implements AutoCloseable {

    /** Far more memory than a last-level cache holds. */
    private static final long LARGE = 512L << 20;

    private static final int PASSES = 5;
    private static final int PRODUCTS = 40;

    /** The first few run in the interpreter. */
    private static final int ROUND_TRIPS = 10;

    /** Small enough for the caches, large enough that starting a product does not count. */
    private static final int ROWS = 128;

    private static final int INNER = 1024;
    private static final int COLUMNS = 2048;

    private final int threads;
    private final TemporaryDirectory directory = TemporaryDirectory.create("tts-bench-");
    private final Map<Long, MemoryReader> memory = new TreeMap<>();
    private final Map<Format, MatMulRate> products = new EnumMap<>(Format.class);
    private final Map<Long, Samples> reading = new TreeMap<>();
    private final Samples roundTrips = new Samples();
    private final Map<Format, Samples> multiplying = new EnumMap<>(Format.class);

    /**
     * @param weightBytes of the models that are judged by the rate of reading them
     */
    MachineRates(int threads, Set<Long> weightBytes) throws IOException {
        this.threads = threads;
        try {
            Set<Long> sizes = new TreeSet<>(weightBytes);
            sizes.add(LARGE);
            for (long bytes : sizes) {
                memory.put(bytes, new MemoryReader(threads, bytes));
                reading.put(bytes, new Samples());
            }
            for (Format format : Format.values()) {
                Path files = Files.createDirectory(directory.path().resolve(format.name()));
                MatMulModel model = new MatMulModel(format, ROWS, INNER, COLUMNS);
                products.put(format, new MatMulRate(model, files, threads));
                multiplying.put(format, new Samples());
            }
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Takes the best of a few goes at everything. */
    void round() {
        memory.forEach(
                (bytes, reader) -> {
                    double best = 0;
                    for (int pass = 0; pass < PASSES; pass++) {
                        best = Math.max(best, reader.gigabytesPerSecond());
                    }
                    reading.get(bytes).add(best);
                });
        roundTrips.add(CoreDistance.leastRoundTripNanos(ROUND_TRIPS));
        products.forEach(
                (format, product) -> {
                    double best = 0;
                    for (int run = 0; run < PRODUCTS; run++) {
                        best = Math.max(best, product.gopPerSecond());
                    }
                    multiplying.get(format).add(best);
                });
    }

    /** The medians over the rounds so far. */
    Machine machine() {
        double blocks = multiplying.get(Format.INT8_BLOCKS).median();
        return new Machine(
                threads,
                reading.get(LARGE).median(),
                reading.entrySet().stream()
                        .filter(rate -> rate.getKey() != LARGE)
                        .map(rate -> new ReadRate(rate.getKey(), rate.getValue().median()))
                        .toList(),
                Math.max(blocks, multiplying.get(Format.BYTES).median()),
                blocks,
                multiplying.get(Format.FLOAT).median(),
                roundTrips.least(),
                roundTrips.greatest());
    }

    @Override
    public void close() {
        products.values().forEach(MatMulRate::close);
        memory.values().forEach(MemoryReader::close);
        directory.close();
    }
}
