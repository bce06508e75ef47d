package io.rwkvtts.checkpoint;

import java.util.List;

/**
 * Name and shape of one tensor in the official form (spec 1.2).
 *
 * @param name such as {@code blocks.3.att.w1}
 * @param shape row-major; vectors that are stored as [1, 1, D] have that shape here
 */
record OfficialTensor(String name, List<Integer> shape) {

    static OfficialTensor of(String name, Integer... shape) {
        return new OfficialTensor(name, List.of(shape));
    }

    long elements() {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
    }

    /** Whether this is one vector of length D, stored as [D] or [1, 1, D]; matrices have rank 2. */
    boolean isVector() {
        return shape.size() != 2;
    }
}
