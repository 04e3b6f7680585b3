package dev.keycloakmcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.admin.DoctorCheck;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.support.provider.Configurable;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.keycloak.provider.ConfiguredProvider;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderFactory;
import org.keycloak.provider.Spi;

/**
 * The reference says what the code does. Run with {@code -Ddocs.write=true} to rewrite its generated part.
 */
class ReferenceTest {

    private static final Path REFERENCE = Path.of("..", "docs", "reference", "README.md");
    private static final String BEGIN = "<!-- generated -->\n";
    private static final String END = "<!-- /generated -->";

    /** Begins the keys of the properties that Keycloak adds to mappers, which it translates itself. */
    private static final String OF_KEYCLOAK = "includeIn";

    /** What their help texts say; Keycloak's messages are not in the jar. */
    private static final Map<String, String> HELP_OF_KEYCLOAK = Map.of(
            "includeInIdToken.tooltip", "Whether the claim is added to the ID token.",
            "includeInAccessToken.tooltip", "Whether the claim is added to the access token.",
            "includeInLightweight.tooltip", "Whether the claim is added to lightweight access tokens.",
            "includeInUserInfo.tooltip", "Whether the claim is added to userinfo.",
            "includeInIntrospection.tooltip", "Whether the claim is added to what introspection says.");

    private static final Properties ENGLISH = messages("en");
    private static final Properties GERMAN = messages("de");

    /** A provider factory of the jar and the SPI it is registered for. */
    private record Registered(String spi, ProviderFactory<?> factory) {}

    @Test
    void the_generated_part_is_what_the_code_says() throws IOException {
        String document = Files.readString(REFERENCE);
        int begin = document.indexOf(BEGIN) + BEGIN.length();
        int end = document.indexOf(END);
        if (Boolean.getBoolean("docs.write")) {
            Files.writeString(REFERENCE, document.substring(0, begin) + generated() + document.substring(end));
            return;
        }
        assertThat(document.substring(begin, end))
                .as("docs/reference/README.md; rewrite it with -Ddocs.write=true")
                .isEqualTo(generated());
    }

    @Test
    void the_attributes_and_event_details_are_those_of_the_code() throws Exception {
        String document = Files.readString(REFERENCE);
        assertThat(keysOf(document, "## Client attributes"))
                .isEqualTo(constants("dev.keycloakmcp.resource.McpAttributes"));
        assertThat(keysOf(document, "## Event details")).isEqualTo(constants("dev.keycloakmcp.policy.McpEventDetails"));
    }

    @Test
    void the_meters_are_those_of_the_code() throws IOException {
        assertThat(keysOf(Files.readString(REFERENCE), "## Metrics").stream()
                        .map(meter -> meter.replaceAll("_total$", "")))
                .containsExactlyInAnyOrderElementsOf(inCode("\"(keycloak\\.mcp\\.[a-z.]+)\"").stream()
                        .map(meter -> meter.replace('.', '_'))
                        .toList());
    }

    @Test
    void the_spans_are_those_of_the_code() throws IOException {
        assertThat(keysOf(Files.readString(REFERENCE), "## Traces"))
                .containsExactlyInAnyOrderElementsOf(inCode("TracedStep\\.begin\\([^\"]*\"([a-z.]+)\"\\)").stream()
                        .map(span -> "keycloak.mcp." + span)
                        .toList());
    }

