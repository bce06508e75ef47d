package io.rwkvtts.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** A program takes the client without Flink: its pom refuses other libraries than it names. */
class ClientDependenciesTest {

    @Test
    void testClassPathHoldsNoFlinkAndNoModelRuntime() {
        assertThat(
                        Arrays.stream(classPath().split(File.pathSeparator))
                                .map(entry -> new File(entry)))
                .extracting(File::getName)
                .anyMatch(name -> name.startsWith("kafka-clients"))
                .anyMatch(name -> name.startsWith("avro"))
                .noneMatch(name -> name.startsWith("flink") || name.startsWith("onnxruntime"));
        assertThat(getClass().getResource("/org/apache/flink/api/common/JobStatus.class")).isNull();
        assertThat(getClass().getResource("/org/apache/kafka/clients/producer/Producer.class"))
                .isNotNull();
    }

    /** Surefire starts its JVM with a jar that refers to the others. */
    static String classPath() {
        return System.getProperty(
                "surefire.test.class.path", System.getProperty("java.class.path"));
    }
}
