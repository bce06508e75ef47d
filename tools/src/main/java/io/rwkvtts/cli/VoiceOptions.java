package io.rwkvtts.cli;

import io.rwkvtts.protocol.Voice;
import io.rwkvtts.protocol.VoiceFileReader;
import io.rwkvtts.protocol.VoiceProperties;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Option;

/** Which voice is used: that of a recording, or one described by properties. */
final class VoiceOptions {

    @Option(
            names = "--voice",
            paramLabel = "FILE.raf.json",
            description = "use the voice of a recording; excludes the following")
    private Path file;

    @ArgGroup(exclusive = false)
    private Properties properties = new Properties();

    private static final class Properties {

        @Option(
                names = "--age",
                paramLabel = "NAME",
                description = "child, teenager, youth-adult (default), middle-aged, elderly")
        private String age;

        @Option(names = "--gender", paramLabel = "NAME", description = "female (default), male")
        private String gender;

        @Option(
                names = "--emotion",
                paramLabel = "NAME",
                description =
                        "UNKNOWN, NEUTRAL (default), ANGRY, HAPPY, SAD, FEARFUL, DISGUSTED,"
                                + " SURPRISED, SARCASTIC, EXCITED, SLEEPY, CONFUSED, EMPHASIS,"
                                + " LAUGHING, SINGING, WORRIED, WHISPER, ANXIOUS, NO-AGREEMENT,"
                                + " APOLOGETIC, CONCERNED, ENUNCIATED, ASSERTIVE, ENCOURAGING,"
                                + " CONTEMPT")
        private String emotion;

        @Option(
                names = "--pitch",
                paramLabel = "NAME",
                description = "low_pitch, medium_pitch (default), high_pitch, very_high_pitch")
        private String pitch;

        @Option(
                names = "--speed",
                paramLabel = "NAME",
                description = "very_slow, slow, medium (default), fast, very_fast")
        private String speed;
    }

    /**
     * The voice of the recording, if one was named.
     *
     * @throws io.rwkvtts.protocol.VoiceFileException if its file cannot be used
     */
    Optional<Voice> recorded() {
        return Optional.ofNullable(file).map(path -> VoiceFileReader.read(path).voice());
    }

    /**
     * The voice by properties.
     *
     * @throws IllegalArgumentException for an unknown name
     */
    VoiceProperties properties() {
        return VoiceProperties.of(
                properties.age,
                properties.gender,
                properties.emotion,
                properties.pitch,
                properties.speed);
    }
}
