package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.operator.ChunkPosition;
import io.rwkvtts.operator.SpeechEnd;
import io.rwkvtts.operator.TokenChunk;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * The tokens of a made-up request, as Synthesize would emit them.
 *
 * @param chunks its records, the end last
 * @param segments its tokens, segment by segment
 * @param globals of its speaker
 */
record Tokens(List<TokenChunk> chunks, List<int[]> segments, int[] globals) {

    /** One to four segments of up to 120 tokens in chunks of any size. */
    static Tokens random(String id, Random random) {
        int[] globals = random.ints(32, 0, 4096).toArray();
        List<TokenChunk> chunks = new ArrayList<>();
        List<int[]> segments = new ArrayList<>();
        long offset = 0;
        int count = 1 + random.nextInt(4);
        for (int segment = 0; segment < count; segment++) {
            int[] tokens = random.ints(1 + random.nextInt(120), 0, 8192).toArray();
            segments.add(tokens);
            for (int from = 0; from < tokens.length; ) {
                int to = Math.min(tokens.length, from + 1 + random.nextInt(40));
                chunks.add(
                        chunk(
                                id,
                                chunks.size(),
                                segment,
                                offset,
                                Arrays.copyOfRange(tokens, from, to),
                                from == 0 ? globals : null));
                offset += to - from;
                from = to;
            }
        }
        chunks.add(end(id, chunks.size(), "stop"));
        return new Tokens(chunks, segments, globals);
    }

    /** The same of a request that is on a side of an experiment. */
    Tokens on(String arm) {
        List<TokenChunk> sided =
                chunks.stream()
                        .map(
                                chunk ->
                                        new TokenChunk(
                                                chunk.requestId(),
                                                chunk.position(),
                                                chunk.tokens(),
                                                chunk.globalTokens(),
                                                chunk.modelId(),
                                                chunk.end(),
                                                chunk.requestTimestampMs(),
                                                chunk.emittedAtMs(),
                                                arm))
                        .toList();
        return new Tokens(sided, segments, globals);
    }

    static TokenChunk chunk(
            String id, int sequence, int segment, long offset, int[] tokens, int[] globals) {
        return new TokenChunk(
                id,
                new ChunkPosition(sequence, segment, offset),
                tokens,
                globals,
                "model",
                null,
                77,
                78,
                null);
    }

    static TokenChunk end(String id, int sequence, String reason) {
        return new TokenChunk(
                id,
                new ChunkPosition(sequence, 0, 0),
                new int[0],
                null,
                "model",
                new SpeechEnd(reason, null),
                77,
                78,
                null);
    }

    /** The sound of each segment decoded in one call. */
    byte[] pcm(AudioDecoder decoder, float gain) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int[] segment : segments) {
            bytes.writeBytes(Pcm16.of(decoder.decode(segment, globals), gain));
        }
        return bytes.toByteArray();
    }
}
