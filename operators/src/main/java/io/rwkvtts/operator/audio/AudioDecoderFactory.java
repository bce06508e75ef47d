package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.AudioDecoder;
import java.io.IOException;
import java.io.Serializable;

/** Opens a decoder on the TaskManager that will use it. */
@FunctionalInterface
interface AudioDecoderFactory extends Serializable {

    /**
     * A new decoder, owned by the caller.
     *
     * @throws IOException if its file cannot be read, or is no decoder
     */
    AudioDecoder open() throws IOException;
}
