package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/** Where the build put things. */
public final class Workspace {

    private Workspace() {}

    /** The checkout: the nearest folder, from the working directory up, that holds this module. */
    public static Path root() {
        Path start = Path.of("").toAbsolutePath();
        for (Path folder = start; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("itest/pom.xml"))) {
                return folder;
            }
        }
        throw new IllegalStateException("Not inside a checkout of Keycloak MCP Policies: " + start);
    }

    /** The version of the server that the tests run on, unless they say otherwise. */
    public static String defaultVersion() {
        return Distribution.given().map(Distribution::version).orElseGet(Workspace::versionOfTheBuild);
    }

    private static String versionOfTheBuild() {
        String chosen = System.getProperty("keycloak.server.version");
        if (chosen != null && !chosen.isBlank()) {
            return chosen;
        }
        Properties properties = new Properties();
        try (InputStream in = Workspace.class.getResourceAsStream("/harness.properties")) {
            if (in == null) {
                throw new IllegalStateException("harness.properties is missing; build with Maven");
            }
            properties.load(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("keycloak.server.version");
    }

    /** What the build makes here. */
    public static Path target() {
        return root().resolve("itest/target");
    }

    /** The distribution as unpacked, which nobody changes. */
    public static Path distribution(String version) {
        Optional<Distribution> given =
                Distribution.given().filter(each -> each.version().equals(version));
        if (given.isPresent()) {
            return given.get().folder();
        }
        Path folder = target().resolve("keycloak/keycloak-" + version);
        if (!Files.exists(folder.resolve("bin/kc.sh"))) {
            throw new IllegalStateException("No Keycloak " + version + " in " + folder
                    + "; fetch it with: mvn -Pquick verify -DskipITs -Dkeycloak.server.version=" + version);
        }
        return folder;
    }

    /** Distributions that somebody named, unpacked. */
    static Path given() {
        return target().resolve("keycloak/given");
    }

    static Path homes() {
        return target().resolve("keycloak/homes");
    }

    static Path logs() {
        return target().resolve("keycloak-logs");
    }

    /** What goes into {@code providers/}: the jars under test, and scripts where Keycloak has the feature for them. */
    static List<Path> providers(ServerOptions options) {
        List<Path> jars = new ArrayList<>(options.withExtension() ? extension() : List.of());
        if (options.features().contains("scripts")) {
            jars.add(scripts());
        }
        if (SimulatedKeycloak.isFor(options)) {
            jars.add(SimulatedKeycloak.jar(distribution(options.version())));
        }
        return jars;
    }

    /** The test scripts as Keycloak deploys them; the same bytes for the same scripts. */
    private static Path scripts() {
        Path sources = root().resolve("itest/src/test/scripts");
        Path jar = target().resolve("test-scripts.jar");
        pack(sources, jar);
        return jar;
    }

    /** Packs a folder; the same bytes for the same files. */
    static void pack(Path folder, Path jar) {
        try (Stream<Path> files = Files.walk(folder);
                JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                JarEntry entry = new JarEntry(folder.relativize(file).toString().replace('\\', '/'));
                entry.setTime(0);
                out.putNextEntry(entry);
                Files.copy(file, out);
                out.closeEntry();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The two jars under test: the providers, and the themes. */
    public static List<Path> extension() {
        List<Path> jars = List.of(
                root().resolve("providers/target/keycloak-mcp-providers.jar"),
                root().resolve("themes/target/keycloak-mcp-themes.jar"));
        for (Path jar : jars) {
            if (!Files.exists(jar)) {
                throw new IllegalStateException(jar + " is missing; build it with: mvn -Pquick package");
            }
        }
        return jars;
    }
}
