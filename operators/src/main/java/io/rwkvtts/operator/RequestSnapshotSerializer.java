package io.rwkvtts.operator;

import io.rwkvtts.synthesis.RequestSnapshot;
import java.io.IOException;
import org.apache.flink.api.common.typeutils.SimpleTypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.common.typeutils.base.TypeSerializerSingleton;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;

/**
 * Serializes requests for checkpoints in {@link SnapshotFormat}. Snapshots are immutable, so the
 * heap state backend keeps references and copies nothing, however large the recurrent state.
 *
 * <p>Its name is in every savepoint and must never change; the format evolves by the version byte
 * inside the value.
 */
public final class RequestSnapshotSerializer extends TypeSerializerSingleton<RequestSnapshot> {

    private static final long serialVersionUID = 1L;

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public RequestSnapshot createInstance() {
        return null;
    }

    @Override
    public RequestSnapshot copy(RequestSnapshot from) {
        return from;
    }

    @Override
    public RequestSnapshot copy(RequestSnapshot from, RequestSnapshot reuse) {
        return from;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public void serialize(RequestSnapshot request, DataOutputView target) throws IOException {
        SnapshotFormat.write(request, target);
    }

    @Override
    public RequestSnapshot deserialize(DataInputView source) throws IOException {
        return SnapshotFormat.read(source);
    }

    @Override
    public RequestSnapshot deserialize(RequestSnapshot reuse, DataInputView source)
            throws IOException {
        return SnapshotFormat.read(source);
    }

    @Override
    public void copy(DataInputView source, DataOutputView target) throws IOException {
        SnapshotFormat.write(SnapshotFormat.read(source), target);
    }

    @Override
    public TypeSerializerSnapshot<RequestSnapshot> snapshotConfiguration() {
        return new Snapshot();
    }

    /** Snapshot of the serializer itself: it has no configuration. */
    public static final class Snapshot extends SimpleTypeSerializerSnapshot<RequestSnapshot> {
        public Snapshot() {
            super(RequestSnapshotSerializer::new);
        }
    }
}
