package io.rwkvtts.operator;

import io.rwkvtts.synthesis.ChunkPlan;
import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.SpeechRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.api.common.state.KeyedStateStore;
import org.apache.flink.api.common.state.StateTtlConfig;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;

/**
 * The keyed state of the operator: every request that is not finished, and for a while the ids of
 * those that are.
 *
 * <p>Owns: the state handles. Lifecycle: as long as the operator's keyed state backend. Every
 * method but {@link #ids} works on the backend's current key.
 */
final class RequestStore {
    private static final String REQUESTS = "requests";
    private static final String FINISHED = "finished";

    private final KeyedStateBackend<String> backend;
    private final ValueState<RequestSnapshot> requests;
    private final ValueState<String> finished;
    private final int maxTextChars;
    private final ChunkPlan chunks;

    /**
     * @param dedupWindow how long a finished id is remembered
     * @param maxTextChars most characters of a request's text
     * @param chunks for requests of a snapshot that does not know how their tokens are cut
     */
    RequestStore(
            KeyedStateBackend<String> backend,
            KeyedStateStore states,
            Duration dedupWindow,
            int maxTextChars,
            ChunkPlan chunks) {
        this.backend = backend;
        this.maxTextChars = maxTextChars;
        this.chunks = chunks;
        this.requests =
                states.getState(
                        new ValueStateDescriptor<>(REQUESTS, new RequestSnapshotSerializer()));
        ValueStateDescriptor<String> finishedIds =
                new ValueStateDescriptor<>(FINISHED, Types.STRING);
        finishedIds.enableTimeToLive(
                StateTtlConfig.newBuilder(dedupWindow).cleanupIncrementally(16, false).build());
        this.finished = states.getState(finishedIds);
    }

    /** Ids of all unfinished requests of this subtask's key groups. */
    List<String> ids() {
        try (Stream<String> keys = backend.getKeys(REQUESTS, VoidNamespace.INSTANCE)) {
            // A list first: the state must not be read while the backend walks over it.
            return keys.toList();
        }
    }

    /** The request of the current key as it was saved, null if there is none. */
    RequestSnapshot snapshot() {
        return value(requests);
    }

    /**
     * The request of the current key as a restore found it.
     *
     * @param id the current key
     * @throws DamagedSnapshotException if it is another request: keys have no checksum of their own
     */
    RequestSnapshot restored(String id) throws DamagedSnapshotException {
        RequestSnapshot request = snapshot();
        if (!request.id().equals(id)) {
            throw new DamagedSnapshotException(
                    "the state has request '%s' under the key '%s'".formatted(request.id(), id));
        }
        return request;
    }

    /** The request of the current key, null if there is none. */
    SpeechRequest load() {
        RequestSnapshot snapshot = snapshot();
        return snapshot == null ? null : SpeechRequest.restore(snapshot, maxTextChars, chunks);
    }

    void save(RequestSnapshot request) {
        update(requests, request);
    }

    /** Forgets the request but for its id. */
    void finish(FinishReason reason) {
        requests.clear();
        update(finished, reason.label());
    }

    /** Forgets the request of the current key altogether; events of its id begin a new one. */
    void forget() {
        requests.clear();
    }

    /** Whether the request of the current key ended within the window. */
    boolean isFinished() {
        return value(finished) != null;
    }

    private static <T> T value(ValueState<T> state) {
        try {
            return state.value();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T> void update(ValueState<T> state, T value) {
        try {
            state.update(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
