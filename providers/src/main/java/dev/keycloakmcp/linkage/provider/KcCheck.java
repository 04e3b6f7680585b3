package dev.keycloakmcp.linkage.provider;

import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.ProviderNotFoundException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The command behind {@code kc-check.sh}: whether this jar fits the Keycloak in a folder, before anybody starts it. It needs
 * the jar and, of that Keycloak, ASM. The build records with it which methods override Keycloak's.
 */
final class KcCheck {

    /** Wrong arguments, a folder that holds no Keycloak, or files that cannot be read. */
    private static final int UNTOLD = 2;

    private final PrintStream out;

    KcCheck(PrintStream out) {
        this.out = out;
    }

    /**
     * {@code KEYCLOAK_HOME [jar ...]}: the jars replace those of the same classes. {@code --record FILE CLASSES CLASSPATH}:
     * for the build.
     */
    public static void main(String[] arguments) {
        int status = new KcCheck(System.out).answer(List.of(arguments));
        if (status != 0) {
            System.exit(status);
        }
    }

    int answer(List<String> arguments) {
        try {
            return run(arguments);
        } catch (IOException | UncheckedIOException | ProviderNotFoundException e) {
            out.println("Cannot be read or written: " + e);
            return UNTOLD;
        }
    }

    int run(List<String> arguments) throws IOException {
        if (arguments.size() == 4 && arguments.get(0).equals("--record")) {
            record(Path.of(arguments.get(1)), Path.of(arguments.get(2)), arguments.get(3));
            return 0;
        }
        Path libraries = arguments.isEmpty() ? Path.of("") : Path.of(arguments.get(0), "lib", "lib");
        if (arguments.isEmpty() || !Files.isDirectory(libraries)) {
            out.println("usage: kc-check.sh KEYCLOAK_HOME [jar ...]: the folder of a Keycloak, with lib/lib in it");
            return UNTOLD;
        }
        List<Path> jars = new ArrayList<>();
        arguments.stream().skip(1).map(Path::of).forEach(jars::add);
        try (Stream<Path> files = Files.walk(libraries)) {
            files.filter(file -> file.toString().endsWith(".jar")).sorted().forEach(jars::add);
        }
        String replaced = arguments.stream()
                .skip(1)
                .map(jar -> Path.of(jar).getFileName().toString())
                .collect(Collectors.joining(", "));
        String keycloak = keycloak(Path.of(arguments.get(0))) + (replaced.isEmpty() ? "" : " with " + replaced);
        return tell(keycloak, LinkReport.of(ours(), jars));
    }

    private int tell(String keycloak, LinkReport report) {
        String name = "Keycloak MCP Policies "
                + Objects.requireNonNullElse(KcCheck.class.getPackage().getImplementationVersion(), "(unpacked)");
        String counts =
                "%d references and %d overridden methods were checked".formatted(report.needs(), report.overrides());
        if (report.misfits().isEmpty()) {
            out.println(name + " fits " + keycloak + ": " + counts + ".");
            return 0;
        }
        out.println(name + " does NOT fit " + keycloak + ": " + counts + ", "
                + report.misfits().size() + " would fail:");
        report.misfits().forEach(misfit -> out.println("  " + misfit));
        return 1;
    }

    private static void record(Path file, Path classes, String classpath) throws IOException {
        List<Path> jars = Stream.of(classpath.split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.equals(classes) && Files.exists(path))
                .toList();
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, LinkReport.overrides(classes, jars));
    }

    /** The jar that this class is in. */
    private static Path ours() {
        return Path.of(URI.create(KcCheck.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toString()));
    }

    /** Such as {@code Keycloak 26.7.3}; the folder's name where it does not say. */
    private static String keycloak(Path home) throws IOException {
        Path version = home.resolve("version.txt");
        return Files.exists(version)
                ? Files.readString(version).strip().replace(" - Version", "")
                : "the Keycloak in " + home.getFileName();
    }
}
