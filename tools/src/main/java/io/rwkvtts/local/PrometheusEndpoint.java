package io.rwkvtts.local;

import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Field;
import java.net.InetSocketAddress;
import org.apache.flink.metrics.prometheus.AbstractPrometheusReporter;

/**
 * Flink's Prometheus reporter, with the same metrics under the same names, on one address: the
 * original listens on all addresses of the machine and has no option for it.
 */
final class PrometheusEndpoint extends AbstractPrometheusReporter {

    private final HTTPServer server;

    /**
     * Starts to listen.
     *
     * @throws UncheckedIOException if the address cannot be bound
     */
    PrometheusEndpoint(InetSocketAddress address) {
        try {
            server = new HTTPServer(address, registry(), true);
        } catch (IOException e) {
            throw new UncheckedIOException("the metrics cannot be served on " + address, e);
        }
    }

    /** Flink keeps the registry of its reporters to their package. */
    private CollectorRegistry registry() {
        try {
            Field registry = AbstractPrometheusReporter.class.getDeclaredField("registry");
            registry.setAccessible(true);
            return (CollectorRegistry) registry.get(this);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("this Flink keeps its metrics elsewhere", e);
        }
    }

    @Override
    public void close() {
        server.stop();
        super.close();
    }
}
