package io.rwkvtts.operator.audio;

import static io.rwkvtts.operator.SnapshotFields.readInts;
import static io.rwkvtts.operator.SnapshotFields.readString;
import static io.rwkvtts.operator.SnapshotFields.writeInts;
import static io.rwkvtts.operator.SnapshotFields.writeString;

import io.rwkvtts.audio.SegmentAudio;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.operator.DamagedSnapshotException;
import io.rwkvtts.operator.SnapshotFrame;
import io.rwkvtts.operator.SpeechEnd;
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
 * The bytes of a request's sound in a checkpoint: its {@linkplain
 * io.rwkvtts.operator.SnapshotFields fields} in order, in a {@link SnapshotFrame} without state,
 * whose checksum finds damage. A released version stays readable. Version 2 added the side of an
 * experiment, and is written for requests that are on one: others stay in version 1.
 */
final class SoundFormat {

    static final byte VERSION = 2;

    private static final byte FIRST = 1;
    private static final byte FIRST_WITH_ARM = 2;

    private SoundFormat() {}

    static void write(SoundSnapshot sound, DataOutput out) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        byte version = sound.arm() == null ? FIRST : FIRST_WITH_ARM;
        writeFields(version, sound, new DataOutputStream(bytes));
        SnapshotFrame.of(bytes.toByteArray(), null).write(version, out);
    }

    /**
     * Reads the sound of a request of any version.
     *
     * @throws DamagedSnapshotException if the bytes are others
     * @throws IOException if a later release wrote them, or they cannot be read
     */
    static SoundSnapshot read(DataInput in) throws IOException {
        try {
            byte version = in.readByte();
            if (version < FIRST || version > VERSION) {
                throw new IOException(
                        "the sound of a request has format version %d, but this release reads versions %d to %d: restore with the release that wrote it, or a later one; if that was this one, the state is damaged"
                                .formatted(version, FIRST, VERSION));
            }
            SnapshotFrame frame = SnapshotFrame.read(version, in);
            if (!frame.intact()) {
                throw new DamagedSnapshotException(
                        "the sound of a request is damaged (its checksum differs)");
            }
            return readFields(
                    version, new DataInputStream(new ByteArrayInputStream(frame.fields())));
        } catch (EOFException e) {
            throw new DamagedSnapshotException(
                    "the state ends in the middle of the sound of a request", e);
        } catch (RuntimeException e) {
            throw new DamagedSnapshotException(
                    "the sound of a request makes no sense: " + e.getMessage(), e);
        }
    }

    private static void writeFields(byte version, SoundSnapshot sound, DataOutput out)
            throws IOException {
        writeString(sound.id(), out);
        out.writeLong(sound.timestampMs());
        WindowPlan plan = sound.plan();
        out.writeInt(plan.first());
        out.writeInt(plan.next());
        out.writeInt(plan.left());
        out.writeInt(plan.right());
        out.writeLong(sound.position().sequence());
        out.writeLong(sound.position().sampleOffset());
        out.writeInt(sound.position().segment());
        out.writeInt(sound.segments().size());
        for (SoundSnapshot.Segment segment : sound.segments()) {
            out.writeInt(segment.number());
            SegmentAudio.Held held = segment.tokens();
            writeInts(held.globals(), out);
            writeInts(held.tokens(), out);
            out.writeInt(held.from());
            out.writeInt(held.emitted());
        }
        out.writeBoolean(sound.end() != null);
        if (sound.end() != null) {
            writeString(sound.end().reason(), out);
            writeString(sound.end().error(), out);
        }
        out.writeBoolean(sound.failed());
        if (version >= FIRST_WITH_ARM) {
            writeString(sound.arm(), out);
        }
    }

    private static SoundSnapshot readFields(byte version, DataInput in) throws IOException {
        return new SoundSnapshot(
                readString(in),
                in.readLong(),
                new WindowPlan(in.readInt(), in.readInt(), in.readInt(), in.readInt()),
                readPosition(in),
                readSegments(in),
                in.readBoolean() ? new SpeechEnd(readString(in), readString(in)) : null,
                in.readBoolean(),
                version < FIRST_WITH_ARM ? null : readString(in));
    }

    private static SoundPosition readPosition(DataInput in) throws IOException {
        long sequence = in.readLong();
        long sampleOffset = in.readLong();
        return new SoundPosition(sequence, in.readInt(), sampleOffset);
    }

    private static List<SoundSnapshot.Segment> readSegments(DataInput in) throws IOException {
        List<SoundSnapshot.Segment> segments = new ArrayList<>();
        for (int count = in.readInt(); count > 0; count--) {
            segments.add(
                    new SoundSnapshot.Segment(
                            in.readInt(),
                            new SegmentAudio.Held(
                                    readInts(in), readInts(in), in.readInt(), in.readInt())));
        }
        return segments;
    }
}
