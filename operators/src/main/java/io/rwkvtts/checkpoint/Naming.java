package io.rwkvtts.checkpoint;

/** The public ways to name and orient the tensors of an RWKV-7 checkpoint (spec 1.7). */
public enum Naming {
    /** {@code blocks.i.att.w1} of shape [D, R], as in the published {@code .pth} files. */
    OFFICIAL("official"),
    /** The official names, the last two dimensions of all LoRA matrices swapped. */
    WEBRWKV("webrwkv"),
    /** {@code model.layers.i.attn.r_proj.weight}, as flash-linear-attention and Hugging Face. */
    FLA("fla");

    private final String label;

    Naming(String label) {
        this.label = label;
    }

    /** Name of this naming in JSON output. */
    public String label() {
        return label;
    }
}
