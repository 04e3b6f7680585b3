package dev.keycloakmcp.itest.compatibility;

import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The answer of {@code kc-check.sh}.
 *
 * @param status 0 where the jar fits, 1 where it does not, 2 where that cannot be told
 * @param lines the answer in the first one, and then what does not fit
 */
record LinkVerdict(int status, List<String> lines) {

    LinkVerdict {
        lines = List.copyOf(lines);
    }

    /** Checks the jar under test. */
    static LinkVerdict of(Path distribution) {
        Path script = Workspace.root().resolve("realm-config/kc-check.sh");
        ProcessBuilder command = new ProcessBuilder("bash", script.toString(), distribution.toString());
        command.environment().put("MCP_JAR", Workspace.extension().get(0).toString());
        command.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return run(command);
    }

    static LinkVerdict run(ProcessBuilder command) {
        try {
            Process process = command.redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new LinkVerdict(process.waitFor(), output.lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while the jar was checked", e);
        }
    }

    boolean fits() {
        return status == 0;
    }
}
