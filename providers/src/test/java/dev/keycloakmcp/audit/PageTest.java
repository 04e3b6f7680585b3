package dev.keycloakmcp.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PageTest {

    private static final Path FOLDER = Path.of("target", "classes", "mcp-audit-page");
    private static final URI PAGE = URI.create("https://id.example.com/realms/r/mcp-audit/");

    @Test
    void every_file_of_the_folder_is_served_and_there_is_every_file_that_is() throws IOException {
        try (Stream<Path> files = Files.walk(FOLDER)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> FOLDER.relativize(file).toString())
                            .filter(file -> !file.endsWith("LICENSE"))
                            .collect(Collectors.toSet()))
                    .isEqualTo(
                            Arrays.stream(PageFile.values()).map(PageFile::path).collect(Collectors.toSet()));
        }
    }

    @Test
    void files_have_their_media_types() {
        for (PageFile file : PageFile.values()) {
            String type =
                    switch (file.path().substring(file.path().lastIndexOf('.'))) {
                        case ".html" -> "text/html; charset=utf-8";
                        case ".css" -> "text/css; charset=utf-8";
                        case ".svg" -> "image/svg+xml; charset=utf-8";
                        case ".json" -> "application/json";
                        case ".js" -> "text/javascript; charset=utf-8";
                        default -> throw new AssertionError(file);
                    };
            assertThat(file.mediaType()).as(file.path()).isEqualTo(type);
        }
    }

    @Test
    void the_page_is_at_the_empty_path() {
        assertThat(PageFile.at("")).contains(PageFile.INDEX);
        assertThat(PageFile.at("page.js")).contains(PageFile.PAGE);
        assertThat(PageFile.at("d3/d3-sankey/d3-sankey.min.js")).contains(PageFile.D3_SANKEY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "index.html",
                "/",
                "/page.js",
                "../page.js",
                "d3",
                "d3/",
                "d3/../page.js",
                "PAGE.JS",
                "page.js ",
                "./page.js",
                "page.js/",
                "%2e%2e/page.js",
                "d3/d3-array/LICENSE"
            })
    void nothing_else_is_served(String path) {
        assertThat(PageFile.at(path)).isEmpty();
    }

    @Test
    void only_its_own_origin_and_nothing_inline() {
        Map<String, String> headers =
                PageSecurity.headers(PAGE, Set.of(URI.create("https://id.example.com:443/admin/realms/r")));
        assertThat(headers.get("Content-Security-Policy"))
                .isEqualTo("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self';"
                        + " connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
                        + " require-trusted-types-for 'script'; trusted-types 'none'");
        assertThat(headers)
                .containsEntry("X-Frame-Options", "DENY")
                .containsEntry("X-Content-Type-Options", "nosniff")
                .containsEntry("Referrer-Policy", "no-referrer")
                .containsEntry("Cross-Origin-Opener-Policy", "same-origin")
                .containsEntry("Cross-Origin-Resource-Policy", "same-origin")
                .containsEntry("X-Robots-Tag", "none");
    }

    @Test
    void another_host_of_the_administration_may_be_asked() {
        assertThat(PageSecurity.headers(PAGE, Set.of(URI.create("https://Admin.example.com:8443/admin/realms/r")))
                        .get("Content-Security-Policy"))
                .contains("; connect-src 'self' https://admin.example.com:8443;");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://id.example.com",
                "https://id.example.com:443/",
                "HTTPS://ID.example.com/x?y=z",
                "https://user@id.example.com"
            })
    void an_origin_is_scheme_host_and_port(String uri) {
        assertThat(PageSecurity.origin(URI.create(uri))).isEqualTo("https://id.example.com");
    }

    @Test
    void a_port_that_is_usual_for_another_scheme_stays() {
        assertThat(PageSecurity.origin(URI.create("http://h:443"))).isEqualTo("http://h:443");
        assertThat(PageSecurity.origin(URI.create("https://h:80"))).isEqualTo("https://h:80");
        assertThat(PageSecurity.origin(URI.create("http://h:80"))).isEqualTo("http://h");
    }

    @Test
    void values_are_text_wherever_they_stand() {
        assertThat(PageTemplate.fill(
                        "<p title=\"{{a}}\">{{a}} $1 {{b}}</p>", Map.of("a", "\"><b>'&", "b", "$0\\{{a}}")))
                .isEqualTo("<p title=\"&quot;&gt;&lt;b&gt;&#39;&amp;\">&quot;&gt;&lt;b&gt;&#39;&amp; $1 $0\\{{a}}</p>");
    }

    @Property
    void no_value_brings_markup(@ForAll String value) {
        assertThat(PageTemplate.fill("{{v}}", Map.of("v", value))).doesNotContain("<", ">", "\"", "'");
    }

    @Test
    void a_placeholder_without_a_value_is_a_mistake() {
        assertThatThrownBy(() -> PageTemplate.fill("{{unknown}}", Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unknown");
    }

    @Test
    void the_languages_have_the_same_texts_with_the_same_blanks() throws IOException {
        JsonNode english = messages("en");
        JsonNode german = messages("de");
        assertThat(german.properties().stream().map(Map.Entry::getKey).toList())
                .isEqualTo(english.properties().stream().map(Map.Entry::getKey).toList());
        english.properties().forEach(text -> assertThat(blanks(german.get(text.getKey())))
                .as(text.getKey())
                .isEqualTo(blanks(text.getValue())));
    }

    /** What a script asks for by a whole key; keys that are put together are seen in the browser. */
    @Test
    void every_text_that_a_script_names_is_there() throws IOException {
        JsonNode english = messages("en");
        Pattern named = Pattern.compile("\\bt\\(\"([^\"]+)\"");
        try (Stream<Path> scripts = Files.list(FOLDER)) {
            for (Path script :
                    scripts.filter(file -> file.toString().endsWith(".js")).toList()) {
                named.matcher(Files.readString(script)).results().forEach(key -> assertThat(english.has(key.group(1)))
                        .as("%s in %s", key.group(1), script)
                        .isTrue());
            }
        }
    }

    @Test
    void no_script_makes_markup_from_text() throws IOException {
        Pattern dangerous = Pattern.compile("innerHTML|outerHTML|insertAdjacentHTML|document\\.write|\\beval\\(|"
                + "new Function|localStorage|srcdoc|DOMParser");
        try (Stream<Path> scripts = Files.list(FOLDER)) {
            for (Path script :
                    scripts.filter(file -> file.toString().endsWith(".js")).toList()) {
                assertThat(dangerous.matcher(Files.readString(script)).find())
                        .as(script.toString())
                        .isFalse();
            }
        }
    }

    private static Set<String> blanks(JsonNode text) {
        return Pattern.compile("\\{\\w+}")
                .matcher(text.asText())
                .results()
                .map(match -> match.group())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static JsonNode messages(String language) throws IOException {
        return new ObjectMapper()
                .readTree(FOLDER.resolve("messages_" + language + ".json").toFile());
    }
}
