package org.apache.flink.metrics.prometheus;

import io.prometheus.client.exporter.HTTPServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.apache.flink.metrics.MetricConfig;

/**
 * Flink's Prometheus reporter, listening on the loopback address. {@link PrometheusReporter} itself
 * listens on all addresses of the machine and has no option for it; the registry to serve is
 * visible in its package only, which is why this class is here.
 */
public final class LoopbackPrometheusReporter extends AbstractPrometheusReporter {

    private final int port;
    private HTTPServer server;

    LoopbackPrometheusReporter(int port) {
        this.port = port;
    }

    @Override
    public void open(MetricConfig config) {
        super.open(config);
        try {
            server =
                    new HTTPServer(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                            registry,
                            true);
        } catch (IOException e) {
            throw new IllegalStateException("metrics port " + port + " cannot be opened", e);
        }
    }

    @Override
    public void close() {
        if (server != null) {
            server.stop();
        }
        super.close();
    }
}
