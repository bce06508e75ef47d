package io.rwkvtts.cli;

import io.rwkvtts.client.TokenListener;
import io.rwkvtts.job.kafka.KafkaAdmin;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import org.apache.kafka.common.IsolationLevel;

/** Reads the topics of requests and tokens from now on. Owns the consumers. For one thread. */
final class TopicWatch implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final double NANOS_PER_SECOND = 1e9;

    private final RequestKeys requests;
    private final TokenListener tokens;
    private final TopicTraffic traffic = new TopicTraffic();
    private double tokensPerSecond;

    /**
     * Connects.
     *
     * @param properties of a Kafka client
     * @throws io.rwkvtts.job.kafka.KafkaSetupException if no broker answers or a topic is missing
     */
    TopicWatch(Properties properties, String requestsTopic, String tokensTopic) {
        try (KafkaAdmin brokers = KafkaAdmin.connect(properties)) {
            brokers.requireTopics(List.of(requestsTopic, tokensTopic));
        }
        requests = new RequestKeys(properties, requestsTopic);
        try {
            tokens =
                    new TokenListener(
                            properties,
                            tokensTopic,
                            TokenListener.Start.LATEST,
                            IsolationLevel.READ_COMMITTED);
        } catch (RuntimeException e) {
            requests.close();
            throw e;
        }
    }

    /** Reads for that long. */
    void read(Duration length) {
        long start = System.nanoTime();
        long before = traffic.tokens();
        while (System.nanoTime() - start < length.toNanos()) {
            requests.poll().forEach(traffic::sent);
            tokens.poll(POLL).forEach(traffic::received);
        }
        double seconds = (System.nanoTime() - start) / NANOS_PER_SECOND;
        tokensPerSecond = (traffic.tokens() - before) / seconds;
    }

    /** Prints what has been seen, with the rate of the latest {@link #read}. */
    void print(PrintWriter out) {
        traffic.print(tokensPerSecond, out);
    }

    @Override
    public void close() {
        tokens.close();
        requests.close();
    }
}
