package io.rwkvtts.onnx;

import java.net.URL;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The jars of ONNX Runtime in the class path, of which there must be one: those for CPUs and for
 * GPUs have the same classes, and which library is loaded with two of them depends on their order.
 */
final class RuntimeJars {

    private static final String CLASS = "ai/onnxruntime/OrtEnvironment.class";

    private RuntimeJars() {}

    /**
     * Requires that there are not two.
     *
     * @throws OnnxUnavailableException if there are; names them
     */
    static void requireOne() {
        requireOne(RuntimeJars.class.getClassLoader());
    }

    static void requireOne(ClassLoader loader) {
        Set<String> jars =
                loader.resources(CLASS)
                        .map(URL::toString)
                        .map(place -> place.replace("!/" + CLASS, "").replaceFirst("^jar:", ""))
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        if (jars.size() > 1) {
            throw new OnnxUnavailableException(
                    "there are two of ONNX Runtime in the class path, %s: expected either onnxruntime or, for GPUs, onnxruntime_gpu"
                            .formatted(String.join(" and ", jars)),
                    null);
        }
    }
}
