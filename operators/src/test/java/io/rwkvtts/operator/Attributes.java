package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestAttributes;
import java.lang.reflect.RecordComponent;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;

/** Request attributes of which a few are given. */
final class Attributes {

    private Attributes() {}

    static RequestAttributes of(String name, Object value) {
        return of(Collections.singletonMap(name, value));
    }

    static RequestAttributes of(Map<String, Object> given) {
        Map<String, Object> left = new HashMap<>(given);
        RecordComponent[] components = RequestAttributes.class.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = left.remove(components[i].getName());
        }
        if (!left.isEmpty()) {
            throw new IllegalArgumentException("no attributes " + left.keySet());
        }
        try {
            return RequestAttributes.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
