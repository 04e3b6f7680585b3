package dev.keycloakmcp.itest.demo;

import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Room for files that the next {@code mvn clean} may sweep away. */
final class Scratch {

    private Scratch() {}

    /** A new folder. */
    static Path folder() {
        try {
            Path demo = Workspace.root().resolve("itest/target/demo");
            Files.createDirectories(demo);
            return Files.createTempDirectory(demo, "run");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
