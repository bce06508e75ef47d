package io.rwkvtts.engine.cuda;

import ai.onnxruntime.OrtException;
import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.engine.CallArguments;
import io.rwkvtts.engine.EngineSampler;
import io.rwkvtts.engine.InferenceException;
import io.rwkvtts.engine.LatestCall;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceMemory;
import io.rwkvtts.sampling.SamplingParameters;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * Draws tokens on a device, with one launch for all rows of a call. What is to be drawn and the
 * tokens are in memory shared with the host, {@value CudaDevice#DRAW_BYTES} and 4 bytes for a row.
 *
 * <p>Owns that memory and the scratch memory of the kernel.
 */
final class DeviceSampler implements EngineSampler, AutoCloseable {

    /** {@code kMostLogits} of the kernel. */
    static final int MOST_LOGITS = 131_072;

    // Places in the struct Draw of sample.cuh.
    private static final int TEMPERATURE = 0;
    private static final int TOP_P = 8;
    private static final int UNIFORM = 16;
    private static final int TOP_K = 24;
    private static final int LENGTH = 28;
    private static final int FORBIDDEN = 32;
    private static final int ROW = 36;

    private final CudaDevice device;
    private final int slots;
    private final int headRows;
    private final CallArguments arguments;
    private final LatestCall latest;
    private final Supplier<DeviceMemory> logits;
    private final List<DeviceMemory> all = new ArrayList<>();
    private final DeviceMemory draws;
    private final DeviceMemory tokens;
    private final DeviceMemory scratch;
    private final ByteBuffer drawValues;
    private final ByteBuffer tokenValues;
    private boolean closed;

    /**
     * @param slots most draws at once
     * @param headRows logits of a row
     * @param latest knows the rows of slots
     * @param logits of the latest call, [rows, headRows], on the device
     * @throws OrtException if there is not as much memory
     * @throws ModelFormatException if the kernel can't hold as many logits
     */
    DeviceSampler(
            CudaDevice device,
            int slots,
            int headRows,
            CallArguments arguments,
            LatestCall latest,
            Supplier<DeviceMemory> logits)
            throws OrtException {
        if (headRows > MOST_LOGITS) {
            throw new ModelFormatException(
                    "the model has %d logits: a device draws from at most %d"
                            .formatted(headRows, MOST_LOGITS));
        }
        this.device = device;
        this.slots = slots;
        this.headRows = headRows;
        this.arguments = arguments;
        this.latest = latest;
        this.logits = logits;
        try {
            draws = own(device.allocateShared(Math.multiplyExact(slots, CudaDevice.DRAW_BYTES)));
            tokens = own(device.allocateShared(Math.multiplyExact(slots, Integer.BYTES)));
            scratch = own(device.allocate(2L * slots * headRows * Double.BYTES));
        } catch (OrtException | RuntimeException e) {
            close();
            throw e;
        }
        drawValues = draws.buffer();
        tokenValues = tokens.buffer();
    }

    private DeviceMemory own(DeviceMemory memory) {
        all.add(memory);
        return memory;
    }

    @Override
    public void put(
            int index,
            int slot,
            int length,
            int forbidden,
            SamplingParameters parameters,
            double u) {
        checkOpen();
        Objects.checkIndex(index, slots);
        int row = latest.rowOf(arguments.checkSlot(slot));
        if (length < 1 || length > headRows) {
            throw new IllegalArgumentException(
                    "length is " + length + ", expected 1 to " + headRows);
        }
        if (!(u >= 0 && u < 1)) {
            throw new IllegalArgumentException("u is " + u + ", expected 0 or more, less than 1");
        }
        int at = index * CudaDevice.DRAW_BYTES;
        drawValues.putDouble(at + TEMPERATURE, parameters.temperature());
        drawValues.putDouble(at + TOP_P, parameters.topP());
        drawValues.putDouble(at + UNIFORM, u);
        drawValues.putInt(at + TOP_K, parameters.topK());
        drawValues.putInt(at + LENGTH, length);
        drawValues.putInt(at + FORBIDDEN, forbidden);
        drawValues.putInt(at + ROW, row);
    }

    @Override
    public void draw(int count) {
        checkOpen();
        Objects.checkFromToIndex(1, count, slots + 1);
        try {
            device.sample(draws, logits.get(), headRows, scratch, tokens, count);
        } catch (OrtException e) {
            throw new InferenceException("tokens could not be drawn on the device", e);
        }
    }

    @Override
    public int token(int index) {
        checkOpen();
        return tokenValues.getInt(Objects.checkIndex(index, slots) * Integer.BYTES);
    }

    private void checkOpen() {
        if (closed) {
            throw new IllegalStateException("the engine is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        all.forEach(DeviceMemory::close);
    }
}
