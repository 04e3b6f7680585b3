package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.commons.io.FileUtils;

/**
 * Providers that do what a newer Keycloak does by itself, for what cannot be had to run. They are compiled against the
 * distribution under test, and act only in realms whose attribute {@code simulated.keycloak} names the version.
 */
final class SimulatedKeycloak {

    private SimulatedKeycloak() {}

    /** True for servers that have the features which the newer Keycloak extends, and that are not that one themselves. */
    static boolean isFor(ServerOptions options) {
        return options.features().contains("token-exchange-delegation")
                && options.version().startsWith("26.7.");
    }

    /** The jar; the same bytes for the same sources. */
    static Path jar(Path distribution) {
        Path sources = Workspace.root().resolve("itest/src/test/simulated");
        Path classes = Workspace.target().resolve("test-simulated");
        Path jar = Workspace.target().resolve("test-simulated.jar");
        try {
            FileUtils.deleteDirectory(classes.toFile());
            Files.createDirectories(classes);
            compile(files(sources, ".java"), classes, distribution.resolve("lib/lib/main"));
            FileUtils.copyDirectory(
                    sources.resolve("META-INF").toFile(),
                    classes.resolve("META-INF").toFile());
            Workspace.pack(classes, jar);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static void compile(List<Path> sources, Path classes, Path libraries) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        if (compiler == null) {
            throw new IllegalStateException("The tests need a JDK, to compile " + sources);
        }
        String path = files(libraries, ".jar").stream()
                .map(Path::toString)
                .collect(Collectors.joining(System.getProperty("path.separator")));
        List<String> options = new ArrayList<>(List.of("-proc:none", "-nowarn", "--release", "17"));
        options.addAll(List.of("-d", classes.toString(), "-cp", path));
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(found, Locale.ROOT, null)) {
            boolean compiled = compiler.getTask(
                            null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
                    .call();
            if (!compiled) {
                throw new IllegalStateException(found.getDiagnostics().stream()
                        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
                        .map(Object::toString)
                        .collect(Collectors.joining("\n")));
            }
        }
    }

    private static List<Path> files(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().endsWith(ending))
                    .sorted()
                    .toList();
        }
    }
}
