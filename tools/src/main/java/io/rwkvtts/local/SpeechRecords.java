package io.rwkvtts.local;

import io.rwkvtts.client.ReceivedTokens;
import io.rwkvtts.client.SpeechException;
import io.rwkvtts.client.SpeechListener;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Records of several requests in the order in which they came, for one thread that reads them all.
 * Keeps what comes, without a limit: for few requests, or readers that are quick.
 */
public final class SpeechRecords implements SpeechListener {

    private record Heard(ReceivedTokens record, SpeechException failure) {}

    private final BlockingQueue<Heard> heard = new LinkedBlockingQueue<>();

    @Override
    public void received(ReceivedTokens record) {
        heard.add(new Heard(record, null));
    }

    @Override
    public void failed(SpeechException cause) {
        heard.add(new Heard(null, cause));
    }

    /**
     * Waits for the next record of any of the requests.
     *
     * @param timeout how long to wait at most
     * @return null if none came
     * @throws SpeechException if one of the requests failed
     */
    public ReceivedTokens poll(Duration timeout) throws InterruptedException {
        Heard next = heard.poll(timeout.toMillis(), TimeUnit.MILLISECONDS);
        if (next == null) {
            return null;
        }
        if (next.failure() != null) {
            throw next.failure();
        }
        return next.record();
    }
}
