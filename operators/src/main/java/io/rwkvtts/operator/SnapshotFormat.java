package io.rwkvtts.operator;

import io.rwkvtts.protocol.GenerationLimits;
import io.rwkvtts.protocol.GenerationProgress;
import io.rwkvtts.protocol.NextAction;
import io.rwkvtts.synthesis.RequestAttributes;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestText;
import io.rwkvtts.synthesis.UtteranceSnapshot;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes of a request in a checkpoint: a version, then the fields in order. Numbers are
 * big-endian; strings are UTF-8 behind their length, −1 for null; arrays stand behind their length,
 * −1 for a state that is to be computed again. A released version stays readable for ever: its
 * golden file is a test resource. Version 2 added the budget of a request.
 */
final class SnapshotFormat {
    static final byte VERSION = 2;

    private static final int NULL = -1;

    private SnapshotFormat() {}

    static void write(RequestSnapshot request, DataOutput out) throws IOException {
        out.writeByte(VERSION);
        writeString(request.id(), out);
        out.writeLong(request.arrival());
        out.writeLong(request.timestampMs());
        out.writeLong(request.idleSinceMs());
        writeAttributes(request.attributes(), out);
        writeText(request.text(), out);
        out.writeInt(request.segment());
        out.writeInt(request.textPosition());
        out.writeLong(request.sequence());
        out.writeLong(request.tokenOffset());
        out.writeBoolean(request.globalTokens() != null);
        if (request.globalTokens() != null) {
            writeInts(request.globalTokens(), out);
        }
        out.writeBoolean(request.lengthReached());
        out.writeBoolean(request.utterance() != null);
        if (request.utterance() != null) {
            writeUtterance(request.utterance(), out);
        }
    }

    static RequestSnapshot read(DataInput in) throws IOException {
        byte version = in.readByte();
        if (version < 1 || version > VERSION) {
            throw new IOException(
                    "the snapshot of a request has format version "
                            + version
                            + ", but this release reads versions 1 to "
                            + VERSION
                            + ": restore with the release that wrote it, or a later one");
        }
        return new RequestSnapshot(
                readString(in),
                in.readLong(),
                in.readLong(),
                in.readLong(),
                readAttributes(in, version),
                readText(in),
                in.readInt(),
                in.readInt(),
                in.readLong(),
                in.readLong(),
                in.readBoolean() ? readInts(in) : null,
                in.readBoolean(),
                in.readBoolean() ? readUtterance(in) : null);
    }

    private static void writeAttributes(RequestAttributes attributes, DataOutput out)
            throws IOException {
        writeString(attributes.voiceId(), out);
        writeString(attributes.age(), out);
        writeString(attributes.gender(), out);
        writeString(attributes.emotion(), out);
        writeString(attributes.pitch(), out);
        writeString(attributes.speed(), out);
        writeNumber(attributes.temperature(), out);
        writeNumber(attributes.topP(), out);
        writeNumber(attributes.topK(), out);
        writeNumber(attributes.seed(), out);
        writeNumber(attributes.maxSemanticTokens(), out);
        writeNumber(attributes.minSemanticTokens(), out);
        writeNumber(attributes.priority(), out);
        writeNumber(attributes.deadlineMs(), out);
        writeNumber(attributes.budgetMs(), out);
        writeString(attributes.tenant(), out);
    }

    private static RequestAttributes readAttributes(DataInput in, byte version) throws IOException {
        return new RequestAttributes(
                readString(in),
                readString(in),
                readString(in),
                readString(in),
                readString(in),
                readString(in),
                readDouble(in),
                readDouble(in),
                readInteger(in),
                readLong(in),
                readInteger(in),
                readInteger(in),
                readInteger(in),
                readLong(in),
                version < 2 ? null : readLong(in),
                readString(in));
    }

