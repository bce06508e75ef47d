package io.rwkvtts.cli;

import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.WavFile;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.SourceDataLine;

/** Where a command puts sound. Belongs to one thread. */
interface AudioSink extends AutoCloseable {

    /**
     * Takes the next samples.
     *
     * @param pcm 16-bit little-endian
     */
    void write(byte[] pcm) throws IOException;

    @Override
    void close() throws IOException;

    /** A file that is whole at any moment. */
    static AudioSink file(Path path, int sampleRate) throws IOException {
        WavFile wav = new WavFile(path, sampleRate);
        return new AudioSink() {
            @Override
            public void write(byte[] pcm) throws IOException {
                wav.append(pcm);
            }

            @Override
            public void close() throws IOException {
                wav.close();
            }
        };
    }

    /** A WAV stream of unknown length, for a pipe: its header holds the largest length. */
    static AudioSink stream(OutputStream out, int sampleRate) throws IOException {
        OutputStream buffered = new BufferedOutputStream(out);
        buffered.write(WavFile.header(WavFile.MAX_DATA_BYTES, sampleRate));
        return new AudioSink() {
            @Override
            public void write(byte[] pcm) throws IOException {
                buffered.write(pcm);
                buffered.flush();
            }

            @Override
            public void close() throws IOException {
                buffered.flush();
            }
        };
    }

    /**
     * The machine's loudspeaker.
     *
     * @throws IOException if the machine has no sound device
     */
    static AudioSink loudspeaker(int sampleRate) throws IOException {
        AudioFormat format = new AudioFormat(sampleRate, 8 * Pcm16.BYTES, 1, true, false);
        SourceDataLine line;
        try {
            line = AudioSystem.getSourceDataLine(format);
            line.open(format);
        } catch (LineUnavailableException | IllegalArgumentException e) {
            throw new IOException(
                    "this machine has no sound device that plays %d Hz: write a file instead (%s)"
                            .formatted(sampleRate, e.getMessage()),
                    e);
        }
        line.start();
        return new AudioSink() {
            @Override
            public void write(byte[] pcm) {
                line.write(pcm, 0, pcm.length);
            }

            @Override
            public void close() {
                line.drain();
                line.close();
            }
        };
    }
}
