package io.rwkvtts.cli;

import io.rwkvtts.client.ReceivedTokens;
import java.io.IOException;

/** Keeps the sound of the requests that a command shows. Belongs to one thread. */
interface RequestRecorder extends AutoCloseable {

    /** Keeps nothing. */
    RequestRecorder NONE =
            new RequestRecorder() {
                @Override
                public void received(ReceivedTokens received) {}

                @Override
                public void close() {}
            };

    /** A record of any request, in order. */
    void received(ReceivedTokens received) throws IOException;

    @Override
    void close() throws IOException;
}
