package io.rwkvtts.engine.device;

import java.util.List;

/** Every CUDA device that could be taken has an engine in this process already. */
public final class DeviceTakenException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DeviceTakenException(List<Integer> indexes) {
        super(
                "another engine of this process computes on CUDA device %s, and one device is for one engine: lower tts.parallelism, or the slots of a TaskManager, to the number of its devices"
                        .formatted(
                                String.join(", ", indexes.stream().map(String::valueOf).toList())));
    }
}
