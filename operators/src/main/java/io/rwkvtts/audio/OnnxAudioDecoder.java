package io.rwkvtts.audio;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import ai.onnxruntime.TensorInfo;
import io.rwkvtts.file.FileKind;
import io.rwkvtts.onnx.OnnxRuntime;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;

/**
 * A decoder in ONNX with the signature of BiCodec's detokenizer (spec 4.5): {@code semantic_tokens}
 * int64 [1, t] and {@code global_tokens} int64 [1, 1, 32]; the first output is float32, t times the
 * samples of a token in any number of leading dimensions of 1.
 *
 * <p>One session with one thread a call. At most as many calls run at once as it was opened for, so
 * that its memory is bounded; further callers wait.
 */
public final class OnnxAudioDecoder implements AudioDecoder {

    private static final String SEMANTICS = "semantic_tokens";
    private static final String GLOBALS_INPUT = "global_tokens";

    private final Path file;
    private final CodecFormat format;
    private final OrtSession session;
    private final String output;
    private final Semaphore calls;

    private OnnxAudioDecoder(Path file, CodecFormat format, OrtSession session, int calls)
            throws IOException, OrtException {
        this.file = file;
        this.format = format;
        this.session = session;
        this.calls = new Semaphore(calls);
        output = checkSignature(file, session);
    }

    /**
     * Opens a decoder, with the format in {@value CodecFormat#FILE} beside it.
     *
     * @param calls that may run at once, at least 1
     * @throws AudioFormatException if the file is no such decoder; says what it is
     * @throws io.rwkvtts.onnx.OnnxUnavailableException if ONNX Runtime can't be loaded
     */
    public static OnnxAudioDecoder open(Path file, int calls) throws IOException {
        CodecFormat format = formatOf(file);
        try (SessionOptions options = new SessionOptions()) {
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            OrtSession session = OnnxRuntime.environment().createSession(file.toString(), options);
            try {
                return new OnnxAudioDecoder(file, format, session, calls);
            } catch (IOException | OrtException | RuntimeException e) {
                session.close();
                throw e;
            }
        } catch (OrtException e) {
            throw new AudioFormatException(
                    "%s is no ONNX model that ONNX Runtime %s can load: %s"
                            .formatted(file, OnnxRuntime.version(), e.getMessage()),
                    e);
        }
    }

    /**
     * What a decoder makes of a token, without opening it.
     *
     * @throws AudioFormatException if the file, or {@value CodecFormat#FILE} beside it, can't be
     *     one; says what it is
     */
    public static CodecFormat formatOf(Path file) throws IOException {
        requireOnnx(file);
        return CodecFormat.beside(file);
    }

    /** ONNX Runtime's own message for another kind of file names none. */
    private static void requireOnnx(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            throw new AudioFormatException(
                    Files.exists(file)
                            ? "%s is no file: expected a decoder such as BiCodecDetokenize.onnx"
                                    .formatted(file)
                            : "%s does not exist".formatted(file),
                    new NoSuchFileException(file.toString()));
        }
        Optional<FileKind> kind = FileKind.of(file).filter(k -> k != FileKind.ONNX);
        if (kind.isPresent()) {
            throw new AudioFormatException(
                    "%s is %s, expected a decoder in ONNX such as BiCodecDetokenize.onnx%s"
                            .formatted(
                                    file,
                                    kind.get().what(),
                                    kind.get().remedy().map(r -> ". " + r).orElse("")));
        }
    }

    /** The name of the first output. */
    private static String checkSignature(Path file, OrtSession session)
            throws IOException, OrtException {
        Map<String, NodeInfo> inputs = session.getInputInfo();
        checkInput(file, inputs, SEMANTICS, 1, -1);
        checkInput(file, inputs, GLOBALS_INPUT, 1, 1, GLOBALS);
        if (inputs.size() != 2) {
            throw new AudioFormatException(
                    "%s has inputs %s, expected %s and %s only"
                            .formatted(file, inputs.keySet(), SEMANTICS, GLOBALS_INPUT));
        }
        NodeInfo first = session.getOutputInfo().values().iterator().next();
        if (!(first.getInfo() instanceof TensorInfo tensor) || tensor.type != OnnxJavaType.FLOAT) {
            throw new AudioFormatException(
                    "%s: output %s is %s, expected samples in 32-bit floats"
                            .formatted(file, first.getName(), first.getInfo()));
        }
        return first.getName();
    }

    private static void checkInput(
            Path file, Map<String, NodeInfo> inputs, String name, long... expected)
            throws AudioFormatException {
        NodeInfo info = inputs.get(name);
        if (info == null
                || !(info.getInfo() instanceof TensorInfo tensor)
                || tensor.type != OnnxJavaType.INT64
                || !fits(tensor.getShape(), expected)) {
            throw new AudioFormatException(
                    "%s: input %s is %s, expected 64-bit integers %s (-1: any size)"
                            .formatted(
                                    file,
                                    name,
                                    info == null ? "missing" : info.getInfo(),
                                    Arrays.toString(expected)));
        }
    }

    /** A size that the model leaves open fits any; one that must be open may not be fixed. */
    private static boolean fits(long[] found, long[] expected) {
        if (found.length != expected.length) {
            return false;
        }
        for (int i = 0; i < found.length; i++) {
            if (found[i] != -1 && found[i] != expected[i]) {
                return false;
            }
        }
        return true;
    }

    @Override
    public CodecFormat format() {
        return format;
    }

    @Override
    public float[] decode(int[] semantics, int[] globals) {
        TokenIds.requireSemantics(semantics);
        TokenIds.requireGlobals(globals);
        if (semantics.length == 0) {
            throw new IllegalArgumentException("no semantic tokens, expected at least 1");
        }
        calls.acquireUninterruptibly();
        try {
            return run(semantics, globals);
        } catch (OrtException e) {
            throw new AudioException("%s failed to decode: %s".formatted(file, e.getMessage()), e);
        } finally {
            calls.release();
        }
    }

    private float[] run(int[] semantics, int[] globals) throws OrtException {
        try (OnnxTensor tokens = integers(semantics, 1, semantics.length);
                OnnxTensor speaker = integers(globals, 1, 1, globals.length);
                OrtSession.Result result =
                        session.run(
                                Map.of(SEMANTICS, tokens, GLOBALS_INPUT, speaker),
                                Set.of(output))) {
            FloatBuffer samples = ((OnnxTensor) result.get(0)).getFloatBuffer();
            int expected = semantics.length * format.samplesPerToken();
            if (samples.remaining() != expected) {
                throw new AudioException(
                        "%s gave %d samples for %d tokens, expected %d: set samplesPerToken in %s"
                                .formatted(
                                        file,
                                        samples.remaining(),
                                        semantics.length,
                                        expected,
                                        CodecFormat.FILE));
            }
            float[] array = new float[expected];
            samples.get(array);
            return array;
        }
    }

    private static OnnxTensor integers(int[] ids, long... shape) throws OrtException {
        long[] wide = Arrays.stream(ids).asLongStream().toArray();
        return OnnxTensor.createTensor(OnnxRuntime.environment(), LongBuffer.wrap(wide), shape);
    }

    @Override
    public void close() {
        try {
            session.close();
        } catch (OrtException e) {
            throw new AudioException("%s can't be closed: %s".formatted(file, e.getMessage()), e);
        }
    }
}
