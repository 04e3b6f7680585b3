package dev.keycloakmcp.itest.attack;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The threats that specifications and lists name, as {@code src/test/resources/attack} has them. */
final class Catalogue {

    private static final Path FOLDER = Path.of("src", "test", "resources", "attack");

    /** The files, in the order of the page. */
    private static final List<String> FILES = List.of(
            "rfc9700",
            "rfc7591",
            "rfc7523",
            "rfc8693",
            "rfc8707",
            "rfc9728",
            "mcp",
            "client-id-metadata-document",
            "id-jag",
            "owasp-llm",
            "owasp-agentic");

    /**
     * A text that names threats.
     *
     * @param source its short name
     * @param title its whole name
     * @param url where it is
     * @param about what of it is listed, and what stands elsewhere
     * @param threats what it names
     */
    record Source(String source, String title, String url, String about, List<Threat> threats) {}

    /**
     * A threat.
     *
     * @param id what {@link Tries} names
     * @param section where the source says it
     * @param threat what an attacker does, or what goes wrong
     * @param control what is done about it here
     * @param outOfScope why it is not ours, and whose it is; then there is no control
     * @param awaits what has to be built before a test can try it
     */
    record Threat(
            String id,
            String section,
            String threat,
            @Nullable String control,
            @JsonProperty("out-of-scope") @Nullable String outOfScope,
            @Nullable String awaits) {}

    private Catalogue() {}

    static List<Source> sources() {
        return FILES.stream().map(Catalogue::source).toList();
    }

    private static Source source(String file) {
        try {
            return new ObjectMapper().readValue(FOLDER.resolve(file + ".json").toFile(), Source.class);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
