package io.rwkvtts.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rwkvtts.checkpoint.ModelFormatException;
import io.rwkvtts.engine.CallArguments;
import io.rwkvtts.engine.EngineSampler;
import io.rwkvtts.engine.LatestCall;
import io.rwkvtts.onnx.CudaDevice;
import io.rwkvtts.onnx.DeviceMemory;
import io.rwkvtts.sampling.InvalidLogitsException;
import io.rwkvtts.sampling.Sampler;
import io.rwkvtts.sampling.SamplingParameters;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@link DeviceSampler} on an emulated device against the sampler of the host. */
class CudaSamplerTest {

    private static final int SLOTS = 64;
    private static final int THREADS = 256;

    private static final double[] TEMPERATURES = {
        1, 0, 0.1, 0.7, 1, 1.3, 4, Double.MIN_VALUE, 1e-9, 1e9, Double.MAX_VALUE
    };
    private static final double[] TOP_PS = {
        0.95, 0, 0.1, 0.5, 0.95, 0.999, 1, 1 - 1e-9, 1 - 1e-12, Math.nextDown(1.0), Double.MIN_VALUE
    };
    private static final int[] TOP_KS = {80, 0, 1, 2, 5, 20, 80, 300, 5_000, Integer.MAX_VALUE};
    private static final double[] UNIFORMS = {0, Math.nextDown(1.0), Double.MIN_VALUE, 0.5};

    private record Row(
            float[] logits, int forbidden, SamplingParameters parameters, double uniform) {}

    private CudaDevice device;

    @BeforeEach
    void openDevice() {
        device = Emulation.device();
    }

    @AfterEach
    void resetSchedule() {
        Emulation.schedule(0);
    }

    @Test
    void testDrawsWhatTheHostDrawsFromFewLogits() throws Exception {
        compare(new Random(1), 60, 60);
    }

    @Test
    void testDrawsWhatTheHostDrawsFromSomeLogits() throws Exception {
        compare(new Random(2), 40, 900);
    }

    @Test
    void testDrawsWhatTheHostDrawsFromAllSemanticLogits() throws Exception {
        compare(new Random(3), 15, 8193);
    }

    /** That many calls, each of rows with up to that many logits. */
    private void compare(Random random, int calls, int mostLogits) throws Exception {
        Sampler host = new Sampler(mostLogits);
        LatestCall latest = new LatestCall(SLOTS, mostLogits);
        latest.begin();
        for (int slot = 0; slot < SLOTS; slot++) {
            // Rows in another order than slots.
            latest.fed(slot, SLOTS - 1 - slot);
        }
        try (DeviceMemory logits = device.allocate((long) SLOTS * mostLogits * Float.BYTES);
                DeviceSampler sampler = sampler(mostLogits, latest, logits)) {
            int drawn = 0;
            for (int call = 0; call < calls; call++) {
                Emulation.schedule(call % Emulation.SCHEDULES);
                List<Row> rows = new ArrayList<>();
                for (int slot = 0; slot < SLOTS; slot++) {
                    int length = slot % 3 == 0 ? mostLogits : 1 + random.nextInt(mostLogits);
                    Row row = row(random, length);
                    rows.add(row);
                    write(logits, SLOTS - 1 - slot, mostLogits, row.logits);
                    sampler.put(slot, slot, length, row.forbidden, row.parameters, row.uniform);
                }
                sampler.draw(SLOTS);
                for (int slot = 0; slot < SLOTS; slot++) {
                    Row row = rows.get(slot);
                    int expected = expected(host, row);
                    assertThat(sampler.token(slot))
                            .as(() -> row + " " + Arrays.toString(row.logits))
                            .isEqualTo(expected);
                    drawn += expected == EngineSampler.REFUSED ? 0 : 1;
                }
            }
            assertThat(drawn).isGreaterThan(calls * SLOTS * 3 / 4);
        }
    }

    private DeviceSampler sampler(int headRows, LatestCall latest, DeviceMemory logits)
            throws Exception {
        return new DeviceSampler(
                device, SLOTS, headRows, new CallArguments(SLOTS, 1), latest, () -> logits);
    }

    private static void write(DeviceMemory logits, int row, int stride, float[] values)
            throws Exception {
        ByteBuffer bytes =
                ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        logits.write((long) row * stride * Float.BYTES, bytes.array());
    }

