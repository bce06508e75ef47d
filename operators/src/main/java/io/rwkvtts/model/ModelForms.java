package io.rwkvtts.model;

import io.rwkvtts.checkpoint.ModelFormatException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where the forms of one model are: that for a CPU and that for a CUDA device, of the same weights.
 *
 * @param directory path of the model directory that was given, or that the given checkpoint was
 *     exported to
 * @param checkpoint path of the checkpoint that was given, from which the other form can be
 *     exported; null for a model directory
 * @param cache path of the directory that exported checkpoints are kept in; null without one
 */
public record ModelForms(String directory, String checkpoint, String cache)
        implements Serializable {

    /**
     * Where the forms of a model are that was opened.
     *
     * @param model the model directory or checkpoint that was given
     * @param opened the directory that it is or was exported to
     * @param cache where it was exported to if it is a checkpoint
     */
    public static ModelForms of(Path model, ModelDirectory opened, ModelCache cache) {
        boolean exported = !ModelDirectory.isModelDirectory(model);
        return new ModelForms(
                opened.path().toString(),
                exported ? model.toString() : null,
                exported ? cache.directory().toString() : null);
    }

    /**
     * The model directory that was given.
     *
     * @throws ModelFormatException if it is not whole
     */
    public ModelDirectory given() throws IOException {
        return ModelDirectory.open(Path.of(directory));
    }

    /**
     * The form for a CUDA device: the given directory itself, a folder in it of the name of that
     * form, as {@code int8-cuda}, or exported from the checkpoint on first use. A device never
     * changes the numbers of the weights: it takes those of {@link Quantization#takenByCuda} only.
     *
     * @throws ModelFormatException if there is none, or it is not of the same weights; says what to
     *     do
     */
    public ModelDirectory forCuda() throws IOException {
        ModelDirectory given = given();
        if (given.quantization().graph() == GraphForm.CUDA) {
            return given;
        }
        Quantization form = requireCudaWeights(given);
        Path beside = given.path().resolve(form.label());
        if (ModelDirectory.isModelDirectory(beside)) {
            return sameWeights(given, ModelDirectory.open(beside), form);
        }
        if (checkpoint == null) {
            throw new ModelFormatException(
                    "%s has no form for CUDA devices: export its checkpoint with quantisation %s to %s, too, or give the checkpoint itself"
                            .formatted(given.path(), form, beside));
        }
        return sameWeights(
                given,
                new ModelCache(Path.of(cache))
                        .open(Path.of(checkpoint), Optional.of(form), given.headRows()),
                form);
    }

    /**
     * Requires that a CUDA device takes the numbers of a model's weights.
     *
     * @return the form in which it does
     * @throws ModelFormatException if not
     */
    public static Quantization requireCudaWeights(ModelDirectory given) {
        return given.quantization()
                .onCuda()
                .orElseThrow(
                        () ->
                                new ModelFormatException(
                                        "%s has weights of the form %s, which a CUDA device does not take, and another form would be another voice: take one of the quantisations %s"
                                                .formatted(
                                                        given.path(),
                                                        given.quantization(),
                                                        String.join(
                                                                ", ",
                                                                Quantization.takenByCuda()))));
    }

    private static ModelDirectory sameWeights(
            ModelDirectory given, ModelDirectory form, Quantization expected) {
        if (form.quantization() != expected
                || !form.weightsId().equals(given.weightsId())
                || form.headRows() != given.headRows()) {
            throw new ModelFormatException(
                    "%s (%s, weights %s, %d head rows) is not %s in its form for CUDA devices (%s, weights %s, %d head rows): export both from the same checkpoint"
                            .formatted(
                                    form.path(),
                                    form.quantization(),
                                    form.weightsId(),
                                    form.headRows(),
                                    given.path(),
                                    expected,
                                    given.weightsId(),
                                    given.headRows()));
        }
        return form;
    }
}
