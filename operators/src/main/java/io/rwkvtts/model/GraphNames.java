package io.rwkvtts.model;

/** Names of the inputs and outputs of an exported graph; {@code Rwkv7Graph} describes them. */
public final class GraphNames {

    public static final String TOKENS = "tokens";
    public static final String LENGTHS = "lengths";
    public static final String LOGITS = "logits";
    public static final String SHIFT = "shift";

    /** Of the form for CUDA devices. */
    public static final String SLOTS = "slots";

    /** Of the form for CUDA devices: updated in place. */
    public static final String STATES = "states";

    private GraphNames() {}

    /** The matrix state of a layer. */
    public static String wkv(int layer) {
        return "wkv." + layer;
    }

    /** The output that is the new value of a state input. */
    public static String newState(String input) {
        return input + ".out";
    }
}