    /** What a group of the pattern matches anywhere in the code. */
    private static Set<String> inCode(String pattern) throws IOException {
        Set<String> found = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Pattern.compile(pattern)
                        .matcher(Files.readString(file))
                        .results()
                        .forEach(match -> found.add(match.group(1)));
            }
        }
        return found;
    }

    @Test
    void every_provider_explains_itself_to_administrators() throws IOException {
        for (Registered registered : registered()) {
            if (registered.factory() instanceof ConfiguredProvider configured) {
                assertThat(configured.getHelpText())
                        .as(registered.factory().getId())
                        .isNotBlank();
                assertThat(configured.getConfigProperties())
                        .as(registered.factory().getId())
                        .allSatisfy(property -> {
                            for (String key : List.of(property.getLabel(), property.getHelpText())) {
                                assertThat(key.startsWith(OF_KEYCLOAK)
                                                || ENGLISH.containsKey(key) && GERMAN.containsKey(key))
                                        .as("%s in messages_en and messages_de", key)
                                        .isTrue();
                            }
                        });
            }
        }
    }

    @Test
    void texts_of_the_admin_console_are_complete_in_both_languages() {
        assertThat(GERMAN.keySet()).isEqualTo(ENGLISH.keySet());
        assertThat(ENGLISH.values()).noneMatch(text -> text.toString().isBlank());
        assertThat(GERMAN.values()).noneMatch(text -> text.toString().isBlank());
    }

    private static Properties messages(String language) {
        Path file = Path.of(
                "src", "main", "resources", "theme-resources", "messages", "messages_" + language + ".properties");
        try (Reader reader = Files.newBufferedReader(file)) {
            Properties messages = new Properties();
            messages.load(reader);
            return messages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String generated() throws IOException {
        StringBuilder text = new StringBuilder("\n## Providers\n\n| SPI | id | implementation |\n|---|---|---|\n");
        List<Registered> all = registered();
        all.forEach(registered -> text.append("| `%s` | `%s` | %s |\n"
                .formatted(
                        registered.spi(),
                        registered.factory().getId(),
                        registered.factory().getClass().getSimpleName())));
        text.append("\n## Configuration\n\n")
                .append(
                        "Saving refuses values that cannot be meant. An import or the database can hold values that nobody checked. If such")
                .append(" a value\ncannot be read, the third column applies: the safe side.\n");
        all.stream()
                .filter(registered -> registered.factory() instanceof ConfiguredProvider)
                .forEach(registered -> text.append(configuration(registered)));
        text.append("\n## Reasons\n\n")
                .append(
                        "The code is in the event detail `mcp_reason` and in the metrics. The error is what the client sees.\n\n")
                .append("| reason | error | meaning |\n|---|---|---|\n");
        for (ReasonCode reason : ReasonCode.values()) {
            text.append("| `%s` | %s | %s |\n"
                    .formatted(
                            reason.code(),
                            reason.error().isEmpty() ? "" : "`" + reason.error() + "`",
                            cell(reason.meaning())));
        }
        text.append("\n## Findings of the doctor\n\n")
                .append(
                        "`GET /admin/realms/{realm}/mcp/doctor` (role `view-realm`) lists what is configured otherwise than it")
                .append(" was meant, or than is safe: `id`, `severity`, `problem` and `fix`.\n\n")
                .append("| id | severity | what is wrong | how to fix it |\n|---|---|---|---|\n");
        for (DoctorCheck check : DoctorCheck.values()) {
            text.append("| `%s` | %s | %s | %s |\n"
                    .formatted(
                            check.id(),
                            check.severity().value(),
                            cell(check.problem().replace("%s", "…")),
                            cell(check.fix())));
        }
        return text.append("\n").toString();
    }

    private static String configuration(Registered registered) {
        ConfiguredProvider configured = (ConfiguredProvider) registered.factory();
        StringBuilder text = new StringBuilder(
                "\n### `%s`\n\n%s\n\n".formatted(registered.factory().getId(), configured.getHelpText()));
        Map<String, String> safe = safeSides(registered.factory());
        text.append(
                safe.isEmpty()
                        ? "| key | default | what it does |\n|---|---|---|\n"
                        : "| key | default | if it cannot be read | what it does |\n|---|---|---|---|\n");
        for (ProviderConfigProperty property : configured.getConfigProperties()) {
            text.append("| `%s` | %s | %s%s |\n"
                    .formatted(
                            property.getName(),
                            byDefault(property),
                            safe.isEmpty() ? "" : safe.getOrDefault(property.getName(), "") + " | ",
                            cell(help(property))));
        }
        return text.toString();
    }

    /** What stands for values that were stored without validation and cannot be read, by key. */
    private static Map<String, String> safeSides(ProviderFactory<?> factory) {
        Map<String, String> safe = new TreeMap<>();
        if (factory instanceof Configurable configurable) {
            configurable.settings().forEach(setting -> setting.safeText()
                    .ifPresent(text -> safe.put(setting.key(), "`" + text + "`")));
        }
        return safe;
    }

    private static String help(ProviderConfigProperty property) {
        String key = property.getHelpText();
        String text = ENGLISH.getProperty(key, HELP_OF_KEYCLOAK.get(key));
        assertThat(text).as("help text %s of %s", key, property.getName()).isNotBlank();
        return text;
    }

    private static String byDefault(ProviderConfigProperty property) {
        Object value = property.getDefaultValue();
        if (value instanceof Collection<?> values) {
            return values.stream().map(each -> "`" + each + "`").collect(Collectors.joining(" "));
        }
        return value == null || value.toString().isEmpty() ? "" : "`" + value + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|").replace("\n", " ");
    }

    /** What the jar registers, by its service files. */
    private static List<Registered> registered() throws IOException {
        Path services = Path.of("target", "classes", "META-INF", "services");
        List<Registered> factories = new ArrayList<>();
        try (Stream<Path> files = Files.list(services)) {
            for (Path file : files.toList()) {
                for (String name : Files.readAllLines(file)) {
                    Object instance = instance(name);
                    if (instance instanceof ProviderFactory<?> factory) {
                        factories.add(new Registered(spiOf(file.getFileName().toString()), factory));
                    }
                }
            }
        }
        factories.sort(Comparator.comparing(Registered::spi)
                .thenComparing(registered -> registered.factory().getId()));
        assertThat(factories).isNotEmpty();
        return factories;
    }

    private static Object instance(String className) {
        try {
            return Class.forName(className).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(className, e);
        }
    }

    /** The name of the SPI whose factories a service file lists. */
    private static String spiOf(String factoryInterface) {
        return SPIS.stream()
                .filter(spi -> spi.getProviderFactoryClass().getName().equals(factoryInterface))
                .map(Spi::getName)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no SPI for " + factoryInterface));
    }

    private static final List<Spi> SPIS = spis();

    // Not by ServiceLoader: some of Keycloak's SPIs need libraries that are not on the class path here.
    private static List<Spi> spis() {
        try {
            List<Spi> spis = new ArrayList<>();
            for (URL url : java.util.Collections.list(
                    ReferenceTest.class.getClassLoader().getResources("META-INF/services/" + Spi.class.getName()))) {
                try (BufferedReader lines =
                        new BufferedReader(new InputStreamReader(url.openStream(), StandardCharsets.UTF_8))) {
                    lines.lines()
                            .map(line -> line.replaceAll("#.*", "").trim())
                            .filter(line -> !line.isEmpty())
                            .map(ReferenceTest::spi)
                            .filter(Objects::nonNull)
                            .forEach(spis::add);
                }
            }
            return spis;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Spi spi(String className) {
        try {
            return (Spi) Class.forName(className).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | NoClassDefFoundError e) {
            return null;
        }
    }

    private static Set<String> keysOf(String document, String heading) {
        int begin = document.indexOf(heading);
        int end = document.indexOf("\n## ", begin + 1);
        Matcher keys = Pattern.compile("(?m)^\\| `([^`]+)`")
                .matcher(document.substring(begin, end < 0 ? document.length() : end));
        return keys.results().map(result -> result.group(1)).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> constants(String className) throws ClassNotFoundException {
        return Arrays.stream(Class.forName(className).getDeclaredFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == String.class)
                .map(field -> {
                    try {
                        field.setAccessible(true);
                        return (String) field.get(null);
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                })
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
