package io.rwkvtts.operator;

import static io.rwkvtts.operator.SnapshotFields.readBytes;
import static io.rwkvtts.operator.SnapshotFields.readDouble;
import static io.rwkvtts.operator.SnapshotFields.readInteger;
import static io.rwkvtts.operator.SnapshotFields.readInts;
import static io.rwkvtts.operator.SnapshotFields.readLong;
import static io.rwkvtts.operator.SnapshotFields.readString;
import static io.rwkvtts.operator.SnapshotFields.writeInts;
import static io.rwkvtts.operator.SnapshotFields.writeNumber;
import static io.rwkvtts.operator.SnapshotFields.writeString;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.NextAction;
import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestIdentity;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.RequestedSampling;
import io.rwkvtts.synthesis.RequestedVoice;
import io.rwkvtts.synthesis.SegmentLimits;
import io.rwkvtts.synthesis.SegmentSnapshot;
import io.rwkvtts.synthesis.SpeechProgress;
import io.rwkvtts.synthesis.StateIds;
import io.rwkvtts.synthesis.TextPiece;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInput;
import java.io.DataInputStream;
import java.io.DataOutput;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a request in a checkpoint: its {@linkplain SnapshotFields fields} in order and its
 * recurrent state, in a {@link SnapshotFrame} that begins with the version.
 *
 * <p>A released version stays readable for ever: its golden file is a test resource. Version 2
 * added the budget of a request. Version 3 added the frame with its checksums, the end that a
 * request waits for, and the part of its text whose normal form is not certain. Version 4 added how
 * its tokens are cut into records. Version 5 added the rest of its terms, and is written for
 * requests that have any: those of other jobs stay in version 4. Versions 1 and 2 are the version
 * and the bare fields, the state last after its length (−1 if it is to be computed again), and tell
 * damage only if the fields make no sense.
 */
final class SnapshotFormat {
    static final byte VERSION = 5;

    private static final byte FIRST_WITH_BUDGET = 2;
    private static final byte FIRST_WITH_FRAME = 3;
    private static final byte FIRST_WITH_PENDING_TEXT = 3;
    private static final byte FIRST_WITH_CHUNKS = 4;
    private static final byte FIRST_WITH_TERMS = 5;
    private static final int SHOWN_OF_ID = 200;

    private SnapshotFormat() {}

    static void write(RequestSnapshot request, DataOutput out) throws IOException {
        ByteArrayOutputStream fields = new ByteArrayOutputStream();
        byte version = hasTerms(request) ? FIRST_WITH_TERMS : FIRST_WITH_CHUNKS;
        writeFields(version, request, new DataOutputStream(fields));
        byte[] state = request.active() == null ? null : request.active().state();
        SnapshotFrame.of(fields.toByteArray(), state).write(version, out);
    }

    /** Whether there is more to be known of a request's terms than how its tokens are cut. */
    private static boolean hasTerms(RequestSnapshot request) {
        RequestTerms terms = request.terms();
        return terms != null
                && (terms.limits() != null || terms.arm() != null || terms.lowered() != 0);
    }

    /**
     * Reads a request of any version.
     *
     * @throws DamagedSnapshotException if the bytes are not those that were written; names the
     *     request where its id can be read
     * @throws IOException if a later release wrote the request, or the bytes cannot be read
     */
    static RequestSnapshot read(DataInput in) throws IOException {
        try {
            byte version = in.readByte();
            if (version < 1 || version > VERSION) {
                throw new IOException(
                        "the snapshot of a request has format version "
                                + version
                                + ", but this release reads versions 1 to "
                                + VERSION
                                + ": restore with the release that wrote it, or a later one; if"
                                + " that was this one, the snapshot is damaged");
            }
            return version < FIRST_WITH_FRAME
                    ? readFields(version, in, null)
                    : readFrame(version, SnapshotFrame.read(version, in));
        } catch (EOFException e) {
            throw new DamagedSnapshotException(
                    "the state ends in the middle of the snapshot of a request", e);
        } catch (RuntimeException e) {
            throw new DamagedSnapshotException(
                    "the snapshot of a request makes no sense: " + e.getMessage(), e);
        }
    }