    private static int expected(Sampler host, Row row) {
        try {
            return host.sample(
                    row.logits, row.logits.length, row.forbidden, row.parameters, row.uniform);
        } catch (InvalidLogitsException e) {
            return EngineSampler.REFUSED;
        }
    }

    private static Row row(Random random, int length) {
        SamplingParameters parameters =
                new SamplingParameters(
                        TEMPERATURES[random.nextInt(TEMPERATURES.length)],
                        TOP_PS[random.nextInt(TOP_PS.length)],
                        TOP_KS[random.nextInt(TOP_KS.length)]);
        int forbidden = random.nextInt(4) == 0 ? random.nextInt(length) : Sampler.NONE;
        double uniform =
                random.nextInt(4) == 0
                        ? UNIFORMS[random.nextInt(UNIFORMS.length)]
                        : random.nextDouble();
        return new Row(logits(random, length), forbidden, parameters, uniform);
    }

    /**
     * Of all kinds: flat, peaked, with ties, with weights that differ in the last bits, with minus
     * infinity, all equal, the largest all in one thread's share, now and then broken.
     */
    private static float[] logits(Random random, int length) {
        float[] logits = new float[length];
        double scale = new double[] {0, 1e-8, 1e-3, 1, 5, 30, 200, 1e30}[random.nextInt(8)];
        boolean ties = random.nextBoolean();
        boolean holes = random.nextInt(3) == 0;
        boolean together = random.nextInt(4) == 0;
        for (int id = 0; id < length; id++) {
            double logit = random.nextGaussian() * scale;
            if (together && id % THREADS == 7) {
                logit += 2 * scale;
            }
            boolean hole = holes && random.nextInt(3) == 0;
            logits[id] =
                    hole
                            ? Float.NEGATIVE_INFINITY
                            : (float) (ties ? Math.rint(logit * 4) / 4 : logit);
        }
        if (random.nextInt(20) == 0) {
            logits[random.nextInt(length)] =
                    random.nextBoolean() ? Float.NaN : Float.POSITIVE_INFINITY;
        }
        return logits;
    }

    @Test
    void testArgumentsOutOfRangeAreRefused() throws Exception {
        LatestCall latest = new LatestCall(SLOTS, 3);
        latest.begin();
        latest.fed(1, 0);
        SamplingParameters any = SamplingParameters.GLOBAL;
        try (DeviceMemory logits = device.allocate(SLOTS * 3 * Float.BYTES);
                DeviceSampler sampler = sampler(3, latest, logits)) {
            assertThatThrownBy(() -> sampler.put(0, 1, 0, Sampler.NONE, any, 0))
                    .hasMessage("length is 0, expected 1 to 3");
            assertThatThrownBy(() -> sampler.put(0, 1, 4, Sampler.NONE, any, 0))
                    .hasMessage("length is 4, expected 1 to 3");
            assertThatThrownBy(() -> sampler.put(0, 1, 3, Sampler.NONE, any, 1))
                    .hasMessage("u is 1.0, expected 0 or more, less than 1");
            assertThatThrownBy(() -> sampler.put(0, SLOTS, 3, Sampler.NONE, any, 0))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> sampler.put(0, 2, 3, Sampler.NONE, any, 0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("slot 2 has no logits");
            assertThatThrownBy(() -> sampler.put(SLOTS, 1, 3, Sampler.NONE, any, 0))
                    .isInstanceOf(IndexOutOfBoundsException.class);
            assertThatThrownBy(() -> sampler.draw(0)).isInstanceOf(RuntimeException.class);
            assertThatThrownBy(() -> sampler.draw(SLOTS + 1)).isInstanceOf(RuntimeException.class);
            sampler.close();
            assertThatThrownBy(() -> sampler.token(0))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessage("the engine is closed");
            assertThatThrownBy(() -> sampler.put(0, 1, 3, Sampler.NONE, any, 0))
                    .hasMessage("the engine is closed");
        }
        assertThatThrownBy(() -> sampler(DeviceSampler.MOST_LOGITS + 1, latest, null))
                .isInstanceOf(ModelFormatException.class)
                .hasMessageContaining("131073 logits");
    }
}
