package io.rwkvtts.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The official and the web-rwkv form: the same names, LoRA matrices of the latter transposed (spec
 * 1.7).
 */
final class BlockNames {

    private static final Pattern LORA_MATRIX =
            Pattern.compile("blocks\\.(\\d+)\\.att\\.[wavg]([12])");

    private BlockNames() {}

    /** Where each official tensor is; names that mean nothing stay as they are. */
    static Map<String, TensorSource> map(Map<String, StoredTensor> tensors, Naming naming) {
        Map<String, TensorSource> sources = new TreeMap<>();
        tensors.forEach(
                (name, tensor) ->
                        sources.put(
                                name,
                                naming == Naming.WEBRWKV && LORA_MATRIX.matcher(name).matches()
                                        ? TensorSource.transposed(tensor)
                                        : TensorSource.of(tensor)));
        return sources;
    }

    /**
     * Distinguishes the official form from that of web-rwkv by which dimension of the LoRA matrices
     * is the model width. A square matrix fits both; the others must agree.
     *
     * @throws ModelFormatException if all matrices fit both forms, or two contradict each other
     */
    static Naming orientation(CheckpointFiles files, long width) {
        List<StoredTensor> official = new ArrayList<>();
        List<StoredTensor> webrwkv = new ArrayList<>();
        files.tensors()
                .forEach(
                        (name, tensor) -> {
                            Matcher lora = LORA_MATRIX.matcher(name);
                            boolean used = !OfficialTensors.UNUSED.matcher(name).matches();
                            if (used && lora.matches() && tensor.shape().size() == 2) {
                                boolean down = lora.group(2).equals("1");
                                long in = tensor.shape().get(down ? 0 : 1);
                                long out = tensor.shape().get(down ? 1 : 0);
                                if (in == width && out != width) {
                                    official.add(tensor);
                                } else if (out == width && in != width) {
                                    webrwkv.add(tensor);
                                }
                            }
                        });
        if (official.isEmpty() == webrwkv.isEmpty()) {
            throw new ModelFormatException(
                    "%s: can't tell the official from the web-rwkv form: expected LoRA matrices such as blocks.0.att.w1 of shape [%d, rank] (official) or [rank, %d] (web-rwkv), all alike, found %s"
                            .formatted(
                                    files.path(),
                                    width,
                                    width,
                                    official.isEmpty()
                                            ? "none of either shape with a rank other than " + width
                                            : describe(official.get(0))
                                                    + " for official, "
                                                    + describe(webrwkv.get(0))
                                                    + " for web-rwkv"));
        }
        return webrwkv.isEmpty() ? Naming.OFFICIAL : Naming.WEBRWKV;
    }

    private static String describe(StoredTensor tensor) {
        return tensor.name() + " " + tensor.shape();
    }
}