    private static RequestSnapshot readFrame(byte version, SnapshotFrame frame) throws IOException {
        DataInputStream fields = new DataInputStream(new ByteArrayInputStream(frame.fields()));
        if (!frame.intact()) {
            throw new DamagedSnapshotException(
                    "the snapshot of a request is damaged (its checksum differs); "
                            + readableId(fields));
        }
        RequestSnapshot request = readFields(version, fields, frame.state());
        if (fields.read() >= 0) {
            throw new DamagedSnapshotException(
                    "the snapshot of request '%s' holds more than its fields"
                            .formatted(request.id()));
        }
        return request;
    }

    private static String readableId(DataInput damagedFields) {
        try {
            String id = readString(damagedFields).replaceAll("\\p{Cntrl}", "?");
            return "unless it is the id itself that is damaged, the request is '%s'"
                    .formatted(id.length() > SHOWN_OF_ID ? id.substring(0, SHOWN_OF_ID) : id);
        } catch (IOException | RuntimeException e) {
            return "its id cannot be read";
        }
    }

    private static void writeFields(byte version, RequestSnapshot request, DataOutput out)
            throws IOException {
        writeString(request.id(), out);
        out.writeLong(request.identity().arrival());
        out.writeLong(request.identity().timestampMs());
        out.writeLong(request.idleSinceMs());
        writeAttributes(request.attributes(), out);
        writeText(request.text(), out);
        writeProgress(request.progress(), out);
        writeTerms(version, request.terms(), out);
        writeString(request.ending() == null ? null : request.ending().name(), out);
        out.writeBoolean(request.active() != null);
        if (request.active() != null) {
            writeActive(request.active(), out);
        }
    }

    /**
     * @param state recurrent state, if it stands apart from the fields
     */
    private static RequestSnapshot readFields(byte version, DataInput in, byte[] state)
            throws IOException {
        return new RequestSnapshot(
                new RequestIdentity(readString(in), in.readLong(), in.readLong()),
                in.readLong(),
                readAttributes(in, version),
                readText(version, in),
                readProgress(in),
                version < FIRST_WITH_CHUNKS ? null : readTerms(version, in),
                version < FIRST_WITH_FRAME ? null : readEnding(in),
                in.readBoolean() ? readActive(version, in, state) : null);
    }

    private static void writeProgress(SpeechProgress progress, DataOutput out) throws IOException {
        out.writeInt(progress.segment());
        out.writeInt(progress.textPosition());
        out.writeLong(progress.sequence());
        out.writeLong(progress.tokenOffset());
        out.writeBoolean(progress.globalTokens() != null);
        if (progress.globalTokens() != null) {
            writeInts(progress.globalTokens(), out);
        }
        out.writeBoolean(progress.lengthReached());
    }

    private static SpeechProgress readProgress(DataInput in) throws IOException {
        return new SpeechProgress(
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readBoolean() ? readInts(in) : null,
                in.readBoolean());
    }

    /** As the request has them: null if it was restored from a version before, or is undecided. */
    private static void writeTerms(byte version, RequestTerms terms, DataOutput out)
            throws IOException {
        out.writeBoolean(terms != null);
        if (terms == null) {
            return;
        }
        out.writeInt(terms.chunks().firstTokens());
        out.writeInt(terms.chunks().tokens());
        if (version >= FIRST_WITH_TERMS) {
            SegmentLimits limits = terms.limits();
            out.writeBoolean(limits != null);
            if (limits != null) {
                writeLimits(limits.tokens(), out);
                out.writeBoolean(limits.byText());
            }
            writeString(terms.arm(), out);
            out.writeInt(terms.lowered());
        }
    }

    private static RequestTerms readTerms(byte version, DataInput in) throws IOException {
        if (!in.readBoolean()) {
            return null;
        }
        ChunkPlan chunks = new ChunkPlan(in.readInt(), in.readInt());
        if (version < FIRST_WITH_TERMS) {
            return RequestTerms.configured(chunks);
        }
        SegmentLimits limits =
                in.readBoolean() ? new SegmentLimits(readLimits(in), in.readBoolean()) : null;
        return new RequestTerms(chunks, limits, readString(in), in.readInt());
    }

