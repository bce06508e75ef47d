package io.rwkvtts.job;

import io.rwkvtts.job.kafka.KafkaOptions;
import io.rwkvtts.operator.DegradeSettings;
import io.rwkvtts.operator.GenerationSettings;
import io.rwkvtts.operator.LogSettings;
import io.rwkvtts.operator.PrefillSettings;
import io.rwkvtts.operator.QueueSettings;
import io.rwkvtts.operator.RequestSettings;
import io.rwkvtts.operator.SnapshotSettings;
import io.rwkvtts.operator.SynthesisSettings;
import io.rwkvtts.operator.TextSettings;
import io.rwkvtts.operator.audio.AudioSettings;
import java.lang.reflect.Field;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.apache.flink.configuration.ConfigOption;

/** The keys of the job's own options. A misspelt one would be as if it had not been set. */
public final class OptionKeys {

    private static final String OWN = "tts.";
    private static final String CLIENT_PROPERTY = KafkaOptions.CLIENT_PROPERTIES.key() + ".";
    private static final Set<String> KNOWN = new TreeSet<>();

    /** All classes that declare options, by what the options are about. */
    private static final Map<String, List<Class<?>>> CLASSES = new LinkedHashMap<>();

    static {
        CLASSES.put("Model and voices", List.of(SpeechModel.class, SynthesisSettings.class));
        CLASSES.put(
                "Engine",
                List.of(DeviceSettings.class, EngineSettings.class, PrefillSettings.class));
        CLASSES.put("Text", List.of(TextSettings.class));
        CLASSES.put("Generation", List.of(GenerationSettings.class));
        CLASSES.put("Sound", List.of(AudioSettings.class));
        CLASSES.put("Requests", List.of(RequestSettings.class));
        CLASSES.put("Queue and tenants", List.of(QueueSettings.class));
        CLASSES.put("Under load", List.of(DegradeSettings.class));
        CLASSES.put("Checkpoints", List.of(SnapshotSettings.class));
        CLASSES.put("Log", List.of(LogSettings.class));
        CLASSES.put("Kafka", List.of(KafkaOptions.class));
        CLASSES.values().forEach(classes -> classes.forEach(OptionKeys::addKeysOf));
    }

    private OptionKeys() {}

    /** All classes that declare options, by what the options are about. */
    public static Map<String, List<Class<?>>> classes() {
        return Collections.unmodifiableMap(CLASSES);
    }

    private static void addKeysOf(Class<?> options) {
        for (Field field : options.getFields()) {
            if (field.getType() == ConfigOption.class) {
                try {
                    KNOWN.add(((ConfigOption<?>) field.get(null)).key());
                } catch (IllegalAccessException e) {
                    throw new AssertionError("public fields can be read", e);
                }
            }
        }
    }

    /**
     * Requires that every key {@code tts.…} is one of an option. Others are none of the job's.
     *
     * @param options keys and values; values are not looked at, they may be secret
     * @throws IllegalArgumentException for a key that is not; names the nearest that is
     */
    public static void requireKnown(Map<String, String> options) {
        for (String key : new TreeSet<>(options.keySet())) {
            boolean own = key.startsWith(OWN) && !key.startsWith(CLIENT_PROPERTY);
            if (own && !KNOWN.contains(key)) {
                throw new IllegalArgumentException(
                        "%s is no option of the job: did you mean %s? All are in docs/configuration.md"
                                .formatted(key, nearest(key)));
            }
        }
    }

    private static String nearest(String key) {
        LevenshteinDistance distance = LevenshteinDistance.getDefaultInstance();
        return KNOWN.stream()
                .min(Comparator.comparing(known -> distance.apply(key, known)))
                .orElseThrow();
    }
}
