package dev.keycloakmcp.itest.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
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
public record Distribution(Path folder, String version) {

    /** Names a zip or a folder to test with, in place of the one that the build fetched. */
    static final String GIVEN = "keycloak.distribution";

    private static final Pattern VERSION = Pattern.compile("Version (\\S+)");

    /** The one that the tests run on, unless they say otherwise. */
    public static Distribution underTest() {
        return given().orElseGet(() -> {
            String version = Workspace.defaultVersion();
            return new Distribution(Workspace.distribution(version), version);
        });
    }

    /** The one that the property names, from the root of the checkout; empty where it names none. */
    public static Optional<Distribution> given() {
        String place = System.getProperty(GIVEN, "");
        return place.isBlank()
                ? Optional.empty()
                : Optional.of(at(Workspace.root().resolve(place).normalize()));
    }

    /** Of these features of Keycloak, the ones that this version does not know: it does not start with them. */
    public List<String> unknown(Collection<String> features) {
        Set<String> known = Features.of(folder);
        return known.isEmpty()
                ? List.of()
                : features.stream().filter(feature -> !known.contains(feature)).toList();
    }

    /** Tells whether it is still the same one: where it is, and how large and old its libraries are. */
    String stamp() throws IOException {
        StringBuilder stamp = new StringBuilder(folder.toString()).append('\n');
        try (Stream<Path> files = Files.walk(folder.resolve("lib/lib"))) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                stamp.append(file.getFileName())
                        .append(' ')
                        .append(Files.size(file))
                        .append(' ')
                        .append(Files.getLastModifiedTime(file))
                        .append('\n');
            }
        }
        return stamp.toString();
    }

    static Distribution at(Path place) {
        return Files.isDirectory(place) ? in(place) : unpackedTo(Workspace.given(), place);
    }

    /** The distribution in a folder; a folder that holds one is as good. */
    private static Distribution in(Path folder) {
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
        } catch (IOException e) {
            throw new UncheckedIOException(folder.toString(), e);
        }
    }

    /** Unpacks a zip once, until another one has its name. */
    static Distribution unpackedTo(Path folders, Path zip) {
        Path folder = folders.resolve(zip.getFileName().toString());
        Path stampFile = folder.resolve("unpacked-from.txt");
        try {
            String stamp = zip + " " + Files.size(zip) + " " + Files.getLastModifiedTime(zip);
            if (!Files.exists(stampFile) || !Files.readString(stampFile).equals(stamp)) {
                FileUtils.deleteDirectory(folder.toFile());
                unzip(zip, folder);
                Files.writeString(stampFile, stamp);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(zip.toString(), e);
        }
        return in(folder);
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
                    if (target.toString().endsWith(".sh") && !target.toFile().setExecutable(true)) {
                        throw new IOException("Cannot be made a program: " + target);
                    }
                }
            }
        }
    }
}
