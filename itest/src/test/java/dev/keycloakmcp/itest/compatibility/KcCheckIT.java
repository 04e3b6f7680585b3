package dev.keycloakmcp.itest.compatibility;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.server.Distribution;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script as an administrator has it: beside the jar, and without a checkout. */
class KcCheckIT {

    private static final String JAVA = System.getProperty("java.home");

    private static Distribution keycloak;

    @TempDir
    Path folder;

    private Path jar;

    @BeforeAll
    static void keycloak() {
        keycloak = Distribution.underTest();
    }

    @BeforeEach
    void download() throws IOException {
        jar = Workspace.extension().get(0);
        jar = Files.copy(jar, folder.resolve(jar.getFileName()));
        Files.copy(Workspace.root().resolve("realm-config/kc-check.sh"), folder.resolve("kc-check.sh"));
    }

    @Test
    void the_jar_fits() {
        LinkVerdict verdict = check(Map.of("JAVA_HOME", JAVA), home());
        assertThat(verdict.lines())
                .singleElement()
                .asString()
                .matches("Keycloak MCP Policies \\S+ fits Keycloak "
                        + keycloak.version().replace(".", "\\.")
                        + ": \\d{4} references and \\d{3} overridden methods were checked\\.");
        assertThat(verdict.status()).isZero();
    }

    @Test
    void the_jar_alone_says_the_same() {
        LinkVerdict verdict = LinkVerdict.run(new ProcessBuilder(
                Path.of(JAVA, "bin", "java").toString(),
                "-cp",
                jar + File.pathSeparator + home() + "/lib/lib/main/*",
                "dev.keycloakmcp.linkage.provider.KcCheck",
                home()));
        assertThat(verdict).isEqualTo(check(Map.of("JAVA_HOME", JAVA), home()));
    }

    @Test
    void a_keycloak_that_lacks_something_is_told() throws IOException {
        Path other = folder.resolve("other.jar");
        String file = KcCheckIT.class.getName().replace('.', '/') + ".class";
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(other));
                var in = KcCheckIT.class.getClassLoader().getResourceAsStream(file)) {
            out.putNextEntry(new JarEntry("org/keycloak/models/KeycloakSession.class"));
            Objects.requireNonNull(in).transferTo(out);
        }
        LinkVerdict verdict = check(Map.of("JAVA_HOME", JAVA), home(), other.toString());
        assertThat(verdict.status()).isEqualTo(1);
        assertThat(verdict.lines().get(0))
                .startsWith("Keycloak MCP Policies ")
                .contains(" does NOT fit Keycloak " + keycloak.version() + " with other.jar: ");
        assertThat(verdict.lines()).anyMatch(line -> line.contains("org/keycloak/models/KeycloakSession"));
    }

    @Test
    void what_is_in_the_folder_of_providers_is_checked_first() throws IOException {
        Path home = Files.createDirectories(folder.resolve("home"));
        Files.createSymbolicLink(home.resolve("lib"), keycloak.folder().resolve("lib"));
        Files.createDirectories(home.resolve("providers"));
        Files.writeString(home.resolve("providers/keycloak-mcp-providers-0.0.1.jar"), "no jar");
        LinkVerdict verdict = check(Map.of("JAVA_HOME", JAVA), home.toString());
        assertThat(verdict.status()).isEqualTo(2);
        assertThat(verdict.lines().get(0)).contains("keycloak-mcp-providers-0.0.1.jar cannot check anything");
    }

    @Test
    void without_what_it_needs_it_says_what() throws IOException {
        Path empty = Files.createDirectories(folder.resolve("empty/lib/lib/main"))
                .resolve("../../..")
                .normalize();
        Map<String, String> java = Map.of("JAVA_HOME", JAVA);
        assertThat(List.of(
                        check(java),
                        check(java, folder.toString()),
                        check(java, empty.toString()),
                        check(Map.of("JAVA_HOME", folder.toString()), home()),
                        check(Map.of("JAVA_HOME", JAVA, "MCP_JAR", "nowhere.jar"), home())))
                .allSatisfy(verdict -> assertThat(verdict.status()).isEqualTo(2))
                .extracting(verdict -> verdict.lines().get(0))
                .satisfiesExactly(
                        line -> assertThat(line).contains("usage: kc-check.sh KEYCLOAK_HOME"),
                        line -> assertThat(line).contains("usage: kc-check.sh KEYCLOAK_HOME"),
                        line -> assertThat(line).contains("no ASM in"),
                        line -> assertThat(line).contains("no Java found"),
                        line -> assertThat(line).contains("no keycloak-mcp-providers jar found at nowhere.jar"));
    }

    private static String home() {
        return keycloak.folder().toString();
    }

    private LinkVerdict check(Map<String, String> environment, String... arguments) {
        List<String> command =
                new ArrayList<>(List.of("bash", folder.resolve("kc-check.sh").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder process = new ProcessBuilder(command).directory(folder.toFile());
        process.environment().keySet().removeAll(List.of("JAVA", "MCP_JAR"));
        process.environment().putAll(environment);
        return LinkVerdict.run(process);
    }
}
