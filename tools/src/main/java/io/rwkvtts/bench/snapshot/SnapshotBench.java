package io.rwkvtts.bench.snapshot;

import io.rwkvtts.bench.Samples;
import io.rwkvtts.bench.engine.BenchModel;
import io.rwkvtts.engine.InferenceEngine;
import io.rwkvtts.engine.PromptPiece;
import io.rwkvtts.operator.RequestSnapshotSerializer;
import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.IdSpace;
import io.rwkvtts.protocol.NextAction;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestIdentity;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.SegmentSnapshot;
import io.rwkvtts.synthesis.SpeechProgress;
import io.rwkvtts.synthesis.StateIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;

/**
 * What a checkpoint does to running generations: it copies their states between two steps, writes
 * the copies beside the steps, and a restore reads them back. The bytes go through the serializer
 * of the job's keyed state; the disk or network below it is not measured.
 *
 * <p>For one thread.
 */
public final class SnapshotBench {

    private static final int PROMPT_TOKENS = 64;
    private static final String TEXT =
            "This is a sentence of about the length that people write in a message to each other.";

    private final BenchModel model;
    private final InferenceEngine engine;
    private final int tokens;
    private final int rounds;
    private final int prefillChunk;
    private final RequestSnapshotSerializer serializer = new RequestSnapshotSerializer();
    private final int[] heard;
    private final int[] generated;

    /**
     * A benchmark to be run.
     *
     * @param engine runs as many sequences as it has slots
     * @param tokens tokens that each sequence was fed and has generated, more than {@value
     *     #PROMPT_TOKENS} + 32
     * @param rounds how often everything is done
     * @param prefillChunk most tokens computed in one call of a restore from tokens
     */
    public SnapshotBench(
            BenchModel model, InferenceEngine engine, int tokens, int rounds, int prefillChunk) {
        if (tokens <= PROMPT_TOKENS + IdSpace.GLOBAL_TOKENS) {
            throw new IllegalArgumentException(
                    "%d tokens of each sequence: expected more than %d, those of prompt and voice"
                            .formatted(tokens, PROMPT_TOKENS + IdSpace.GLOBAL_TOKENS));
        }
        this.model = model;
        this.engine = engine;
        this.tokens = tokens;
        this.rounds = rounds;
        this.prefillChunk = prefillChunk;
        heard = new Random(1).ints(PROMPT_TOKENS, 0, engine.model().vocabRows()).toArray();
        generated =
                new Random(2)
                        .ints(
                                tokens - PROMPT_TOKENS - IdSpace.GLOBAL_TOKENS,
                                0,
                                Math.min(IdSpace.SEMANTIC_ALPHABET, engine.model().vocabRows()))
                        .toArray();
    }

    /** Runs it with the states in the snapshots. */
    public SnapshotResult withStates() throws IOException {
        return run("state", true, rounds);
    }

    /** Runs it with the tokens only, once: it takes long. */
    public SnapshotResult withTokens() throws IOException {
        return run("tokens", false, 1);
    }

    private SnapshotResult run(String mode, boolean withState, int rounds) throws IOException {
        for (int slot = 0; slot < engine.slots(); slot++) {
            engine.clear(slot);
            feed(slot, heard);
        }
        Samples pause = new Samples();
        Samples write = new Samples();
        Samples restore = new Samples();
        DataOutputSerializer checkpoint = new DataOutputSerializer(1 << 20);
        for (int round = 0; round < rounds; round++) {
            long start = System.nanoTime();
            List<RequestSnapshot> snapshots = new ArrayList<>();
            for (int slot = 0; slot < engine.slots(); slot++) {
                snapshots.add(snapshot(slot, withState));
            }
            pause.add(millis(start));

            checkpoint.clear();
            start = System.nanoTime();
            for (RequestSnapshot snapshot : snapshots) {
                serializer.serialize(snapshot, checkpoint);
            }
            write.add(millis(start));

            start = System.nanoTime();
            restore(new DataInputDeserializer(checkpoint.getCopyOfBuffer()));
            restore.add(millis(start));
        }
        return new SnapshotResult(
                model.shape(),
                model.quantize(),
                mode,
                engine.slots(),
                tokens,
                checkpoint.length() / engine.slots(),
                pause.median(),
                write.median(),
                restore.median());
    }

    private RequestSnapshot snapshot(int slot, boolean withState) {
        int[] globals = new int[IdSpace.GLOBAL_TOKENS];
        SegmentSnapshot active =
                new SegmentSnapshot(
                        heard,
                        heard.length,
                        generated.length,
                        new GenerationLimits(0, GenerationLimits.MAX, GenerationLimits.MAX),
                        new GenerationProgress(globals, generated, NextAction.FEED_TOKEN),
                        StateIds.of(engine.model()),
                        withState ? engine.saveState(slot) : null);
        return new RequestSnapshot(
                new RequestIdentity("request-" + slot, slot, 0),
                0,
                RequestAttributes.NONE,
                new RequestText.Snapshot(TEXT, "", TEXT.length(), 1, true, List.of()),
                new SpeechProgress(0, TEXT.length(), 1, generated.length, globals, false),
                RequestTerms.configured(new ChunkPlan(10, 25)),
                null,
                active);
    }

    private void restore(DataInputDeserializer checkpoint) throws IOException {
        for (int slot = 0; slot < engine.slots(); slot++) {
            SegmentSnapshot active = serializer.deserialize(checkpoint).active();
            if (active.state() != null) {
                engine.loadState(slot, active.state());
            } else {
                engine.clear(slot);
                feed(slot, active.prompt());
                feed(slot, active.progress().globals());
                feed(slot, active.progress().semantics());
            }
        }
    }

    private void feed(int slot, int[] all) {
        for (int from = 0; from < all.length; from += prefillChunk) {
            int to = Math.min(all.length, from + prefillChunk);
            engine.prefill(List.of(new PromptPiece(slot, all, from, to)));
        }
    }

    private static double millis(long start) {
        return (System.nanoTime() - start) / 1e6;
    }
}
