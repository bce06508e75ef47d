package io.rwkvtts.synthesis;

import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Request attributes for tests, by their names. */
public final class Attributes {

    private Attributes() {}

    /** One is given. */
    public static RequestAttributes of(String name, Object value) {
        return of(Collections.singletonMap(name, value));
    }

    /** Some are given. */
    public static RequestAttributes of(Map<String, Object> given) {
        Map<String, Object> left = new HashMap<>(given);
        RequestAttributes attributes = fill(RequestAttributes.class, left);
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("no attributes " + left.keySet());
        }
        return attributes;
    }

    /** All are given: those of {@code TextEvents.full()}. */
    public static RequestAttributes full() {
        return new RequestAttributes(
                new RequestedVoice("anna", "elderly", "male", "HAPPY", "low_pitch", "fast"),
                new RequestedSampling(0.7, 0.9, 50, -1L),
                500,
                1,
                -3,
                1_800_000_000_000L,
                2_500L,
                "acme");
    }

    /** A record whose components, and those of the records in it, have what is given by name. */
    private static <T> T fill(Class<T> type, Map<String, Object> left) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] =
                    types[i].isRecord()
                            ? fill(types[i], left)
                            : left.remove(components[i].getName());
        }
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
