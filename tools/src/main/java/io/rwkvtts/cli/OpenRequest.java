package io.rwkvtts.cli;

import io.rwkvtts.client.TextEventProducer;
import io.rwkvtts.schema.TextEvent;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A request whose text is still being sent. It is cancelled when it is closed before its last event
 * was sent, or the process is told to end, by Ctrl-C for example: otherwise the job would wait for
 * the rest of it until it expires.
 *
 * <p>Owns a shutdown hook. {@link #close} may be called by any thread.
 */
final class OpenRequest implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(OpenRequest.class);

    private static final long CANCEL_SECONDS = 5;

    private final TextEventProducer producer;
    private final String id;
    private final Thread hook = new Thread(this::cancel, "cancel-request");
    private boolean begun;
    private boolean ended;

    private OpenRequest(TextEventProducer producer, String id) {
        this.producer = producer;
        this.id = id;
    }

    /** A request that no event was sent of yet. */
    static OpenRequest open(TextEventProducer producer, String id) {
        OpenRequest request = new OpenRequest(producer, id);
        Runtime.getRuntime().addShutdownHook(request.hook);
        return request;
    }

    /** Its first event is about to be sent. */
    synchronized void begun() {
        begun = true;
    }

    /**
     * Its last event is about to be sent, or it is to stay open.
     *
     * @return whether that is still to be done; if not, the request was cancelled
     */
    synchronized boolean end() {
        boolean first = !ended;
        ended = true;
        return first;
    }

    private void cancel() {
        if (!end() || !begun) {
            return;
        }
        TextEvent cancel = TextEvent.newBuilder().setRequestId(id).setCancel(true).build();
        try {
            producer.send(cancel).get(CANCEL_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            LOG.warn("Request {} stays open, it could not be cancelled: {}", id, e.toString());
        }
    }

    @Override
    public void close() {
        cancel();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            LOG.debug("The process is ending", e);
        }
    }
}
