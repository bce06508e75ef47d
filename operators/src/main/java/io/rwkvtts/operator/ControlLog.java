package io.rwkvtts.operator;

import java.io.IOException;
import java.io.Serializable;

/** Reads the control topic in its order. For one thread, but for {@link #wakeup}. */
public interface ControlLog extends AutoCloseable {

    /** Opens the topic on the TaskManager that reads it. */
    @FunctionalInterface
    interface Opener extends Serializable {

        /**
         * The topic from where it was left, owned by the caller; from its beginning if it is
         * another topic.
         */
        ControlLog open(ControlPosition position);
    }

    /**
     * Reads on; waits for a short time if there is nothing more.
     *
     * @throws IOException if it could not be read; another attempt may succeed
     */
    ControlBatch read() throws IOException;

    /** Has a {@link #read} that waits end, by an exception if need be. From any thread. */
    void wakeup();

    /** After the last {@link #read} has ended. */
    @Override
    void close();
}