    private static void writeText(RequestText.Snapshot text, DataOutput out) throws IOException {
        writeString(text.joined(), out);
        out.writeLong(text.nextSequence());
        out.writeBoolean(text.complete());
        out.writeInt(text.held().size());
        for (Map.Entry<Long, RequestText.Held> held : text.held().entrySet()) {
            out.writeLong(held.getKey());
            writeString(held.getValue().text(), out);
            out.writeBoolean(held.getValue().last());
        }
    }

    private static RequestText.Snapshot readText(DataInput in) throws IOException {
        String joined = readString(in);
        long nextSequence = in.readLong();
        boolean complete = in.readBoolean();
        TreeMap<Long, RequestText.Held> held = new TreeMap<>();
        for (int count = in.readInt(); count > 0; count--) {
            held.put(in.readLong(), new RequestText.Held(readString(in), in.readBoolean()));
        }
        return new RequestText.Snapshot(joined, nextSequence, complete, held);
    }

    private static void writeUtterance(UtteranceSnapshot utterance, DataOutput out)
            throws IOException {
        writeInts(utterance.prompt(), out);
        out.writeInt(utterance.promptFed());
        out.writeInt(utterance.emitted());
        out.writeInt(utterance.limits().minSemanticTokens());
        out.writeInt(utterance.limits().maxSemanticTokens());
        out.writeInt(utterance.limits().maxRepeatedTokens());
        writeInts(utterance.progress().globals(), out);
        writeInts(utterance.progress().semantics(), out);
        writeString(utterance.progress().next().name(), out);
        writeString(utterance.weightsId(), out);
        writeString(utterance.numericsId(), out);
        out.writeInt(utterance.stateLayout());
        out.writeInt(utterance.state() == null ? NULL : utterance.state().length);
        if (utterance.state() != null) {
            out.write(utterance.state());
        }
    }

    private static UtteranceSnapshot readUtterance(DataInput in) throws IOException {
        return new UtteranceSnapshot(
                readInts(in),
                in.readInt(),
                in.readInt(),
                new GenerationLimits(in.readInt(), in.readInt(), in.readInt()),
                new GenerationProgress(
                        readInts(in), readInts(in), NextAction.valueOf(readString(in))),
                readString(in),
                readString(in),
                in.readInt(),
                readState(in));
    }

    private static byte[] readState(DataInput in) throws IOException {
        int length = in.readInt();
        return length == NULL ? null : readBytes(length, in);
    }

    private static void writeInts(int[] values, DataOutput out) throws IOException {
        out.writeInt(values.length);
        for (int value : values) {
            out.writeInt(value);
        }
    }

    private static int[] readInts(DataInput in) throws IOException {
        int[] values = new int[in.readInt()];
        for (int i = 0; i < values.length; i++) {
            values[i] = in.readInt();
        }
        return values;
    }

    private static void writeString(String value, DataOutput out) throws IOException {
        if (value == null) {
            out.writeInt(NULL);
            return;
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static String readString(DataInput in) throws IOException {
        int length = in.readInt();
        return length == NULL ? null : new String(readBytes(length, in), StandardCharsets.UTF_8);
    }

    private static byte[] readBytes(int length, DataInput in) throws IOException {
        byte[] bytes = new byte[length];
        in.readFully(bytes);
        return bytes;
    }

    private static void writeNumber(Number value, DataOutput out) throws IOException {
        out.writeBoolean(value != null);
        if (value instanceof Double real) {
            out.writeDouble(real);
        } else if (value instanceof Integer whole) {
            out.writeInt(whole);
        } else if (value instanceof Long large) {
            out.writeLong(large);
        }
    }

    private static Double readDouble(DataInput in) throws IOException {
        return in.readBoolean() ? in.readDouble() : null;
    }

    private static Integer readInteger(DataInput in) throws IOException {
        return in.readBoolean() ? in.readInt() : null;
    }

    private static Long readLong(DataInput in) throws IOException {
        return in.readBoolean() ? in.readLong() : null;
    }
}
