package io.rwkvtts;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import io.rwkvtts.engine.ScriptedEngine;
import io.rwkvtts.engine.cpu.CpuEngine;
import io.rwkvtts.job.SpeechModel;
import io.rwkvtts.schema.TextEvent;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which package may use which, and which library is known where: checkpoint, text and sampling
 * stand alone, the operator is the first that knows Flink, the job puts all together.
 */
class ArchitectureTest {

    private static final String ROOT = "io.rwkvtts.";

    private static JavaClasses main;

    /** The other modules are folders or jars, and so are their tests. */
    @BeforeAll
    static void readClasses() {
        ImportOption noTests =
                location ->
                        !location.contains("/test-classes/") && !location.contains("-tests.jar");
        main = new ClassFileImporter().withImportOption(noTests).importPackages("io.rwkvtts");
        assertThat(main.contain(SpeechModel.class)).isTrue();
        assertThat(main.contain(CpuEngine.class)).isTrue();
        assertThat(main.contain(TextEvent.class)).isTrue();
        assertThat(main.contain(ArchitectureTest.class)).isFalse();
        assertThat(main.contain(ScriptedEngine.class)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "schema,",
        "file,",
        "checkpoint, file",
        "text,      file",
        "sampling,",
        "protocol,  file text sampling",
        "model,     checkpoint",
        "onnx,",
        "audio,     file onnx",
        "engine,    model checkpoint onnx sampling",
        "synthesis, scheduling engine protocol text sampling",
        "operator,  synthesis scheduling engine protocol text audio",
        "job,       operator synthesis scheduling engine protocol text sampling model checkpoint schema",
        "client,    schema",
        "gateway,   client audio protocol schema",
        "process,   local",
        "local,     job client audio synthesis protocol text model checkpoint schema",
        "bench,     local process job client operator synthesis engine protocol text sampling model checkpoint onnx schema",
        "plan,      bench job protocol model checkpoint schema",
        "chaos,     local process job client operator audio synthesis engine protocol text sampling model checkpoint schema",
        "doctor,    local engine onnx model checkpoint",
        "cli,       plan doctor gateway bench chaos local job client operator audio synthesis engine protocol text sampling model checkpoint schema"
    })
    void testPackageUsesOnlyThoseBelow(String name, String below) {
        Set<String> allowed = new TreeSet<>(Set.of(name));
        if (below != null) {
            allowed.addAll(Set.of(below.split(" ")));
        }
        classes()
                .that()
                .resideInAPackage(ROOT + name + "..")
                .should()
                .onlyDependOnClassesThat(
                        describe(
                                "are foreign or in " + allowed,
                                used ->
                                        !used.getPackageName().startsWith(ROOT)
                                                || allowed.contains(top(used.getPackageName()))))
                .check(main);
    }

    /** The part of a package's name after the root. */
    private static String top(String packageName) {
        return packageName.substring(ROOT.length()).split("\\.")[0];
    }

    @Test
    void testContractOfAnEngineKnowsNoImplementation() {
        noClasses()
                .that()
                .resideInAPackage("io.rwkvtts.engine")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "io.rwkvtts.engine.*..",
                        "io.rwkvtts.onnx..",
                        "io.rwkvtts.model..",
                        "io.rwkvtts.checkpoint..")
                .check(main);
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.rwkvtts.engine..",
                        "io.rwkvtts.job..",
                        "io.rwkvtts.bench..",
                        "io.rwkvtts.doctor..",
                        "io.rwkvtts.cli..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.rwkvtts.engine.*..")
                .check(main);
    }

    @Test
    void testThereAreNoOtherPackages() {
        Set<String> tops = new TreeSet<>();
        main.forEach(c -> tops.add(top(c.getPackageName())));
        assertThat(tops)
                .containsExactly(
                        "audio",
                        "bench",
                        "chaos",
                        "checkpoint",
                        "cli",
                        "client",
                        "doctor",
                        "engine",
                        "file",
                        "gateway",
                        "job",
                        "local",
                        "model",
                        "onnx",
                        "operator",
                        "plan",
                        "process",
                        "protocol",
                        "sampling",
                        "scheduling",
                        "schema",
                        "synthesis",
                        "text");
    }

    @Test
    void testPackagesHaveNoCycles() {
        slices().matching("io.rwkvtts.(**)").should().beFreeOfCycles().check(main);
    }

    /** Inside a package too, no classes know each other in a circle. */
    @Test
    void testClassesHaveNoCycles() {
        slices().assignedFrom(topLevelClasses()).should().beFreeOfCycles().check(main);
    }

    /** A nested class belongs to the one around it; what generators write is not looked at. */
    private static SliceAssignment topLevelClasses() {
        return new SliceAssignment() {
            @Override
            public String getDescription() {
                return "top-level classes";
            }

            @Override
            public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                String name = javaClass.getFullName();
                return name.startsWith(ROOT) && !name.contains("jmh_generated")
                        ? SliceIdentifier.of(name.replaceFirst("\\$.*", ""))
                        : SliceIdentifier.ignore();
            }
        };
    }

    @ParameterizedTest
    @CsvSource({
        "org.apache.flink,    operator job local bench chaos cli",
        "com.github.benmanes, synthesis",
        "ai.onnxruntime,      onnx engine.cpu engine.cuda audio bench",
        "ai.onnx.proto,       model",
        "com.google.protobuf, model",
        "org.apache.avro,     schema",
        "org.apache.kafka,    job client local bench chaos cli",
        "kafka,               local",
        "io.vertx,            gateway",
        "io.prometheus,       gateway local",
        "picocli,             job cli"
    })
    void testLibraryIsKnownOnlyTo(String library, String packages) {
        String[] allowed = packages.split(" ");
        for (int i = 0; i < allowed.length; i++) {
            allowed[i] = ROOT + allowed[i] + "..";
        }
        noClasses()
                .that()
                .resideOutsideOfPackages(allowed)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library + "..")
                .check(main);
    }

    /** Inside, the job uses values of its own, not by records of the topics. */
    @Test
    void testRecordsOfTheTopicsStayAtTheEnds() {
        classes()
                .that()
                .resideInAPackage("io.rwkvtts.schema..")
                .should()
                .onlyHaveDependentClassesThat()
                .resideInAnyPackage(
                        "io.rwkvtts.schema..",
                        "io.rwkvtts.job.kafka..",
                        "io.rwkvtts.client..",
                        "io.rwkvtts.gateway..",
                        "io.rwkvtts.chaos..",
                        "io.rwkvtts.bench..",
                        "io.rwkvtts.plan..",
                        "io.rwkvtts.cli..")
                .check(main);
    }
}
