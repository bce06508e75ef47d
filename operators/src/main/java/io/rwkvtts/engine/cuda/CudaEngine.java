package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OrtException;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.checkpoint.ModelShape;
import io.rwkvtts.engine.CallArguments;
import io.rwkvtts.engine.EngineModel;
import io.rwkvtts.engine.EngineOptions;
import io.rwkvtts.engine.EngineSampler;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.InvarianceCheck;
import io.rwkvtts.engine.LatestCall;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.engine.SamplingCheck;
import io.rwkvtts.engine.SamplingPlace;
import io.rwkvtts.engine.graph.NumericsId;
import io.rwkvtts.model.GraphForm;
import io.rwkvtts.model.ModelDirectory;
import io.rwkvtts.onnx.CudaDevice;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link InferenceEngine} on a CUDA device. Experimental: never run on a card.
 *
 * <p>The states of all slots stay in the memory of the device and are updated in place; a call
 * names the slots of its rows. Tokens and logits are in memory that the device and the host share,
 * so that a step copies nothing; where the device draws the tokens, the logits stay on it. State
 * layout 1, as in {@link io.rwkvtts.engine.cpu.CpuEngine}. 8-bit weights yield the bits that {@link
 * io.rwkvtts.model.Quantization#INT8_NATIVE} yields there, 16-bit ones the numbers of {@link
 * io.rwkvtts.model.Quantization#FP16} up to rounding.
 */
public final class CudaEngine implements InferenceEngine {

    private static final Logger LOG = LoggerFactory.getLogger(CudaEngine.class);

    private final CudaDevice device;
    private final SamplingPlace sampling;
    private final int slots;
    private final int vocabRows;
    private final int headRows;
    private final BatchClasses classes;
    private final CallArguments arguments;
    private final LatestCall latest;

    /** What was opened, the last one first. */
    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    private final CudaSession session;
    private final SlotStates states;
    private final CallMemory stepMemory;
    private final StepRuns steps;
    private CallMemory promptMemory;

    /** Where the logits of the latest call are. */
    private CallMemory latestMemory;

    /** Draws the tokens on the device; null if the host is to draw them. */
    private DeviceSampler sampler;

    private EngineModel model;
    private long deviceBytes;
    private boolean closed;

    private CudaEngine(
            ModelDirectory directory, EngineOptions options, CudaDevice device, Launching launching)
            throws OrtException {
        this.device = device;
        sampling = options.sampling();
        slots = options.slots();
        vocabRows = directory.shape().vocabRows();
        headRows = directory.headRows();
        classes = new BatchClasses(slots);
        arguments = new CallArguments(slots, vocabRows);
        latest = new LatestCall(slots, headRows);
        try {
            session = open(new CudaSession(directory, device, launching));
            states = open(new SlotStates(device, slots, stateBytes(directory.shape())));
            stepMemory = open(new CallMemory(device, slots, slots, headRows, sampling));
            steps = open(new StepRuns(session, states, stepMemory, classes));
            latestMemory = stepMemory;
            if (sampling == SamplingPlace.DEVICE) {
                sampler = open(deviceSampler());
            }
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private DeviceSampler deviceSampler() throws OrtException {
        return new DeviceSampler(
                device, slots, headRows, arguments, latest, () -> latestMemory.logits());
    }

    private <T extends AutoCloseable> T open(T resource) {
        opened.push(resource);
        return resource;
    }

    /**
     * Loads a model, with captured steps if the device allows it. Tokens that the device should
     * draw are drawn on the host, with a line in the log, if the self-test finds that it draws
     * others.
     *
     * @throws ModelFormatException if the model is not one for CUDA devices
     * @throws InferenceException if the device can't run it, or not with the results it should have
     */
    public static CudaEngine open(
            ModelDirectory directory, EngineOptions options, CudaDevice device) {
        if (directory.quantization().graph() != GraphForm.CUDA) {
            throw new ModelFormatException(
                    "%s was exported as %s, which is not for CUDA devices: export it again"
                            .formatted(directory.path(), directory.quantization()));
        }
        if (!device.isEmulated()) {
            try {
                return open(directory, options, device, Launching.CAPTURED);
            } catch (InferenceException e) {
                LOG.warn("No captured steps on {}: {}", device, e.getMessage());
            }
        }
        return open(directory, options, device, Launching.EAGER);
    }

    private static CudaEngine open(
            ModelDirectory directory,
            EngineOptions options,
            CudaDevice device,
            Launching launching) {
        CudaEngine engine;
        long freeBytes;
        try {
            freeBytes = device.freeBytes();
            engine = new CudaEngine(directory, options, device, launching);
        } catch (OrtException e) {
            throw new InferenceException("the model can't be loaded on " + device, e);
        }
        try {
            engine.prepare(directory, options, launching);
            engine.deviceBytes = Math.max(0, freeBytes - device.freeBytes());
            return engine;
        } catch (OrtException e) {
            engine.close();
            throw new InferenceException("the memory of " + device + " is not known", e);
        } catch (RuntimeException | Error e) {
            engine.close();
            throw e;
        }
    }

    private void prepare(ModelDirectory directory, EngineOptions options, Launching launching) {
        model =
                new EngineModel(
                        directory.weightsId(),
                        NumericsId.of(this, vocabRows, directory),
                        directory.stateLayout(),
                        vocabRows,
                        headRows,
                        states.stateBytes());
        if (options.selfTest()) {
            Optional<String> difference = new InvarianceCheck(this, classes.all()).run();
            if (difference.isPresent()) {
                throw new InferenceException(
                        "the results on " + device + " are not the same bits",
                        new IllegalStateException(difference.get()));
            }
            checkSampler();
        }
        // What the checks fed is nobody's latest call.
        latest.begin();
        LOG.info(
                "Loaded {} on {} (experimental, {}): {} slots of {} bytes; weights {}, numerics {}",
                directory.path(),
                device,
                launching,
                slots,
                states.stateBytes(),
                model.weightsId(),
                model.numericsId());
    }

    private void checkSampler() {
        if (sampler != null) {
            new SamplingCheck(this, sampler)
                    .run()
                    .ifPresent(
                            difference -> {
                                LOG.warn(
                                        "Tokens are drawn on the host: {} differs on {}",
                                        difference,
                                        device);
                                sampler = null;
                            });
        }
    }

    /** Bytes of a state: token-shift vectors and matrices. */
    private static int stateBytes(ModelShape shape) {
        long floats = (long) shape.layers() * shape.width() * (2 + shape.headSize());
        return Math.toIntExact(floats * Float.BYTES);
    }

    @Override
    public EngineModel model() {
        checkOpen();
        return model;
    }

    @Override
    public int slots() {
        checkOpen();
        return slots;
    }

    @Override
    public void clear(int slot) {
        checkOpen();
        states.clear(arguments.checkSlot(slot));
    }

    @Override
    public void prefill(List<PromptPiece> pieces) {
        checkOpen();
        arguments.checkPieces(pieces);
        latest.begin();
        int rows = pieces.size();
        int longest = pieces.stream().mapToInt(PromptPiece::length).max().orElseThrow();
        pieces.forEach(piece -> states.use(piece.slot()));
        try {
            reservePrompts(Math.multiplyExact(rows, longest));
            promptMemory.putPieces(pieces, longest);
            try (CallTensors call = promptMemory.tensors(states.tensor(), rows, longest)) {
                session.run(call);
            }
        } catch (OrtException e) {
            throw new InferenceException("a prompt finds no memory", e);
        }
        latestMemory = promptMemory;
        for (int row = 0; row < rows; row++) {
            latest.fed(pieces.get(row).slot(), row);
        }
    }

    private void reservePrompts(int tokens) throws OrtException {
        if (promptMemory == null || !promptMemory.holds(tokens)) {
            if (promptMemory != null) {
                promptMemory.close();
            }
            promptMemory = null;
            promptMemory = new CallMemory(device, slots, tokens, headRows, sampling);
        }
    }

    @Override
    public void step(int[] slotOf, int[] tokens, int count) {
        checkOpen();
        arguments.checkStep(slotOf, tokens, count);
        latest.begin();
        for (int i = 0; i < count; i++) {
            states.use(slotOf[i]);
        }
        steps.run(slotOf, tokens, count);
        latestMemory = stepMemory;
        for (int row = 0; row < count; row++) {
            latest.fed(slotOf[row], row);
        }
    }

    @Override
    public void logits(int slot, float[] destination, int count) {
        checkOpen();
        int row = latest.rowOf(arguments.checkSlot(slot));
        latest.checkLogits(destination, count);
        latestMemory.copyLogits(row, destination, count);
    }

    @Override
    public Optional<EngineSampler> sampler() {
        checkOpen();
        return Optional.ofNullable(sampler);
    }

    @Override
    public byte[] saveState(int slot) {
        checkOpen();
        return states.save(arguments.checkSlot(slot));
    }

    @Override
    public void loadState(int slot, byte[] state) {
        checkOpen();
        arguments.checkSlot(slot);
        if (state.length != states.stateBytes()) {
            throw new IllegalArgumentException(
                    "a state of %d bytes: expected %d, the state of this model"
                            .formatted(state.length, states.stateBytes()));
        }
        states.load(slot, state);
    }

    @Override
    public long deviceBytes() {
        return deviceBytes;
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (promptMemory != null) {
            promptMemory.close();
        }
        for (AutoCloseable resource : opened) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn("The memory of {} could not be freed", device, e);
            }
        }
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }
}
