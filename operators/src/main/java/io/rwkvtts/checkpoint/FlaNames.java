package io.rwkvtts.checkpoint;

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
    private static final Pattern LORA_MATRIX =
            Pattern.compile("([wavg])_lora\\.lora\\.([02])\\.weight");
    private static final Pattern LORA_BIAS = Pattern.compile("([wav])_lora\\.lora\\.2\\.bias");

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

    private final CheckpointFiles files;
    private final Map<String, TensorSource> sources = new TreeMap<>();

    private FlaNames(CheckpointFiles files) {
        this.files = files;
    }

    /** Where each official tensor is; names that mean nothing stay as they are. */
    static Map<String, TensorSource> map(CheckpointFiles files) {
        return new FlaNames(files).map();
    }

    private Map<String, TensorSource> map() {
        Map<String, StoredTensor> tensors = new TreeMap<>(files.tensors());
        if (RESPARK_TABLES.stream().anyMatch(table -> find(tensors, table) != null)) {
            takeRespark(tensors);
        }
        tensors.forEach((name, tensor) -> map(withoutPrefix(name), tensor));
        return sources;
    }

    private void takeRespark(Map<String, StoredTensor> tensors) {
        List<String> names = new ArrayList<>(List.of(SEMANTIC_TABLE));
        names.addAll(RESPARK_TABLES);
        List<StoredTensor> tables =
                names.stream().map(name -> find(tensors, name)).filter(Objects::nonNull).toList();
        if (tables.size() < names.size()) {
            throw new ModelFormatException(
                    "%s has only %s of the four embedding tables of a respark checkpoint: expected %s"
                            .formatted(
                                    files.path(),
                                    tables.stream().map(StoredTensor::name).toList(),
                                    names));
        }
        for (StoredTensor table : tables) {
            if (table.shape().size() != 2
                    || !table.shape().get(1).equals(tables.get(0).shape().get(1))) {
                throw new ModelFormatException(
                        "%s: embedding tables %s: expected four of shape [rows, width] with one width"
                                .formatted(
                                        files.path(),
                                        tables.stream()
                                                .map(t -> t.name() + " " + t.shape())
                                                .toList()));
            }
        }
        put("emb.weight", TensorSource.concatenated(tables));
        tensors.values().removeAll(tables);
    }

    private static StoredTensor find(Map<String, StoredTensor> tensors, String name) {
        StoredTensor prefixed = tensors.get(PREFIX + name);
        return prefixed == null ? tensors.get(name) : prefixed;
    }

    private static String withoutPrefix(String name) {
        return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    }

    private void map(String name, StoredTensor tensor) {
        Matcher layer = LAYER_TENSOR.matcher(name);
        if (!layer.matches()) {
            put(TOP.getOrDefault(name, name), TensorSource.of(tensor));
            return;
        }
        String block = "blocks." + layer.group(1) + ".";
        String part = layer.group(2);
        if (part.equals("attn")) {
            mapAttention(block + "att.", layer.group(3), tensor);
        } else {
            String norm = LAYER_NORMS.getOrDefault(part, part);
            put(block + norm + "." + layer.group(3), TensorSource.of(tensor));
        }
    }

    private void mapAttention(String att, String name, StoredTensor tensor) {
        Matcher matrix = LORA_MATRIX.matcher(name);
        Matcher bias = LORA_BIAS.matcher(name);
        if (matrix.matches()) {
            String number = matrix.group(2).equals("0") ? "1" : "2";
            put(att + matrix.group(1) + number, TensorSource.transposed(tensor));
        } else if (bias.matches()) {
            put(att + bias.group(1) + "0", TensorSource.of(tensor));
        } else if (name.equals("x_x")) {
            List<String> mixes = OfficialTensors.SHIFT_MIXES;
            for (int i = 0; i < mixes.size(); i++) {
                put(att + mixes.get(i), TensorSource.stacked(tensor, i, mixes.size()));
            }
        } else {
            put(att + ATTENTION.getOrDefault(name, name), TensorSource.of(tensor));
        }
    }

    private void put(String official, TensorSource source) {
        TensorSource other = sources.putIfAbsent(official, source);
        if (other != null) {
            throw new ModelFormatException(
                    "%s: %s and %s both stand for %s: expected one of them"
                            .formatted(
                                    files.path(),
                                    other.storedNames(),
                                    source.storedNames(),
                                    official));
        }
    }
}
