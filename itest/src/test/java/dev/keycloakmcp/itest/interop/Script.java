package dev.keycloakmcp.itest.interop;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.FileUtils;

/** A program that runs beside the test and is read line by line. */
final class Script implements AutoCloseable {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String END = "\u0000end";
    private static final long PATIENCE_SECONDS = 120;

    private final Process process;
    private final Path temporary;
    private final BufferedWriter input;
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final List<String> output = new ArrayList<>();

    private Script(Process process, Path temporary) {
        this.process = process;
        this.temporary = temporary;
        this.input = process.outputWriter(StandardCharsets.UTF_8);
        Thread reader = new Thread(() -> {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                out.lines().forEach(lines::add);
            } catch (IOException | UncheckedIOException e) {
                lines.add(e.toString());
            } finally {
                lines.add(END);
            }
        });
        reader.setDaemon(true);
        reader.start();
    }

    static Script start(Path folder, Map<String, String> environment, List<String> command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            // Homes of the programs that it runs, which it may be too dead to remove.
            Path temporary = Files.createTempDirectory("interop-");
            builder.environment().put("TMPDIR", temporary.toString());
            return new Script(builder.start(), temporary);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The next line that says something to the test, as JSON; missing at the end of the output. */
    JsonNode next() {
        while (true) {
            String line = nextLine();
            if (line.equals(END)) {
                return MissingNode.getInstance();
            }
            if (line.startsWith("{")) {
                try {
                    return JSON.readTree(line);
                } catch (JsonProcessingException e) {
                    throw new IllegalStateException("Not JSON: " + line, e);
                }
            }
        }
    }

    /** The next line of output, whatever it is; {@link #isEnd} at the end of it. */
    String nextLine() {
        try {
            String line = lines.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            if (line == null) {
                throw new IllegalStateException("Silent for " + PATIENCE_SECONDS + " s after:\n" + output());
            }
            output.add(line);
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static boolean isEnd(String line) {
        return line.equals(END);
    }

    void say(String line) {
        try {
            input.write(line);
            input.newLine();
            input.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Everything that was read so far. */
    String output() {
        return String.join("\n", output);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly()
                .onExit()
                .orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .join();
        FileUtils.deleteQuietly(temporary.toFile());
    }
}
