package dev.keycloakmcp.linkage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.linkage.Misfit;
import dev.keycloakmcp.linkage.TestedVersions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.keycloak.representations.idm.ClientPolicyConditionRepresentation;
import org.keycloak.representations.idm.ClientPolicyExecutorRepresentation;

/** One jar for all of them: it links with every distribution that is tested, and with what there is of the next version. */
class LinkContractTest {

    private static final Path CLASSES = Path.of("target", "classes");
    private static final Path KEYCLOAKS = Path.of("target", "keycloak");

    /** Of this one, Maven Central has two jars and no distribution. */
    private static final String NEXT = "26.8.2";

    private static final List<Path> OF_NEXT = Stream.of("core", "common")
            .map(name -> KEYCLOAKS.resolve("keycloak-" + name + "-" + NEXT + ".jar"))
            .toList();

    private static final String LATEST = TestedVersions.ALL.get(TestedVersions.ALL.size() - 1);

    static List<String> tested() {
        return TestedVersions.ALL;
    }

    @ParameterizedTest
    @MethodSource("tested")
    void the_jar_fits_what_is_tested(String version) throws IOException {
        fits(check(CLASSES, version, List.of()));
    }

    @Test
    void the_jar_fits_what_there_is_of_the_next_version() throws IOException {
        fits(check(CLASSES, LATEST, OF_NEXT));
    }

    private static void fits(LinkReport report) {
        assertThat(report.misfits()).isEmpty();
        assertThat(report.needs()).isGreaterThan(793);
        assertThat(report.overrides()).isGreaterThan(300);
    }

    /** As our classes were when they linked with the one and not with the other. */
    static final class ReaderOfConfigurations {
        private ReaderOfConfigurations() {}

        static List<JsonNode> read(
                ClientPolicyExecutorRepresentation executor, ClientPolicyConditionRepresentation condition) {
            return List.of(executor.getConfiguration(), condition.getConfiguration());
        }
    }

    @Test
    void a_class_that_reads_configurations_as_our_old_ones_did_fits_only_the_one_it_was_made_for(@TempDir Path folder)
            throws IOException {
        String file = ReaderOfConfigurations.class.getName().replace('.', '/') + ".class";
        Path copy = folder.resolve(file);
        Files.createDirectories(copy.getParent());
        try (InputStream in = LinkContractTest.class.getClassLoader().getResourceAsStream(file)) {
            Files.write(copy, Objects.requireNonNull(in).readAllBytes());
        }
        assertThat(check(folder, LATEST, List.of()).misfits()).isEmpty();
        String getter = ".getConfiguration()Lcom/fasterxml/jackson/databind/JsonNode;";
        assertThat(check(folder, LATEST, OF_NEXT).misfits())
                .containsExactly(
                        gone("org/keycloak/representations/idm/ClientPolicyConditionRepresentation" + getter),
                        gone("org/keycloak/representations/idm/ClientPolicyExecutorRepresentation" + getter));
    }

    private static Misfit gone(String member) {
        return new Misfit(ReaderOfConfigurations.class.getName().replace('.', '/'), member, "is gone");
    }

    /** Checks classes against a distribution, as it is in its zip, and jars in front of it. */
    private static LinkReport check(Path ours, String version, List<Path> inFront) throws IOException {
        try (FileSystem zip =
                FileSystems.newFileSystem(KEYCLOAKS.resolve("keycloak-quarkus-dist-" + version + ".zip"), Map.of())) {
            List<Path> jars = new ArrayList<>(inFront);
            try (Stream<Path> files = Files.walk(zip.getPath("keycloak-" + version, "lib", "lib"))) {
                files.filter(file -> file.toString().endsWith(".jar")).forEach(jars::add);
            }
            return LinkReport.of(ours, jars);
        }
    }
}
