package io.rwkvtts.cli;

import io.rwkvtts.job.RunCommand;
import io.rwkvtts.job.TtsSettings;
import io.rwkvtts.local.LocalJob;
import java.io.PrintWriter;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code tts run} under {@code ./tts}: the job on a Flink cluster inside this process. */
@Command(name = "run")
final class LocalRunCommand extends RunCommand {

    @Spec private CommandSpec spec;

    @Override
    protected void execute(StreamExecutionEnvironment environment, TtsSettings settings)
            throws Exception {
        Configuration options = Configuration.fromMap(environment.getConfiguration().toMap());
        JobDevice.check(options);
        try (LocalJob job = LocalJob.start(options, settings)) {
            job.closeOnExit();
            PrintWriter out = spec.commandLine().getOut();
            Listening.print(job.listening(), out);
            out.println("Serving until Ctrl-C.");
            out.flush();
            job.awaitEnd();
        }
    }
}
