package dev.keycloakmcp.itest.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stopping leaves no process behind, whichever way it comes. */
class ServerProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(1);

    /** Like {@code kc.sh}: a script that passes the signal on to the server it started. */
    private static final String OBEDIENT = """
            trap 'kill -TERM "$server"; wait "$server"; exit 143' TERM
            sleep 600 &
            server=$!
            echo "$$ $server" > pids.tmp && mv pids.tmp pids
            wait "$server"
            """;

    private static final String STUBBORN = """
            trap '' TERM
            sh -c 'trap "" TERM; while :; do sleep 1; done' &
            server=$!
            echo "$$ $server" > pids.tmp && mv pids.tmp pids
            while :; do wait "$server"; done
            """;

    @TempDir
    Path folder;

    private @Nullable Process otherJvm;

    @Test
    void ends_when_stopped() throws IOException {
        ServerProcess process = start(folder, OBEDIENT);
        List<ProcessHandle> family = family();

        process.stop();

        assertThat(process.isAlive()).isFalse();
        assertThat(family).noneMatch(ProcessHandle::isAlive);
    }

    @Test
    void ends_when_stopped_even_if_it_does_not_want_to() throws IOException {
        ServerProcess process = start(folder, STUBBORN);
        List<ProcessHandle> family = family();

        process.stop();

        assertThat(process.isAlive()).isFalse();
        await("the end of the server", () -> family.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void ends_with_the_jvm_that_is_asked_to_end() throws Exception {
        Process jvm = otherJvm(OBEDIENT);
        List<ProcessHandle> family = family();

        jvm.destroy();

        assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
        // Processes without a parent are gone when the system has collected them, a moment later.
        await("the end of the server", () -> family.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void ends_after_the_jvm_was_killed() throws Exception {
        Process jvm = otherJvm(OBEDIENT);
        List<ProcessHandle> family = family();

        jvm.destroyForcibly();

        await("the end of the server", () -> family.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void ends_after_the_jvm_was_killed_even_if_it_does_not_want_to() throws Exception {
        Process jvm = otherJvm(STUBBORN);
        List<ProcessHandle> family = family();

        jvm.destroyForcibly();

        await("the end of the server", () -> family.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Starts the script in another JVM, and waits. */
    static final class OtherJvm {
        private OtherJvm() {}

        public static void main(String[] args) throws Exception {
            start(Path.of(args[0]), args[1]);
            Thread.sleep(Duration.ofMinutes(5).toMillis());
        }
    }

    @AfterEach
    void endTheOtherJvm() {
        if (otherJvm != null) {
            otherJvm.destroyForcibly();
        }
    }

    private Process otherJvm(String script) throws IOException {
        otherJvm = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin/java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        OtherJvm.class.getName(),
                        folder.toString(),
                        script)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("jvm.log").toFile())
                .start();
        return otherJvm;
    }

    private static ServerProcess start(Path folder, String script) throws IOException {
        return ServerProcess.start(List.of("sh", "-c", script), folder, Map.of(), folder.resolve("log"), PATIENCE);
    }

    private List<ProcessHandle> family() throws IOException {
        Path pids = folder.resolve("pids");
        await("the start of the server", () -> Files.exists(pids));
        List<ProcessHandle> family = Files.readString(pids).trim().transform(line -> List.of(line.split(" "))).stream()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid)).stream())
                .toList();
        assertThat(family).hasSize(2);
        return family;
    }

    private static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(deadline);
            try {
                Thread.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
