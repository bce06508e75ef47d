package io.rwkvtts.chaos;

import io.rwkvtts.job.FlinkDefaults;
import io.rwkvtts.operator.RequestSettings;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.HeartbeatManagerOptions;
import org.apache.flink.configuration.HighAvailabilityOptions;

/** Prints a run as it goes. Belongs to one thread. */
public final class ChaosReport {

    private static final String ROW = "%5s  %8s  %-44s  %7s  %11s%n";

    private final PrintWriter out;
    private final long beganAt = System.nanoTime();

    /** Of a run that begins now. */
    public ChaosReport(PrintWriter out) {
        this.out = out;
    }

    /**
     * The settings of a run.
     *
     * @param flink options of the Flink processes
     */
    void settings(ChaosSettings settings, Configuration flink) {
        Configuration job = FlinkDefaults.options();
        job.addAll(settings.jobOptions());
        print("model                %s%n", modelName(settings));
        print(
                "faults               %d, seed %s, of %s%n",
                settings.faults(),
                Long.toUnsignedString(settings.seed()),
                settings.kinds().stream().map(FaultKind::label).collect(Collectors.joining(", ")));
        print(
                "requests             %d%s, %s%n",
                settings.requests(), streaming(settings), settings.delivery());
        print(
                "delivery timeout     %s%n",
                settings.deliveryTimeout().map(ChaosReport::millis).orElse("the job's default"));
        print(
                "processes            %s, ZooKeeper, %d JobManagers, %d TaskManagers; parallelism %d%n",
                settings.brokers() == 1 ? "broker" : settings.brokers() + " brokers",
                ChaosSettings.JOB_MANAGERS,
                ChaosSettings.TASK_MANAGERS,
                settings.parallelism());
        print(
                "checkpoint interval  %s%n",
                millis(job.get(CheckpointingOptions.CHECKPOINTING_INTERVAL)));
        print(
                "heartbeat            every %s, timeout %s, ZooKeeper session %s, of JobManagers %s%n",
                millis(flink.get(HeartbeatManagerOptions.HEARTBEAT_INTERVAL)),
                millis(flink.get(HeartbeatManagerOptions.HEARTBEAT_TIMEOUT)),
                millis(flink.get(HighAvailabilityOptions.ZOOKEEPER_SESSION_TIMEOUT)),
                millis(ChaosClusterOptions.LEADERSHIP));
        print("data and logs        %s%n", settings.directory());
    }

    private static String modelName(ChaosSettings settings) {
        var model = settings.model().directory();
        return "%d layers x %d, quantisation %s, %s"
                .formatted(
                        model.shape().layers(),
                        model.shape().width(),
                        model.quantization(),
                        model.randomSeed().isPresent()
                                ? "random weights: its tokens are noise"
                                : model.path());
    }

    private static String streaming(ChaosSettings settings) {
        return settings.streaming()
                ? ", every fourth in sentences that come seconds apart, idle timeout "
                        + millis(settings.jobOptions().get(RequestSettings.IDLE_TIMEOUT))
                : "";
    }

    private static String millis(Duration duration) {
        return duration.toMillis() + " ms";
    }

    /** All processes run. */
    void started() {
        print("%s all processes run%n", clock());
    }

    /** The undisturbed run is done. */
    void undisturbed(Map<String, Speech> speech) {
        long tokens = speech.values().stream().mapToLong(Speech::tokens).sum();
        print("%s undisturbed run: %,d tokens%n", clock(), tokens);
        print(ROW, "fault", "at s", "what", "running", "recovery ms");
    }

    /** A fault has struck and the job has continued. */
    void struck(int number, StruckFault fault) {
        print(
                ROW,
                fault.counts() ? number : "(" + number + ")",
                "%.1f".formatted(fault.atMs() / 1e3),
                fault.what(),
                fault.running(),
                fault.recoveryMs().isPresent() ? fault.recoveryMs().getAsLong() : "-");
    }

    /** The end of it. */
    public void result(ChaosResult result) {
        Comparison comparison = result.comparison();
        List<Long> recovery =
                result.faults().stream()
                        .filter(StruckFault::counts)
                        .flatMapToLong(fault -> fault.recoveryMs().stream())
                        .sorted()
                        .boxed()
                        .toList();
        if (result.counted() < result.wanted()) {
            print(
                    "Only %d of %d faults struck running generations: give more --requests%n",
                    result.counted(), result.wanted());
        }
        print(
                "%s %,d records were dropped by the consumer as repeated or held for a missing one%n",
                clock(), result.dropped());
        print(
                "%s it waited for missing records %d times, at most %d ms, and gave up %d times%n",
                clock(), result.waits(), result.longestWaitMs(), result.gaps());
        result.sound()
                .ifPresent(
                        sound ->
                                print(
                                        "sound: samples=%d requests_lost=%d requests_changed=%d%n",
                                        sound.samples(), sound.lost(), sound.changed()));
        print(
                "requests=%d tokens=%d lost=%d duplicated=%d changed=%d recovery_p50_ms=%d recovery_max_ms=%d%n",
                result.requests(),
                comparison.tokens(),
                comparison.lost(),
                comparison.duplicated(),
                comparison.changed(),
                recovery.isEmpty() ? -1 : recovery.get(recovery.size() / 2),
                recovery.isEmpty() ? -1 : recovery.get(recovery.size() - 1));
    }

    private String clock() {
        return "%7.1f s".formatted((System.nanoTime() - beganAt) / 1e9);
    }

    private void print(String format, Object... arguments) {
        out.printf(Locale.ROOT, format, arguments);
        out.flush();
    }
}
