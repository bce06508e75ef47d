package io.rwkvtts.plan;

/**
 * What a model costs on a machine, inside the job.
 *
 * @param source where the figures are from, with their date
 * @param machine that they were measured on; what is planned in multiples of
 * @param model name of the model
 * @param quantize its number format
 * @param stepMs of one step by the requests in it
 * @param prefillMs of one call by the prompt tokens in it
 * @param pace how both vary from one time to another
 */
public record Measurements(
        String source,
        String machine,
        String model,
        String quantize,
        TimesBySize stepMs,
        TimesBySize prefillMs,
        Pace pace) {}
