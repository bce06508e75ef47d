package io.rwkvtts.engine.device;

/** What an engine is to compute on. */
public enum Device {

    /** A CUDA device if there is one that the model can run on, else the CPU. */
    AUTO,

    /** The CPU, even if there is a CUDA device. */
    CPU,

    /** A CUDA device, and nothing else. */
    CUDA
}
