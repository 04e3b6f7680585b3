package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The scripts of {@code realm-config}, with the distribution's own kcadm.sh. */
public final class Scripts {

    /** What came of a process; both of its streams. */
    record Execution(int status, String output) {}

    private Scripts() {}

    /** Runs a script for a realm, as the bootstrap administrator, and gives the lines that it says. */
    static List<String> run(String script, KeycloakServer server, String realm, Path folder, String... options) {
        return succeeded(execute(script, server, folder, List.of(options), realm))
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    /** The same with what follows the realm, and whatever comes of it. */
    static Execution execute(
            String script,
            KeycloakServer server,
            Path folder,
            List<String> options,
            String realm,
            String... furtherArguments) {
        List<String> command = new ArrayList<>(List.of("bash", path(script)));
        command.addAll(options);
        command.add(realm);
        command.addAll(List.of(furtherArguments));
        command.addAll(List.of("--config", config(server, folder)));
        return execute(kcadm(server), command);
    }

    public static Path kcadm(KeycloakServer server) {
        return Workspace.distribution(server.options().version()).resolve("bin/kcadm.sh");
    }

    /** The file where kcadm.sh keeps who is signed in at a server; it signs in once for each folder. */
    static String config(KeycloakServer server, Path folder) {
        Path config = folder.resolve("kcadm-" + server.baseUri().getPort() + ".config");
        if (!Files.exists(config)) {
            succeeded(execute(
                    kcadm(server),
                    List.of(
                            kcadm(server).toString(),
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
                            config.toString())));
        }
        return config.toString();
    }

    static String path(String script) {
        return Workspace.root().resolve("realm-config").resolve(script).toString();
    }

    static String succeeded(Execution execution) {
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
