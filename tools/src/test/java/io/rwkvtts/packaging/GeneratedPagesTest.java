package io.rwkvtts.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Holds pages in {@code docs} to the code that they are generated from, or writes them. */
class GeneratedPagesTest {

    private static final String WRITE = "tts.docs.write";

    @Test
    void testConfigurationPageSaysWhatTheOptionsSay() throws Exception {
        check("configuration.md", ConfigurationPage.text());
    }

    @Test
    void testMetricsPageSaysWhatTheNamesSay() throws Exception {
        check("metrics.md", MetricsPage.text());
    }

    private static void check(String name, String text) throws IOException {
        Path page = ProjectFiles.root().resolve("docs").resolve(name);
        if (Boolean.getBoolean(WRITE)) {
            Files.writeString(page, text);
        }

        assertThat(page)
                .as(
                        "The code has changed. Write the page again and commit it:\n"
                                + "mvn test -pl tools -am -Dtest=GeneratedPagesTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -D%s=true\n",
                        WRITE)
                .hasContent(text);
    }
}
