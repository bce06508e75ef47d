package io.rwkvtts.cli;

import io.rwkvtts.job.TestVectors;
import io.rwkvtts.local.DemoVoice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Models and vocabularies to generate with, in a directory that is also the cache.
 *
 * @param directory holds {@link #VOCABULARIES}
 * @param model the TTS model of the published vectors
 * @param demo the demo voice
 */
record SpeechFiles(Path directory, Path model, DemoVoice demo) {

    /** One vocabulary in three forms. */
    static final List<String> VOCABULARIES =
            List.of("mini_vocab.txt", "mini_tokenizer.json", "mini_tokenizer_latin1.json");

    static SpeechFiles unpack(Path directory) throws IOException {
        for (String vocabulary : VOCABULARIES) {
            TestVectors.unpack(vocabulary, directory);
        }
        return new SpeechFiles(
                directory,
                TestVectors.unpack("tts-l2-d64-webrwkv-f16.safetensors", directory),
                DemoVoice.unpack(directory.resolve("demo-voice")));
    }

    /** Writes a checkpoint of another architecture. */
    static Path writeForeign(Path file) throws IOException {
        String header =
                "{\"h.0.attn.weight\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
        return Files.writeString(file, (char) header.length() + "\0\0\0\0\0\0\0" + header);
    }

    /** Runs {@code tts generate} with one of {@link #VOCABULARIES}. */
    TtsRun generate(Path model, String vocabulary, List<String> options) {
        return generate(model, directory.resolve(vocabulary), options);
    }

    /** Runs {@code tts generate}. */
    TtsRun generate(Path model, Path vocabulary, List<String> options) {
        List<String> arguments = new ArrayList<>();
        arguments.add("generate");
        arguments.add("--cache=" + directory.resolve("cache"));
        arguments.add("--model=" + model);
        arguments.add("--vocab=" + vocabulary);
        arguments.addAll(options);
        return TtsRun.of(arguments);
    }
}
