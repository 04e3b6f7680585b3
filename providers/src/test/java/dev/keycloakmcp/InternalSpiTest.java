package dev.keycloakmcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** How many providers of Keycloak's own SPIs there are: each is a warning when Keycloak is built. */
class InternalSpiTest {

    private static final Path SERVICES = Path.of("target", "classes", "META-INF", "services");
    private static final Path PAGE = Path.of("..", "docs", "contribute", "replaced-providers.md");

    /** Not there, or behind Keycloak's own, on servers as they are by default. */
    private static final Set<String> NOT_BY_DEFAULT = Set.of(
            "dev.keycloakmcp.token.provider.McpResourceIndicatorsPostProcessorFactory",
            "dev.keycloakmcp.consent.provider.McpUserProviderFactory",
            "dev.keycloakmcp.consent.provider.McpFederatedConsentFactory");

    @Test
    void the_page_says_how_many_warnings_there_are() throws IOException {
        long warnings;
        try (Stream<Path> files = Files.list(SERVICES)) {
            warnings = files.filter(file -> file.getFileName().toString().startsWith("org.keycloak."))
                    .filter(file -> !file.getFileName().toString().equals("org.keycloak.provider.Spi"))
                    .map(InternalSpiTest::lines)
                    .flatMap(List::stream)
                    .filter(line -> !line.isBlank() && !NOT_BY_DEFAULT.contains(line))
                    .count();
        }
        assertThat(Files.readString(PAGE)).contains("By default there are " + warnings + ":");
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
