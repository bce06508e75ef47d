package io.rwkvtts.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The form of flash-linear-attention, also with the four tables of respark (spec 1.7). */
final class FlaNames {

    /** Any name with this in it shows the form. */
    static final String MARK = ".attn.r_proj.";

    private static final String PREFIX = "model.";

    private static final Pattern LAYER_TENSOR = Pattern.compile("layers\\.(\\d+)\\.(\\w+)\\.(.+)");
    private static final Pattern LORA =
            Pattern.compile("([wavg])_lora\\.lora\\.(0\\.weight|2\\.weight|2\\.bias)");

    private static final Map<String, String> ATTENTION =
            Map.of(
                    "r_proj.weight", "receptance.weight",
                    "k_proj.weight", "key.weight",
                    "v_proj.weight", "value.weight",
                    "o_proj.weight", "output.weight",
                    "g_norm.weight", "ln_x.weight",
                    "g_norm.bias", "ln_x.bias");

    private static final Map<String, String> LAYER_NORMS =
            Map.of("pre_norm", "ln0", "attn_norm", "ln1", "ffn_norm", "ln2");

    private static final String SEMANTIC_TABLE = "embeddings.weight";

    /** Tables below the semantic one, in the order of their ids. */
    private static final List<String> RESPARK_TABLES =
            List.of("tts_tag_embedder.weight", "global_embedder.weight", "text_embedder.weight");

    private static final Map<String, String> TOP =
            Map.of(
                    SEMANTIC_TABLE,
                    "emb.weight",
                    "norm.weight",
                    "ln_out.weight",
                    "norm.bias",
                    "ln_out.bias",
                    "lm_head.weight",
                    "head.weight");

    private FlaNames() {}

    /** Where each official tensor is; names that mean nothing stay as they are. */
    static Map<String, TensorSource> map(CheckpointFiles files) {
        Map<String, StoredTensor> tensors = new TreeMap<>();
        files.tensors()
                .forEach(
                        (name, tensor) ->
                                tensors.put(
                                        name.startsWith(PREFIX)
                                                ? name.substring(PREFIX.length())
                                                : name,
                                        tensor));
        Map<String, TensorSource> sources = new TreeMap<>();
        TensorSource embedding = respark(files, tensors);
        tensors.forEach((name, tensor) -> put(name, tensor, sources));
        if (embedding != null) {
            sources.put("emb.weight", embedding);
        }
        return sources;
    }

    /** The four tables as one, or null if there is but the ordinary one. */
    private static TensorSource respark(CheckpointFiles files, Map<String, StoredTensor> tensors) {
        List<StoredTensor> more =
                RESPARK_TABLES.stream().map(tensors::remove).filter(Objects::nonNull).toList();
        if (more.isEmpty()) {
            return null;
        }
        StoredTensor semantic = tensors.remove(SEMANTIC_TABLE);
        if (semantic == null || more.size() < RESPARK_TABLES.size()) {
            throw new ModelFormatException(
                    "%s has only some of the four embedding tables of a respark checkpoint: expected %s and %s"
                            .formatted(files.path(), SEMANTIC_TABLE, RESPARK_TABLES));
        }
        List<StoredTensor> tables = new ArrayList<>(List.of(semantic));
        tables.addAll(more);
        for (StoredTensor table : tables) {
            if (table.shape().size() != 2
                    || !table.shape().get(1).equals(semantic.shape().get(1))) {
                throw new ModelFormatException(
                        "%s: embedding table %s has shape %s: expected [rows, %d]"
                                .formatted(
                                        files.path(),
                                        table.name(),
                                        table.shape(),
                                        semantic.shape().get(semantic.shape().size() - 1)));
            }
        }
        return TensorSource.concatenated(tables);
    }

    private static void put(String name, StoredTensor tensor, Map<String, TensorSource> sources) {
        Matcher layer = LAYER_TENSOR.matcher(name);
        if (!layer.matches()) {
            sources.put(TOP.getOrDefault(name, name), TensorSource.of(tensor));
            return;
        }
        String block = "blocks." + layer.group(1) + ".";
        String part = layer.group(2);
        String rest = layer.group(3);
        if (part.equals("attn")) {
            putAttention(block + "att.", rest, tensor, sources);
        } else {
            sources.put(
                    block + LAYER_NORMS.getOrDefault(part, part) + "." + rest,
                    TensorSource.of(tensor));
        }
    }

    private static void putAttention(
            String att, String rest, StoredTensor tensor, Map<String, TensorSource> sources) {
        Matcher lora = LORA.matcher(rest);
        if (lora.matches()) {
            switch (lora.group(2)) {
                case "0.weight" ->
                        sources.put(att + lora.group(1) + "1", TensorSource.transposed(tensor));
                case "2.weight" ->
                        sources.put(att + lora.group(1) + "2", TensorSource.transposed(tensor));
                default -> sources.put(att + lora.group(1) + "0", TensorSource.of(tensor));
            }
        } else if (rest.equals("x_x")) {
            for (int i = 0; i < OfficialTensors.SHIFT_MIXES.size(); i++) {
                sources.put(
                        att + OfficialTensors.SHIFT_MIXES.get(i),
                        TensorSource.stacked(tensor, i, OfficialTensors.SHIFT_MIXES.size()));
            }
        } else {
            sources.put(att + ATTENTION.getOrDefault(rest, rest), TensorSource.of(tensor));
        }
    }
}
