package dev.keycloakmcp.itest.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A distribution that somebody names is taken as it is. */
class DistributionTest {

    @TempDir
    Path folder;

    @Test
    void a_folder_says_its_version() throws IOException {
        Path home = keycloak("Keycloak - Version 26.8.2\n");
        assertThat(Distribution.at(home)).isEqualTo(new Distribution(home, "26.8.2"));
        assertThat(Distribution.at(folder)).isEqualTo(new Distribution(home, "26.8.2"));
    }

    @Test
    void a_folder_without_one_is_refused() throws IOException {
        Path home = keycloak("something else");
        assertThatThrownBy(() -> Distribution.at(home)).hasMessageContaining("No version");
        assertThatThrownBy(() -> Distribution.at(home.resolve("bin"))).hasMessageContaining("No Keycloak");
        assertThatThrownBy(() -> Distribution.at(folder.resolve("nowhere.zip"))).hasMessageContaining("nowhere.zip");
    }

    @Test
    void a_zip_is_unpacked_with_its_programs_and_once_more_when_another_takes_its_place() throws IOException {
        Path zip = folder.resolve("a-keycloak.zip");
        zip(zip, "26.8.1");
        Distribution first = Distribution.unpackedTo(folder.resolve("given"), zip);
        assertThat(first.version()).isEqualTo("26.8.1");
        assertThat(first.folder().resolve("bin/kc.sh")).isExecutable();
        zip(zip, "26.8.2");
        Files.setLastModifiedTime(zip, FileTime.fromMillis(0));
        assertThat(Distribution.unpackedTo(folder.resolve("given"), zip).version())
                .isEqualTo("26.8.2");
    }

    @Test
    void a_zip_cannot_write_elsewhere() throws IOException {
        Path zip = folder.resolve("evil.zip");
        try (OutputStream file = Files.newOutputStream(zip);
                ZipOutputStream out = new ZipOutputStream(file)) {
            out.putNextEntry(new ZipEntry("../../evil.sh"));
        }
        assertThatThrownBy(() -> Distribution.unpackedTo(folder.resolve("given"), zip))
                .hasRootCauseMessage("An entry outside of the zip: ../../evil.sh");
    }

    @Test
    void a_changed_library_is_another_distribution() throws IOException {
        Distribution home = Distribution.at(keycloak("Keycloak - Version 26.8.2\n"));
        String before = home.stamp();
        assertThat(home.stamp()).isEqualTo(before);
        Files.writeString(home.folder().resolve("lib/lib/main/org.keycloak.keycloak-core-26.8.2.jar"), "patched");
        assertThat(home.stamp()).isNotEqualTo(before);
    }

    @Test
    void where_nobody_can_tell_the_features_all_are_tried() throws IOException {
        assertThat(Distribution.at(keycloak("Keycloak - Version 26.8.2\n")).unknown(List.of("scripts")))
                .isEmpty();
    }

    private Path keycloak(String version) throws IOException {
        Path home = Files.createDirectories(folder.resolve("keycloak"));
        Files.createDirectories(home.resolve("lib/lib/main"));
        Files.writeString(Files.createDirectories(home.resolve("bin")).resolve("kc.sh"), "");
        Files.writeString(home.resolve("version.txt"), version);
        return home;
    }

    private static void zip(Path file, String version) throws IOException {
        try (OutputStream stream = Files.newOutputStream(file);
                ZipOutputStream out = new ZipOutputStream(stream)) {
            out.putNextEntry(new ZipEntry("keycloak-x/"));
            out.putNextEntry(new ZipEntry("keycloak-x/bin/kc.sh"));
            out.putNextEntry(new ZipEntry("keycloak-x/version.txt"));
            out.write(("Keycloak - Version " + version).getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }
    }
}
