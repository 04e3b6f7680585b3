package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A server that never outlives this JVM. A small shell stands between: its standard input is a pipe from
 * here, and when the pipe closes, because we closed it or because this JVM is gone, however it went
 * (even by {@code kill -9}), it asks the server to end, and after a while makes it.
 */
final class ServerProcess {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private static final String GUARD = """
            half_seconds=$1
            shift
            exec 3<&0
            "$@" </dev/null 3<&- &
            server=$!
            (
                while read -r line <&3; do :; done
                kill -TERM "$server" 2>/dev/null
                i=0
                while kill -0 "$server" 2>/dev/null; do
                    i=$((i + 1))
                    if [ "$i" -gt "$half_seconds" ]; then
                        java=$(ps -A -o pid= -o ppid= | awk -v s="$server" '$2 == s { print $1 }')
                        kill -KILL $java "$server" 2>/dev/null
                        break
                    fi
                    sleep 0.5
                done
            ) &
            watcher=$!
            exec 3<&-
            wait "$server"
            status=$?
            kill -KILL "$watcher" 2>/dev/null
            exit "$status"
            """;

    private final Process guard;
    private final Duration patience;
    private final Thread hook;

    private ServerProcess(Process guard, Duration patience) {
        this.guard = guard;
        this.patience = patience;
        this.hook = new Thread(this::end, "keycloak-end");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    static ServerProcess start(List<String> command, Path folder, Map<String, String> environment, Path log)
            throws IOException {
        return start(command, folder, environment, log, PATIENCE);
    }

    /** With that long to end by itself when asked. */
    static ServerProcess start(
            List<String> command, Path folder, Map<String, String> environment, Path log, Duration patience)
            throws IOException {
        String halfSeconds = Long.toString(patience.toMillis() / 500);
        List<String> guarded = new ArrayList<>(List.of("sh", "-c", GUARD, "keycloak-guard", halfSeconds));
        guarded.addAll(command);
        ProcessBuilder builder = new ProcessBuilder(guarded)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        ownEnvironment(builder.environment());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), patience);
    }

    boolean isAlive() {
        return guard.isAlive();
    }

    void stop() {
        end();
        removeHook(hook);
    }

    private void end() {
        List<ProcessHandle> family;
        try (Stream<ProcessHandle> descendants = guard.descendants()) {
            family = descendants.toList();
        }
        try {
            guard.getOutputStream().close();
            if (!guard.waitFor(patience.plusSeconds(2).toMillis(), TimeUnit.MILLISECONDS)) {
                killTree(guard);
            }
        } catch (IOException e) {
            killTree(guard);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            killTree(guard);
        }
        family.forEach(ProcessHandle::destroyForcibly);
    }

    /** The settings of the person at the keyboard are none of the server's business. */
    static void ownEnvironment(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("KC_") || name.startsWith("KEYCLOAK_"));
        environment.keySet().removeAll(List.of("JAVA_OPTS", "JAVA_OPTS_APPEND", "JAVA_ADD_OPENS", "DEBUG"));
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }

    static void killTree(Process process) {
        try (Stream<ProcessHandle> descendants = process.descendants()) {
            descendants.toList().forEach(ProcessHandle::destroyForcibly);
        }
        process.destroyForcibly();
    }

    static void removeHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyShuttingDown) {
            // Then the hook runs, and finds nothing to do.
        }
    }
}
