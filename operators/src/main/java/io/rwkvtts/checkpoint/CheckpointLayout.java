package io.rwkvtts.checkpoint;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How the tensors of a checkpoint map to the official ones: naming, sizes, and the place of each
 * tensor, all checked against each other.
 *
 * @param sources by official name: all tensors of {@link OfficialTensors} for {@code shape}, and
 *     what else is in the file
 */
record CheckpointLayout(Naming naming, ModelShape shape, Map<String, TensorSource> sources) {

    private static final Logger LOG = LoggerFactory.getLogger(CheckpointLayout.class);

    private static final Pattern BLOCK = Pattern.compile("blocks\\.(\\d{1,9})\\..*");

    /** Parts of the computation: a tensor among them that is not known means another one. */
    private static final Pattern COMPUTED =
            Pattern.compile("(blocks|layers|emb|embeddings|ln_out|norm|head|lm_head)\\..*");

    private static final Pattern ADAPTER = Pattern.compile(".*(\\.time_state|\\.lora[._].*)");
    private static final Pattern OLDER_RWKV =
            Pattern.compile(".*\\.time_(decay|first|faaaa|mix|maa).*");

    /**
     * @throws ModelFormatException if this is no RWKV-7 checkpoint, or one with a tensor missing or
     *     of a wrong shape
     */
    static CheckpointLayout of(CheckpointFiles files) {
        boolean fla = files.tensors().keySet().stream().anyMatch(n -> n.contains(FlaNames.MARK));
        Map<String, TensorSource> named =
                fla ? FlaNames.map(files) : BlockNames.map(files.tensors(), Naming.OFFICIAL);
        checkArchitecture(files, named);
        long width = new SizeReader(files.path(), named).size("emb.weight", 2, 1);
        Naming naming = fla ? Naming.FLA : BlockNames.orientation(files, width);
        Map<String, TensorSource> sources =
                naming == Naming.WEBRWKV ? BlockNames.map(files.tensors(), naming) : named;
        ModelShape shape = new SizeReader(files.path(), sources).shape(layers(sources));
        OfficialTensors.of(shape).forEach(tensor -> check(files, sources, tensor));
        checkRest(files, shape, sources);
        return new CheckpointLayout(naming, shape, sources);
    }

    private static void checkArchitecture(
            CheckpointFiles files, Map<String, TensorSource> sources) {
        List<String> missing =
                OfficialTensors.MARKERS.stream()
                        .map(name -> "blocks.0.att." + name)
                        .filter(name -> !sources.containsKey(name))
                        .toList();
        if (missing.isEmpty()) {
            return;
        }
        boolean older = sources.keySet().stream().anyMatch(n -> OLDER_RWKV.matcher(n).matches());
        throw new ModelFormatException(
                "%s is not an RWKV-7 checkpoint%s: of the tensors that mark one it lacks %s, in the official, web-rwkv or fla naming (first tensor found: %s)"
                        .formatted(
                                files.path(),
                                older ? " but of an older RWKV" : "",
                                String.join(", ", missing),
                                files.tensors().keySet().stream().findFirst().orElse("none")));
    }

    private static int layers(Map<String, TensorSource> sources) {
        return sources.keySet().stream()
                .map(BLOCK::matcher)
                .filter(Matcher::matches)
                .mapToInt(block -> 1 + Integer.parseInt(block.group(1)))
                .max()
                .orElse(0);
    }

    private static void check(
            CheckpointFiles files, Map<String, TensorSource> sources, OfficialTensor expected) {
        TensorSource source = sources.get(expected.name());
        if (source == null) {
            throw new ModelFormatException(
                    "%s: tensor %s is missing".formatted(files.path(), expected.name()));
        }
        for (TensorSource.Part part : source.parts()) {
            try {
                part.tensor().type();
            } catch (ModelFormatException e) {
                throw new ModelFormatException(files.path() + ": " + e.getMessage(), e);
            }
        }
        List<Long> shape = source.shape();
        List<Long> wanted = expected.shape().stream().map(Integer::longValue).toList();
        long last = wanted.get(wanted.size() - 1);
        boolean fits =
                shape.equals(wanted)
                        || expected.isVector()
                                && !shape.isEmpty()
                                && shape.get(shape.size() - 1) == last
                                && shape.stream().limit(shape.size() - 1L).allMatch(n -> n == 1);
        if (!fits) {
            throw new ModelFormatException(
                    "%s: tensor %s (%s) has shape %s: expected %s"
                            .formatted(
                                    files.path(),
                                    expected.name(),
                                    source.storedNames(),
                                    shape,
                                    wanted));
        }
    }

    /** Tensors that the model has no use for: none may be one that would change its results. */
    private static void checkRest(
            CheckpointFiles files, ModelShape shape, Map<String, TensorSource> sources) {
        Set<String> rest = new TreeSet<>(sources.keySet());
        OfficialTensors.of(shape).map(OfficialTensor::name).forEach(rest::remove);
        rest.removeIf(name -> OfficialTensors.UNUSED.matcher(name).matches());
        rest.stream()
                .filter(name -> ADAPTER.matcher(name).matches())
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new ModelFormatException(
                                    "%s: %s is a tuned initial state or an adapter, which would change the results and is not supported: expected plain weights, with adapters merged"
                                            .formatted(files.path(), name));
                        });
        rest.stream()
                .filter(name -> COMPUTED.matcher(name).matches())
                .findFirst()
                .ifPresent(
                        name -> {
                            throw new ModelFormatException(
                                    "%s: tensor %s (%s) is not part of RWKV-7, and the results would be wrong without it: expected a plain RWKV-7 checkpoint (not 7a or 7b, and without biases of linear layers)"
                                            .formatted(
                                                    files.path(),
                                                    name,
                                                    sources.get(name).storedNames()));
                        });
        if (!rest.isEmpty()) {
            LOG.warn(
                    "{}: {} tensors are not part of RWKV-7 and ignored, first {}",
                    files.path(),
                    rest.size(),
                    rest.iterator().next());
        }
    }
}
