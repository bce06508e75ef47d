package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A key is spelled where its option is declared, so that the compiler finds all its uses. */
class OptionLiteralsTest {

    private static final Pattern KEY = Pattern.compile("\"tts\\.[a-z][a-z.-]*[ \":,]");

    @ParameterizedTest
    @ValueSource(strings = {"operators", "job", "client"})
    void testKeysAreSpelledInTheirOptionsOnly(String module) throws IOException {
        Path sources = ProjectFiles.root().resolve(module).resolve("src/main/java");
        List<String> found = new ArrayList<>();
        int declared = 0;
        try (Stream<Path> files = Files.walk(sources)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                for (Matcher key = KEY.matcher(source); key.find(); ) {
                    String before = source.substring(0, key.start());
                    if (before.endsWith("ConfigOptions.key(")) {
                        declared++;
                    } else {
                        found.add(file.getFileName() + ": " + key.group());
                    }
                }
            }
        }
        assertThat(found).isEmpty();
        assertThat(declared > 0).isEqualTo(!module.equals("client"));
    }
}
