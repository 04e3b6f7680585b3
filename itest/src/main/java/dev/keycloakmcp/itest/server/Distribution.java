package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.apache.commons.io.FileUtils;

/**
 * A Keycloak as it is downloaded, of which nobody changes anything.
 *
 * @param folder with {@code bin/kc.sh} in it
 * @param version that it says it is
 */
record Distribution(Path folder, String version) {

    /** Names a zip or a folder to test with, in place of the one that the build fetched. */
    static final String GIVEN = "keycloak.distribution";

    private static final Pattern VERSION = Pattern.compile("Version (\\S+)");

    /** The one that the property names; empty where it names none. */
    static Optional<Distribution> given() {
        String place = System.getProperty(GIVEN, "");
        return place.isBlank()
                ? Optional.empty()
                : Optional.of(at(Path.of(place).toAbsolutePath()));
    }

    private static Distribution at(Path place) {
        try {
            return in(Files.isDirectory(place) ? place : unpacked(place));
        } catch (IOException e) {
            throw new UncheckedIOException("-D" + GIVEN + "=" + place, e);
        }
    }

    /** The distribution in a folder; a folder that holds one is as good. */
    private static Distribution in(Path folder) throws IOException {
        try (Stream<Path> inside = Files.list(folder)) {
            Path home = Stream.concat(Stream.of(folder), inside)
                    .filter(each -> Files.exists(each.resolve("bin/kc.sh")))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("No Keycloak in " + folder));
            Matcher version = VERSION.matcher(Files.readString(home.resolve("version.txt")));
            if (!version.find()) {
                throw new IllegalStateException("No version in " + home.resolve("version.txt"));
            }
            return new Distribution(home, version.group(1));
        }
    }

    /** Unpacks a zip once, until another one has its name. */
    private static Path unpacked(Path zip) throws IOException {
        Path folder = Workspace.given().resolve(zip.getFileName().toString());
        Path stampFile = folder.resolve("unpacked-from.txt");
        String stamp = Files.size(zip) + " " + Files.getLastModifiedTime(zip);
        if (!Files.exists(stampFile) || !Files.readString(stampFile).equals(stamp)) {
            FileUtils.deleteDirectory(folder.toFile());
            unzip(zip, folder);
            Files.writeString(stampFile, stamp);
        }
        return folder;
    }

    private static void unzip(Path zip, Path folder) throws IOException {
        try (InputStream file = Files.newInputStream(zip);
                ZipInputStream in = new ZipInputStream(file)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                Path target = folder.resolve(entry.getName()).normalize();
                if (!target.startsWith(folder)) {
                    throw new IOException("An entry outside of the zip: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                } else {
                    Files.createDirectories(target.getParent());
                    Files.copy(in, target, StandardCopyOption.REPLACE_EXISTING);
                }
            }
        }
    }
}
