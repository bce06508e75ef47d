package io.rwkvtts.operator;

import io.rwkvtts.synthesis.FinishReason;
import io.rwkvtts.synthesis.RequestSnapshot;
import io.rwkvtts.synthesis.RequestTerms;
import io.rwkvtts.synthesis.SpeechRequest;
import java.io.IOException;
import java.io.UncheckedIOException;
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
 * method sets the backend's key itself: after a mail or a {@code yield} it is somebody else's.
 */
final class RequestStore {
    private static final String REQUESTS = "requests";
    private static final String FINISHED = "finished";

    private final KeyedStateBackend<String> backend;
    private final ValueState<RequestSnapshot> requests;
    private final ValueState<String> finished;
    private final int maxTextChars;
    private final RequestTerms terms;
    private final boolean termsChange;

    /**
     * @param settings how long a finished id is remembered, and what a request is restored with
     * @param termsChange whether the terms of a new request are still to be decided
     */
    RequestStore(
            KeyedStateBackend<String> backend,
            KeyedStateStore states,
            SynthesisSettings settings,
            boolean termsChange) {
        this.backend = backend;
        this.maxTextChars = settings.text().maxChars();
        this.terms = RequestTerms.configured(settings.generation().chunks());
        this.termsChange = termsChange;
        this.requests =
                states.getState(
                        new ValueStateDescriptor<>(REQUESTS, new RequestSnapshotSerializer()));
        ValueStateDescriptor<String> finishedIds =
                new ValueStateDescriptor<>(FINISHED, Types.STRING);
        finishedIds.enableTimeToLive(
                StateTtlConfig.newBuilder(settings.requests().dedupWindow())
                        .cleanupIncrementally(16, false)
                        .build());
        this.finished = states.getState(finishedIds);
    }

    /** Ids of all unfinished requests of this subtask's key groups. */
    List<String> ids() {
        try (Stream<String> keys = backend.getKeys(REQUESTS, VoidNamespace.INSTANCE)) {
            // A list first: the state must not be read while the backend walks over it.
            return keys.toList();
        }
    }

    /** A request that has just come, which is not saved yet. */
    SpeechRequest begin(String id, long arrival, long timestampMs) {
        return new SpeechRequest(
                id, arrival, timestampMs, maxTextChars, termsChange ? null : terms);
    }

    /**
     * The request as a restore found it.
     *
     * @throws DamagedSnapshotException if it is another request: keys have no checksum of their own
     */
    RequestSnapshot restored(String id) throws DamagedSnapshotException {
        RequestSnapshot request = value(id, requests);
        if (!request.id().equals(id)) {
            throw new DamagedSnapshotException(
                    "the state has request '%s' under the key '%s'".formatted(request.id(), id));
        }
        return request;
    }

    /** The unfinished request with this id, null if there is none. */
    SpeechRequest load(String id) {
        RequestSnapshot snapshot = value(id, requests);
        if (snapshot == null) {
            return null;
        }
        boolean undecided = termsChange && !snapshot.begun();
        return SpeechRequest.restore(snapshot, maxTextChars, undecided ? null : terms);
    }

    void save(RequestSnapshot request) {
        update(request.id(), requests, request);
    }

    /** Forgets the request but for its id. */
    void finish(String id, FinishReason reason) {
        forget(id);
        update(id, finished, reason.label());
    }

    /** Forgets the request altogether; events of its id begin a new one. */
    void forget(String id) {
        backend.setCurrentKey(id);
        requests.clear();
    }

    /** Whether the request with this id ended within the window. */
    boolean isFinished(String id) {
        return value(id, finished) != null;
    }

    private <T> T value(String id, ValueState<T> state) {
        backend.setCurrentKey(id);
        try {
            return state.value();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private <T> void update(String id, ValueState<T> state, T value) {
        backend.setCurrentKey(id);
        try {
            state.update(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
