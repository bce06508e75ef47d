package io.rwkvtts.operator.audio;

import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes the sound of requests for checkpoints in {@link SoundFormat}.
 *
 * <p>Its name is in every savepoint and must never change; the format evolves by the version byte
 * inside the value.
 */
public final class SoundSerializer extends TypeSerializerSingleton<SoundSnapshot> {

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public SoundSnapshot createInstance() {
        return null;
    }

    @Override
    public SoundSnapshot copy(SoundSnapshot from) {
        return from;
    }

    @Override
    public SoundSnapshot copy(SoundSnapshot from, SoundSnapshot reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(SoundSnapshot sound, DataOutputView target) throws IOException {
        SoundFormat.write(sound, target);
    }

    @Override
    public SoundSnapshot deserialize(DataInputView source) throws IOException {
        return SoundFormat.read(source);
    }

    @Override
    public SoundSnapshot deserialize(SoundSnapshot reuse, DataInputView source) throws IOException {
        return SoundFormat.read(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        SoundFormat.write(SoundFormat.read(source), target);
    }

    @Override
    public TypeSerializerSnapshot<SoundSnapshot> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Snapshot of the serializer itself: it has no configuration. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<SoundSnapshot> {
        public Snapshot() {
            super(SoundSerializer::new);
        }
    }
}
