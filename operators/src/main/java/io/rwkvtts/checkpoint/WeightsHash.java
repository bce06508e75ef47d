package io.rwkvtts.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over names, shapes and values of tensors, in the order they are added. */
final class WeightsHash {

    private final MessageDigest digest;
    private final ByteBuffer bytes = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);

    WeightsHash() {
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    void begin(OfficialTensor tensor) {
        digest.update((tensor.name() + tensor.shape()).getBytes(StandardCharsets.UTF_8));
    }

    void add(float[] values) {
        FloatBuffer floats = bytes.asFloatBuffer();
        for (int done = 0; done < values.length; done += floats.capacity()) {
            int count = Math.min(floats.capacity(), values.length - done);
            floats.clear().put(values, done, count);
            digest.update(bytes.array(), 0, count * Float.BYTES);
        }
    }

    String hex() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
