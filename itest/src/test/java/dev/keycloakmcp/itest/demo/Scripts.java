package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The scripts of {@code realm-config}, with the distribution's own kcadm.sh. */
final class Scripts {

    /** What came of a process; both of its streams. */
    record Execution(int status, String output) {}

    private Scripts() {}

    /** Runs a script for a realm, as the bootstrap administrator, and gives the lines that it says. */
    static List<String> run(String script, KeycloakServer server, String realm, Path folder, String... options) {
        String config = folder.resolve("kcadm.config").toString();
        Path kcadm = Workspace.distribution(server.options().version()).resolve("bin/kcadm.sh");
        run(
                kcadm,
                List.of(
                        kcadm.toString(),
                        "config",
                        "credentials",
                        "--server",
                        server.baseUri().toString(),
                        "--realm",
                        "master",
                        "--user",
                        server.adminUsername(),
                        "--password",
                        server.adminPassword(),
                        "--config",
                        config));
        List<String> command = new ArrayList<>(List.of("bash", path(script)));
        command.addAll(List.of(options));
        command.addAll(List.of(realm, "--config", config));
        return run(kcadm, command).lines().filter(line -> !line.isBlank()).toList();
    }

    static String path(String script) {
        return Workspace.root().resolve("realm-config").resolve(script).toString();
    }

    private static String run(Path kcadm, List<String> command) {
        Execution execution = execute(kcadm, command);
        assertThat(execution.status()).as(execution.output()).isZero();
        return execution.output();
    }

    static Execution execute(Path kcadm, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KCADM", kcadm.toString());
        builder.environment().put("KC_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            return new Execution(process.exitValue(), output);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
