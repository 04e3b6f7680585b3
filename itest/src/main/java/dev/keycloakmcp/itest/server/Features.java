package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The features that a distribution of Keycloak knows. */
final class Features {

    private static final String FEATURE = "org.keycloak.common.Profile$Feature";

    private Features() {}

    /** Their names, as {@code --features} takes them, with and without a version; none where they cannot be told. */
    static Set<String> of(Path distribution) {
        Set<String> names = new HashSet<>();
        try (URLClassLoader loader =
                new URLClassLoader(jars(distribution).toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Class<?> type = loader.loadClass(FEATURE);
            for (Object feature : type.getEnumConstants()) {
                names.add(type.getMethod("getUnversionedKey").invoke(feature).toString());
                names.add(type.getMethod("getVersionedKey").invoke(feature).toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ReflectiveOperationException | LinkageError builtOtherwise) {
            return Set.of();
        }
        return names;
    }

    private static List<URL> jars(Path distribution) throws IOException {
        List<URL> jars = new ArrayList<>();
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(distribution.resolve("lib/lib/main"), "org.keycloak.keycloak-common-*.jar")) {
            for (Path file : files) {
                jars.add(url(file));
            }
        }
        return jars;
    }

    private static URL url(Path file) throws MalformedURLException {
        return file.toUri().toURL();
    }
}
