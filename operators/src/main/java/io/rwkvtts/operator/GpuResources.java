package io.rwkvtts.operator;

import java.util.List;
import org.apache.flink.api.common.externalresource.ExternalResourceInfo;
import org.apache.flink.api.common.functions.RuntimeContext;

/**
 * The GPUs that Flink manages for a TaskManager, as its plugin {@code external-resource-gpu} finds
 * them. All subtasks of a TaskManager see all of them.
 */
final class GpuResources {

    /** Name of the resource in Flink's option {@code external-resources}. */
    private static final String RESOURCE = "gpu";

    private static final String INDEX = "index";

    private static final String NUMBER = "[0-9]{1,9}";

    private GpuResources() {}

    /**
     * Their numbers, ascending; none where Flink manages none.
     *
     * @throws IllegalArgumentException if the script that finds them gives something else
     */
    static List<Integer> of(RuntimeContext context) {
        return context.getExternalResourceInfos(RESOURCE).stream()
                .map(GpuResources::index)
                .sorted()
                .toList();
    }

    private static int index(ExternalResourceInfo gpu) {
        String index = gpu.getProperty(INDEX).orElse("").strip();
        if (!index.matches(NUMBER)) {
            throw new IllegalArgumentException(
                    "Flink's external resource '%s' has the %s '%s': expected the number of a CUDA device from its discovery script"
                            .formatted(RESOURCE, INDEX, index));
        }
        return Integer.parseInt(index);
    }
}
