package io.rwkvtts.local;

import java.net.InetSocketAddress;
import java.util.Properties;
import org.apache.flink.metrics.MetricConfig;
import org.apache.flink.metrics.reporter.MetricReporter;
import org.apache.flink.metrics.reporter.MetricReporterFactory;

/** Makes a {@link PrometheusEndpoint} from {@code metrics.reporter.<name>.port} and its address. */
public final class PrometheusEndpointFactory implements MetricReporterFactory {

    @Override
    public MetricReporter createMetricReporter(Properties properties) {
        // Flink's own subclass: the values are not all strings.
        MetricConfig config = (MetricConfig) properties;
        return new PrometheusEndpoint(
                new InetSocketAddress(
                        config.getString("bind-address", LoopbackPorts.HOST),
                        config.getInteger("port", 0)));
    }
}
