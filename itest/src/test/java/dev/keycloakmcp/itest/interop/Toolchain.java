package dev.keycloakmcp.itest.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One language's runtime from the machine, and the locked packages of {@code src/interop} installed under {@code target}. */
final class Toolchain {

    private static final Path SOURCES = Path.of("src", "interop").toAbsolutePath();
    private static final Path INSTALLED = Path.of("target", "interop").toAbsolutePath();
    private static final long INSTALL_MINUTES = 10;

    private final Path folder;
    private final Path runtime;

    private Toolchain(Path folder, Path runtime) {
        this.folder = folder;
        this.runtime = runtime;
    }

    /** What this machine lacks, having installed what it can; absent where everything is there. */
    static Optional<String> missing() {
        if (!succeeds("node", "-e", "if (parseInt(process.versions.node) < 20) process.exit(1)")
                || !succeeds("npm", "--version")) {
            return Optional.of("no Node 20 with npm on this machine");
        }
        if (!succeeds("python3", "-c", "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))")) {
            return Optional.of("no Python 3.11 with venv on this machine");
        }
        if (!succeeds("sh", "-c", "command -v script")) {
            return Optional.of("no script(1), a terminal for agent products, on this machine");
        }
        try {
            node();
            products();
            python();
            return Optional.empty();
        } catch (IllegalStateException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    static Toolchain node() {
        Path folder = prepare(
                "node", "package-lock.json", List.of("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"));
        return new Toolchain(folder, Path.of("node"));
    }

    /** Agent products, which are large. */
    static Toolchain products() {
        // Claude Code puts its program into place by its own install script; no other script is run.
        Path folder = prepare(
                "products",
                "package-lock.json",
                List.of(
                        "sh",
                        "-ec",
                        "npm ci --ignore-scripts --no-audit --no-fund;"
                                + " node node_modules/@anthropic-ai/claude-code/install.cjs"));
        return new Toolchain(folder, Path.of("node"));
    }

    static Toolchain python() {
        Path folder = prepare(
                "python",
                "requirements.txt",
                List.of(
                        "sh",
                        "-ec",
                        "python3 -m venv venv; venv/bin/python -m pip install --quiet --disable-pip-version-check"
                                + " --no-deps -r requirements.txt"));
        return new Toolchain(folder, folder.resolve("venv/bin/python"));
    }

    /** Starts a script of the folder, or a program of one of the packages. */
    Script start(Map<String, String> environment, String... command) {
        return Script.start(
                folder,
                environment,
                Stream.concat(Stream.of(runtime.toString()), Stream.of(command)).toList());
    }

    Path folder() {
        return folder;
    }

    /** Copies the sources, and installs the packages unless those of this very lock file are there. */
    private static Path prepare(String name, String lock, List<String> install) {
        Path folder = INSTALLED.resolve(name);
        try (Stream<Path> sources = Files.list(SOURCES.resolve(name))) {
            Files.createDirectories(folder);
            Path installed = folder.resolve("installed-" + lock);
            for (Path source : sources.filter(Files::isRegularFile).toList()) {
                Files.copy(source, folder.resolve(source.getFileName()), StandardCopyOption.REPLACE_EXISTING);
            }
            if (!Files.exists(installed) || Files.mismatch(installed, folder.resolve(lock)) >= 0) {
                Path log = folder.resolve("install.log");
                Process process = new ProcessBuilder(install)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
                if (!process.waitFor(INSTALL_MINUTES, TimeUnit.MINUTES) || process.exitValue() != 0) {
                    process.destroyForcibly();
                    throw new IllegalStateException(String.join(" ", install) + " failed:\n" + Files.readString(log));
                }
                Files.copy(folder.resolve(lock), installed, StandardCopyOption.REPLACE_EXISTING);
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static boolean succeeds(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
