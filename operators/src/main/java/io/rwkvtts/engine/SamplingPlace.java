package io.rwkvtts.engine;

/** Where tokens are drawn from the logits of an engine on a device. The tokens are the same. */
public enum SamplingPlace {

    /** On the host, which the device writes all logits to. */
    HOST,

    /** On the device, which the logits stay on: only the tokens go to the host. */
    DEVICE
}
