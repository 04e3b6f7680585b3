package dev.keycloakmcp.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.text.MessageFormat;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The texts of the login theme and of the Admin Console's forms: complete in both languages, and all in use. */
class MessagesTest {

    private static final String THEME = "../themes/src/main/resources/theme/mcp/login/messages";
    private static final String FORMS = "src/main/resources/theme-resources/messages";
    private static final Path TEMPLATES = Path.of("../themes/src/main/resources/theme/mcp/login");

    /** Texts that Keycloak's own theme has in all of its languages. */
    private static final Set<String> OF_KEYCLOAK =
            Set.of("errorTitle", "backToApplication", "traceIdSupportMessage", "loginTitleHtml", "languages");

    private static final Pattern MESSAGE = Pattern.compile("msg\\(\"([^\"]+)\"([^)]*)");

    private static Properties messages(String folder, String language) throws IOException {
        Properties messages = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(folder, "messages_" + language + ".properties"))) {
            messages.load(reader);
        }
        return messages;
    }

    private static String templates() throws IOException {
        try (Stream<Path> files = Files.list(TEMPLATES)) {
            List<Path> templates = files.filter(file -> file.toString().endsWith(".ftl"))
                    .sorted()
                    .toList();
            StringBuilder text = new StringBuilder();
            for (Path template : templates) {
                text.append(Files.readString(template));
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {THEME, FORMS})
    void german_says_all_that_english_says(String folder) throws IOException {
        Properties english = messages(folder, "en");
        Properties german = messages(folder, "de");
        assertThat(english).isNotEmpty();
        assertThat(new TreeSet<>(german.stringPropertyNames())).isEqualTo(new TreeSet<>(english.stringPropertyNames()));
        assertThat(german.values()).allSatisfy(text -> assertThat((String) text).isNotBlank());
        assertThat(english.values())
                .allSatisfy(text -> assertThat((String) text).isNotBlank());
    }

    @Test
    void both_languages_take_the_same_parameters() throws IOException {
        Properties english = messages(THEME, "en");
        Properties german = messages(THEME, "de");
        for (String key : english.stringPropertyNames()) {
            int parameters =
                    new MessageFormat(english.getProperty(key), Locale.ENGLISH).getFormatsByArgumentIndex().length;
            assertThat(new MessageFormat(german.getProperty(key), Locale.GERMAN).getFormatsByArgumentIndex())
                    .as(key)
                    .hasSize(parameters);
        }
    }

    /** A single apostrophe would vanish from the page, with all the parameters behind it. */
    @ParameterizedTest
    @ValueSource(strings = {"en", "de"})
    void apostrophes_are_doubled(String language) throws IOException {
        assertThat(messages(THEME, language).values()).allSatisfy(text -> assertThat(((String) text).replace("''", ""))
                .doesNotContain("'"));
    }

    @Test
    void every_text_of_a_template_is_there_and_every_text_is_used() throws IOException {
        Set<String> known = messages(THEME, "en").stringPropertyNames();
        List<MatchResult> used = MESSAGE.matcher(templates()).results().toList();
        assertThat(used).isNotEmpty();
        Set<String> begun = used.stream()
                .filter(match -> match.group(2).startsWith(" +"))
                .map(match -> match.group(1))
                .collect(Collectors.toSet());
        Set<String> whole = used.stream()
                .filter(match -> !match.group(2).startsWith(" +"))
                .map(match -> match.group(1))
                .filter(key -> !OF_KEYCLOAK.contains(key))
                .collect(Collectors.toSet());
        assertThat(known).containsAll(whole);
        assertThat(known).allSatisfy(key -> assertThat(
                        whole.contains(key) || begun.stream().anyMatch(key::startsWith))
                .as("%s is used", key)
                .isTrue());
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown-client", "disabled-client", "redirect-uri", "invalid-target"})
    void every_problem_has_a_title_an_explanation_and_a_way_out(String problem) throws IOException {
        assertThat(messages(THEME, "en").stringPropertyNames())
                .contains(
                        "mcpProblem." + problem + ".title",
                        "mcpProblem." + problem + ".what",
                        "mcpProblem." + problem + ".next");
        assertThat(templates()).contains('"' + problem + '"');
    }
}
