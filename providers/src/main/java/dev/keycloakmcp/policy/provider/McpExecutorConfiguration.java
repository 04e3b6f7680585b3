package dev.keycloakmcp.policy.provider;

import com.fasterxml.jackson.annotation.JsonProperty;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.resource.WhenMissing;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.representations.idm.ClientPolicyExecutorConfigurationRepresentation;

/**
 * What MCP executors have in common. Values are read as text, because the Admin Console sends numbers and booleans as
 * either; what cannot be read falls back to the safe side.
 */
public abstract class McpExecutorConfiguration extends ClientPolicyExecutorConfigurationRepresentation {

    public static final String ENFORCEMENT = "enforcement";
    public static final String WHEN_MISSING = "when-missing";

    @JsonProperty(ENFORCEMENT)
    private @Nullable String enforcement;

    @JsonProperty(WHEN_MISSING)
    private @Nullable String whenMissing;

    /** Reported only when the value says so. */
    public EnforcementMode enforcement() {
        return EnforcementMode.REPORT.value().equals(enforcement) ? EnforcementMode.REPORT : EnforcementMode.ENFORCE;
    }

    /** Inferred by default; a value that is none of them requires the target. */
    public WhenMissing whenMissing() {
        if (isBlank(whenMissing)) {
            return WhenMissing.INFER;
        }
        return Arrays.stream(WhenMissing.values())
                .filter(value -> value.value().equals(whenMissing))
                .findFirst()
                .orElse(WhenMissing.REQUIRE);
    }

    /** Whose configuration it is, for messages. */
    protected abstract String providerId();

    /** Refuses what cannot be meant; subclasses add their keys. */
    protected SavedConfiguration check() {
        return SavedConfiguration.of(providerId())
                .option(
                        ENFORCEMENT,
                        enforcement,
                        Arrays.stream(EnforcementMode.values())
                                .map(EnforcementMode::value)
                                .toList())
                .option(
                        WHEN_MISSING,
                        whenMissing,
                        Arrays.stream(WhenMissing.values())
                                .map(WhenMissing::value)
                                .toList());
    }

    /** Keycloak asks this when a profile is saved or imported. */
    @Override
    public boolean validateConfig() {
        check();
        return true;
    }

    protected static boolean flag(@Nullable String value, boolean byDefault) {
        return isBlank(value) ? byDefault : Boolean.parseBoolean(value);
    }

    protected static int positive(@Nullable String value, int byDefault) {
        if (value == null || value.isBlank()) {
            return byDefault;
        }
        try {
            int parsed = Integer.parseInt(value.trim());
            return parsed > 0 ? parsed : byDefault;
        } catch (NumberFormatException e) {
            return byDefault;
        }
    }

    /** Names in a list or in text, whichever the Admin Console, an import or a script wrote. */
    protected static Set<String> names(@Nullable Object value) {
        Stream<?> values = value instanceof Collection<?> list ? list.stream() : Optional.ofNullable(value).stream();
        return values.flatMap(text -> Arrays.stream(String.valueOf(text).split("[\\s,]+|##")))
                .filter(name -> !name.isBlank())
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isBlank(@Nullable String value) {
        return value == null || value.isBlank();
    }

    /** The properties in the Admin Console. */
    public static List<ProviderConfigProperty> properties() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(ENFORCEMENT)
                .label("mcp-executor.enforcement.label")
                .helpText("mcp-executor.enforcement.tooltip")
                .type(ProviderConfigProperty.LIST_TYPE)
                .options(Arrays.stream(EnforcementMode.values())
                        .map(EnforcementMode::value)
                        .toList())
                .defaultValue(EnforcementMode.ENFORCE.value())
                .add()
                .property()
                .name(WHEN_MISSING)
                .label("mcp-executor.when-missing.label")
                .helpText("mcp-executor.when-missing.tooltip")
                .type(ProviderConfigProperty.LIST_TYPE)
                .options(Arrays.stream(WhenMissing.values())
                        .map(WhenMissing::value)
                        .toList())
                .defaultValue(WhenMissing.INFER.value())
                .add()
                .build();
    }
}
