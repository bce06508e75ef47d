package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestAttributes;
import java.lang.reflect.RecordComponent;

/** Request attributes of which one is given. */
final class Attributes {

    private Attributes() {}

    static RequestAttributes of(String name, Object value) {
        RecordComponent[] components = RequestAttributes.class.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        boolean found = false;
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            if (components[i].getName().equals(name)) {
                values[i] = value;
                found = true;
            }
        }
        if (!found) {
            throw new IllegalArgumentException("no attribute " + name);
        }
        try {
            return RequestAttributes.class.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
