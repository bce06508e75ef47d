package io.rwkvtts.operator.audio;

import io.rwkvtts.audio.AudioDecoder;
import io.rwkvtts.audio.AudioException;
import io.rwkvtts.audio.AudioWindow;
import io.rwkvtts.audio.Pcm16;
import io.rwkvtts.audio.WindowPlan;
import io.rwkvtts.operator.DamagedSnapshotException;
import io.rwkvtts.operator.StartFailure;
import io.rwkvtts.operator.TokenChunk;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Makes sound of tokens: chunks of tokens in, keyed by request id, records of PCM out.
 *
 * <p>Recovery contract: the tokens of a request that have not sounded yet are in every checkpoint
 * from the moment that {@code processElement} takes them. A window that is being decoded at a
 * checkpoint is decoded again after a restore. So the same records come out, with the same bytes on
 * the same kind of machine.
 *
 * <p>Windows are decoded by {@link DecoderThreads}, one of a request at a time; all else happens on
 * the task thread, so that checkpoints pass between two windows. Requests take turns. When too many
 * wait, input has to.
 */
final class DecodeAudioOperator extends AbstractStreamOperator<PcmChunk>
        implements OneInputStreamOperator<TokenChunk, PcmChunk> {

    private static final long serialVersionUID = 1L;

    private static final String STATE = "sound";

    /** Requests that may wait for a decoder before input has to. */
    static final int MOST_WAITING = 256;

    private final transient MailboxExecutor mailbox;
    private final AudioDecoderFactory decoders;
    private final AudioSettings settings;

    private transient ValueState<SoundSnapshot> state;
    private transient DecoderThreads threads;
    private transient WindowPlan plan;
    private transient AudioMetrics audioMetrics;

    /** Requests whose end has not been emitted. */
    private transient Map<String, RequestSound> open;

    /** Those with a window to decode, which none of the threads has. */
    private transient LinkedHashSet<RequestSound> ready;

    /** Windows that the threads have. */
    private transient Map<String, AudioWindow> decoding;

    private transient volatile int waiting;

    DecodeAudioOperator(
            StreamOperatorParameters<PcmChunk> parameters,
            AudioDecoderFactory decoders,
            AudioSettings settings) {
        super(parameters);
        this.mailbox = parameters.getMailboxExecutor();
        this.decoders = decoders;
        this.settings = settings;
    }

    @Override
    public void open() throws Exception {
        super.open();
        AudioDecoder decoder;
        try {
            decoder = decoders.open();
        } catch (IOException | IllegalArgumentException e) {
            throw StartFailure.of(e);
        }
        threads = new DecoderThreads(decoder, settings.threads(), getOperatorName());
        plan = WindowPlan.streaming(decoder.format());
        audioMetrics = new AudioMetrics(getMetricGroup(), () -> waiting);
        open = new HashMap<>();
        ready = new LinkedHashSet<>();
        decoding = new HashMap<>();
        state =
                getKeyedStateStore()
                        .getState(new ValueStateDescriptor<>(STATE, new SoundSerializer()));
        for (String id : storedIds()) {
            setCurrentKey(id);
            RequestSound sound = new RequestSound(state.value());
            if (!sound.id().equals(id)) {
                // Keys have no checksum of their own.
                throw new DamagedSnapshotException(
                        "the state has the sound of request '%s' under the key '%s'"
                                .formatted(sound.id(), id));
            }
            open.put(id, sound);
            advance(sound);
        }
        decodeReady();
    }

    private List<String> storedIds() {
        try (Stream<String> keys =
                getKeyedStateBackend()
                        .<VoidNamespace>getKeys(STATE, VoidNamespace.INSTANCE)
                        .map(String.class::cast)) {
            // A list first: the state must not be read while the backend walks over it.
            return keys.toList();
        }
    }

    @Override
    public void processElement(StreamRecord<TokenChunk> record) throws Exception {
        TokenChunk chunk = record.getValue();
        RequestSound sound = open.get(chunk.requestId());
        if (sound == null) {
            sound = new RequestSound(chunk, plan);
            open.put(chunk.requestId(), sound);
            if (chunk.position().sequence() > 0) {
                fail(sound, "the request began before the job made sound of its tokens");
            }
        }
        sound.accept(chunk);
        if (!decoding.containsKey(chunk.requestId()) && !ready.contains(sound)) {
            advance(sound);
        }
        decodeReady();
        // What has been taken is in the next checkpoint; only now may mails, that of a checkpoint
        // among them, run.
        while (ready.size() > MOST_WAITING) {
            mailbox.yield();
        }
    }

    /** Queues the next window of a request, or ends the request. */
    private void advance(RequestSound sound) throws IOException {
        if (sound.next().isPresent()) {
            ready.add(sound);
        } else if (sound.complete()) {
            if (!sound.failed()) {
                emit(sound.end(threads.sampleRate(), System.currentTimeMillis()));
            }
            open.remove(sound.id());
            setCurrentKey(sound.id());
            state.clear();
        }
    }

    private void decodeReady() {
        while (decoding.size() < settings.threads() && !ready.isEmpty()) {
            RequestSound sound = ready.iterator().next();
            ready.remove(sound);
            AudioWindow window = sound.next().orElseThrow();
            decoding.put(sound.id(), window);
            threads.decode(window, result -> post(sound, result));
        }
        waiting = ready.size();
    }

    /** Called by the decoding thread. */
    private void post(RequestSound sound, DecoderThreads.Result result) {
        try {
            mailbox.execute(() -> done(sound, result), "decoded audio");
        } catch (RejectedExecutionException closing) {
            // The task is finishing or cancelled: the window is in its last snapshot.
        }
    }

    private void done(RequestSound sound, DecoderThreads.Result result) throws Exception {
        AudioWindow window = decoding.remove(sound.id());
        if (result.failure() instanceof AudioException failure) {
            fail(sound, failure.getMessage());
        } else if (result.failure() != null) {
            throw new IllegalStateException(
                    "decoding failed for request " + sound.id(), result.failure());
        } else {
            emit(sound, window, result);
        }
        advance(sound);
        decodeReady();
    }

    private void emit(RequestSound sound, AudioWindow window, DecoderThreads.Result result) {
        byte[] pcm;
        try {
            pcm = Pcm16.of(result.samples(), settings.gain());
        } catch (AudioException e) {
            fail(sound, e.getMessage());
            return;
        }
        audioMetrics.decoded(result.samples().length, threads.sampleRate(), result.nanos());
        emit(sound.decoded(window, pcm, threads.sampleRate(), System.currentTimeMillis()));
    }

    private void fail(RequestSound sound, String error) {
        LOG.warn("The sound of request {} ends: {}", sound.id(), error);
        audioMetrics.failed();
        emit(sound.fail(error, threads.sampleRate(), System.currentTimeMillis()));
    }

    private void emit(PcmChunk chunk) {
        output.collect(new StreamRecord<>(chunk));
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        for (RequestSound sound : open.values()) {
            setCurrentKey(sound.id());
            state.update(sound.snapshot());
        }
        super.snapshotState(context);
    }

    /** Ids of the requests whose end has not been emitted. */
    List<String> openRequests() {
        return List.copyOf(open.keySet());
    }

    /** Whether windows are being decoded. */
    boolean busy() {
        return !decoding.isEmpty();
    }

    /** At the end of the input, as for a stop that drains the job. */
    @Override
    public void finish() throws Exception {
        while (busy()) {
            mailbox.yield();
        }
        super.finish();
    }

    @Override
    public void close() throws Exception {
        if (threads != null) {
            threads.close();
        }
        super.close();
    }
}