    private static void writeLimits(GenerationLimits limits, DataOutput out) throws IOException {
        out.writeInt(limits.minSemanticTokens());
        out.writeInt(limits.maxSemanticTokens());
        out.writeInt(limits.maxRepeatedTokens());
    }

    private static GenerationLimits readLimits(DataInput in) throws IOException {
        return new GenerationLimits(in.readInt(), in.readInt(), in.readInt());
    }

    private static FinishReason readEnding(DataInput in) throws IOException {
        String name = readString(in);
        return name == null ? null : FinishReason.valueOf(name);
    }

    private static void writeAttributes(RequestAttributes attributes, DataOutput out)
            throws IOException {
        RequestedVoice voice = attributes.voice();
        writeString(voice.voiceId(), out);
        writeString(voice.age(), out);
        writeString(voice.gender(), out);
        writeString(voice.emotion(), out);
        writeString(voice.pitch(), out);
        writeString(voice.speed(), out);
        RequestedSampling sampling = attributes.sampling();
        writeNumber(sampling.temperature(), out);
        writeNumber(sampling.topP(), out);
        writeNumber(sampling.topK(), out);
        writeNumber(sampling.seed(), out);
        writeNumber(attributes.maxSemanticTokens(), out);
        writeNumber(attributes.minSemanticTokens(), out);
        writeNumber(attributes.priority(), out);
        writeNumber(attributes.deadlineMs(), out);
        writeNumber(attributes.budgetMs(), out);
        writeString(attributes.tenant(), out);
    }

    private static RequestAttributes readAttributes(DataInput in, byte version) throws IOException {
        return new RequestAttributes(
                new RequestedVoice(
                        readString(in),
                        readString(in),
                        readString(in),
                        readString(in),
                        readString(in),
                        readString(in)),
                new RequestedSampling(
                        readDouble(in), readDouble(in), readInteger(in), readLong(in)),
                readInteger(in),
                readInteger(in),
                readInteger(in),
                readLong(in),
                version < FIRST_WITH_BUDGET ? null : readLong(in),
                readString(in));
    }

    private static void writeText(RequestText.Snapshot text, DataOutput out) throws IOException {
        writeString(text.joined(), out);
        writeString(text.pending(), out);
        out.writeInt(text.joinedChars());
        out.writeLong(text.nextSequence());
        out.writeBoolean(text.complete());
        out.writeInt(text.held().size());
        for (TextPiece held : text.held()) {
            out.writeLong(held.sequence());
            writeString(held.text(), out);
            out.writeBoolean(held.last());
        }
    }

    private static RequestText.Snapshot readText(byte version, DataInput in) throws IOException {
        String joined = readString(in);
        boolean pendingKnown = version >= FIRST_WITH_PENDING_TEXT;
        String pending = pendingKnown ? readString(in) : "";
        int joinedChars = pendingKnown ? in.readInt() : joined.length();
        long nextSequence = in.readLong();
        boolean complete = in.readBoolean();
        List<TextPiece> held = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            held.add(new TextPiece(in.readLong(), readString(in), in.readBoolean()));
        }
        return new RequestText.Snapshot(joined, pending, joinedChars, nextSequence, complete, held);
    }

    private static void writeActive(SegmentSnapshot active, DataOutput out) throws IOException {
        writeInts(active.prompt(), out);
        out.writeInt(active.promptFed());
        out.writeInt(active.emitted());
        writeLimits(active.limits(), out);
        writeInts(active.progress().globals(), out);
        writeInts(active.progress().semantics(), out);
        writeString(active.progress().next().name(), out);
        writeString(active.ids().weightsId(), out);
        writeString(active.ids().numericsId(), out);
        out.writeInt(active.ids().layout());
    }

    private static SegmentSnapshot readActive(byte version, DataInput in, byte[] state)
            throws IOException {
        return new SegmentSnapshot(
                readInts(in),
                in.readInt(),
                in.readInt(),
                readLimits(in),
                new GenerationProgress(
                        readInts(in), readInts(in), NextAction.valueOf(readString(in))),
                new StateIds(readString(in), readString(in), in.readInt()),
                version < FIRST_WITH_FRAME ? readBytes(in) : state);
    }
}
