package io.rwkvtts.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject.Kind;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that README.md shows needs nothing but the client and its dependencies. */
class ReadmeExampleTest {

    @TempDir private Path classes;

    @Test
    void testTheProgramCompilesAgainstTheClientAlone() throws IOException {
        Matcher program =
                Pattern.compile("```java\\n(.*?public class (\\w+).*?)```", Pattern.DOTALL)
                        .matcher(Files.readString(readme()));
        assertThat(program.find()).as("README.md shows a program").isTrue();

        StringWriter messages = new StringWriter();
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        boolean compiled =
                compiler.getTask(
                                messages,
                                null,
                                null,
                                List.of(
                                        "-d",
                                        classes.toString(),
                                        "-cp",
                                        ClientDependenciesTest.classPath(),
                                        "-Xlint:all,-path,-classfile",
                                        "-Werror"),
                                null,
                                List.of(source(program.group(2), program.group(1))))
                        .call();

        assertThat(compiled).as(messages.toString()).isTrue();
    }

    private static Path readme() {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("README.md"))) {
            directory = directory.getParent();
        }
        return directory.resolve("README.md");
    }

    private static SimpleJavaFileObject source(String name, String code) {
        return new SimpleJavaFileObject(
                URI.create("string:///" + name + Kind.SOURCE.extension), Kind.SOURCE) {
            @Override
            public CharSequence getCharContent(boolean ignoreEncodingErrors) {
                return code;
            }
        };
    }
}
