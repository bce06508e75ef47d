package io.rwkvtts.job.kafka;

import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.util.ExceptionUtils;
import org.apache.kafka.common.errors.RecordTooLargeException;

/**
 * Tells a refusal that would come again after each restart, since the job would write the same
 * record again, from failures that a restart can mend.
 *
 * @param topic that is written to
 */
record Refusals(String topic) {

    /**
     * Looks at a failure of the writer.
     *
     * @throws SuppressRestartsException if Kafka refused a record as too large: ends the job for
     *     good, and names the topic
     */
    void endJobIfLasting(Exception failure) {
        ExceptionUtils.findThrowable(failure, RecordTooLargeException.class)
                .ifPresent(
                        refusal -> {
                            throw new SuppressRestartsException(
                                    new KafkaSetupException(message(refusal), failure));
                        });
    }

    private String message(RecordTooLargeException refusal) {
        return ("topic %s does not take a record: %s The job stops, since it would write the same"
                        + " record again after every restart. Nothing is lost: raise"
                        + " max.message.bytes of the topic, or max.request.size of the producer,"
                        + " and start the job from its last checkpoint")
                .formatted(topic, refusal.getMessage());
    }
}
