package io.rwkvtts.engine.cuda;

/** How the kernels of a step get to the device. */
enum Launching {

    /** All at once, as a CUDA graph that was captured when the engine was opened. */
    CAPTURED,

    /** One by one. */
    EAGER
}
