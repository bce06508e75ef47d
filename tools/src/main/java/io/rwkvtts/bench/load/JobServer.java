package io.rwkvtts.bench.load;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.local.LocalStack;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import org.apache.flink.configuration.Configuration;

/** Main of the process under load: a broker, a Flink cluster and the job on them. */
public final class JobServer {

    private JobServer() {}

    /**
     * Runs until the process is killed.
     *
     * @param arguments a file with the options as a JSON object, and a file to be made, with the
     *     address of the broker, when the job takes requests
     */
    public static void main(String[] arguments) throws Exception {
        Configuration options = new Configuration();
        new ObjectMapper()
                .readValue(Path.of(arguments[0]).toFile(), Map.class)
                .forEach((key, value) -> options.setString((String) key, (String) value));
        LocalStack stack = LocalStack.start(0, options, SpeechModel.from(options));
        Path ready = Path.of(arguments[1]);
        Path part = Files.writeString(Path.of(ready + ".part"), stack.kafka().bootstrapServers());
        Files.move(part, ready, StandardCopyOption.ATOMIC_MOVE);
        stack.job().getJobExecutionResult().get();
    }
}
