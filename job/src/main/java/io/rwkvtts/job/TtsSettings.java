package io.rwkvtts.job;

import io.rwkvtts.engine.device.Device;
import io.rwkvtts.job.kafka.KafkaSettings;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.operator.EngineFactory;
import io.rwkvtts.operator.StandbyEngines;
import io.rwkvtts.operator.SwitchableSettings;
import io.rwkvtts.operator.SynthesisSettings;
import io.rwkvtts.operator.audio.AudioSettings;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.apache.flink.configuration.ReadableConfig;

/**
 * All that the job is built from, checked.
 *
 * @param kafka ends in Kafka
 * @param synthesis what the operators need to know
 * @param engines opens the engines of the subtasks
 * @param engine how many engines there are, and how large each is
 * @param audio how tokens become sound; empty if the job writes tokens only
 * @param switchable what may change while the job runs, if it has a topic of changes
 */
public record TtsSettings(
        KafkaSettings kafka,
        SynthesisSettings synthesis,
        EngineFactory engines,
        EngineSettings engine,
        Optional<AudioSettings> audio,
        SwitchableSettings switchable) {

    /**
     * Reads the options.
     *
     * @param model the model that {@link SpeechModel#MODEL} and its companions lead to
     * @throws IllegalArgumentException for a value that cannot work; names the option, and for
     *     voices also the file
     * @throws IOException if the audio decoder's file is missing or of a wrong kind
     */
    public static TtsSettings from(ReadableConfig config, SpeechModel model) throws IOException {
        EngineSettings engine = EngineSettings.from(config);
        DeviceSettings device = DeviceSettings.from(config);
        ModelDirectory directory = model.directory();
        long stateBytes = directory.shape().stateFloats() * Float.BYTES;
        SynthesisSettings synthesis =
                SynthesisSettings.from(config, model.vocabulary(), stateBytes);
        MemoryNeed need =
                MemoryNeed.of(
                        directory.shape(),
                        directory.headRows(),
                        directory.quantization(),
                        engine.slots(),
                        synthesis);
        if (device.device() == Device.CUDA) {
            DeviceSettings.requireCudaWeights(directory);
            need =
                    need.onDevice(
                            directory.shape(),
                            directory.headRows(),
                            directory.quantization(),
                            engine.slots());
        }
        return new TtsSettings(
                KafkaSettings.from(config),
                synthesis,
                new OnnxEngineFactory(model.forms(), device, engine, need),
                engine,
                AudioSettings.from(config),
                SwitchableSettings.from(config, stateBytes));
    }

    /**
     * Opens the engines of this process before it has tasks ({@link StandbyEngines}).
     *
     * @param keep whether to keep those that a job leaves, for the next one
     * @throws IOException as {@link EngineFactory#open}
     * @throws IllegalArgumentException as {@link EngineFactory#open}
     */
    public void openEngines(boolean keep) throws IOException {
        StandbyEngines.open(engines, engine.perProcess(), keep);
    }

    /** The topics of the job. */
    public List<String> topics() {
        return kafka.topics().names(audio.isPresent());
    }
}
