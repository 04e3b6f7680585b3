package dev.keycloakmcp.registration;

import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.ResourcePattern;
import dev.keycloakmcp.support.FlagSetting;
import dev.keycloakmcp.support.ListSetting;
import dev.keycloakmcp.support.NumberSetting;
import dev.keycloakmcp.support.Setting;
import dev.keycloakmcp.support.TextSetting;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of registration, and what they come to.
 *
 * @param stored finds the value that is stored for a key, if any
 */
public record RegistrationSettings(Function<String, @Nullable Object> stored) {

    /** No further scope. Keycloak stores no empty lists, so nothing selected stands for the default. */
    public static final String NO_EXTRA_SCOPE = "none";

    private static final String DEFAULT_EXTRA_SCOPE = "offline_access";

    private static final FlagSetting LOOPBACK_REDIRECTS = new FlagSetting("loopback-redirects", true, false);
    private static final ListSetting HTTPS_REDIRECT_HOSTS = ListSetting.of("https-redirect-hosts")
            .where(
                    host -> HostPattern.parse(host).isPresent(),
                    "is not a host such as claude.ai, *.cursor.com or mesh.example.com:8443; a star needs a domain of at"
                            + " least two labels behind it");
    private static final ListSetting PRIVATE_USE_SCHEMES = ListSetting.of("private-use-schemes")
            .where(
                    scheme -> RedirectUriRule.isPrivateUseScheme(scheme.toLowerCase(Locale.ROOT)),
                    "is not a private-use scheme such as cursor or com.example.app");
    private static final ListSetting ALLOWED_GRANT_TYPES = ListSetting.of("allowed-grant-types")
            .offering(RegistrationPolicy.POSSIBLE_GRANT_TYPES)
            .where(
                    RegistrationPolicy.POSSIBLE_GRANT_TYPES::contains,
                    "is not one of " + RegistrationPolicy.POSSIBLE_GRANT_TYPES);
    private static final FlagSetting CONFIDENTIAL_CLIENTS = new FlagSetting("confidential-clients", true, false);

    /** Patterns of URIs of MCP servers. */
    public static final ListSetting ALLOWED_RESOURCES = ListSetting.of("allowed-resources");

    /** The URI of an MCP server. */
    public static final TextSetting DEFAULT_RESOURCE = new TextSetting(
            "default-resource",
            uri -> !uri.contains("*") && ResourceIndicator.parse(uri).isPresent(),
            "has to be the URI of one MCP server");

    /** Names of client scopes. */
    public static final ListSetting EXTRA_SCOPES = ListSetting.of("extra-scopes")
            .offering(List.of(NO_EXTRA_SCOPE, DEFAULT_EXTRA_SCOPE))
            .orElse(List.of(DEFAULT_EXTRA_SCOPE));

    private static final FlagSetting CONSENT_REQUIRED = new FlagSetting("consent-required", true, true);
    private static final NumberSetting MAX_PER_SOURCE = NumberSetting.atLeast(0, "max-registrations-per-source", 60);
    private static final NumberSetting SOURCE_WINDOW = NumberSetting.atLeast(0, "source-window-seconds", 3600);
    private static final NumberSetting MAX_CLIENTS = NumberSetting.atLeast(0, "max-clients", 10_000);
    private static final NumberSetting UNUSED_EXPIRY = NumberSetting.atLeast(0, "unused-expiry-hours", 24);
    private static final NumberSetting IDLE_EXPIRY = NumberSetting.atLeast(0, "idle-expiry-days", 60);
    private static final FlagSetting REUSE_IDENTICAL = new FlagSetting("reuse-identical", true, false);

    /** All of them, in the order of the form. */
    public static final List<Setting<?>> ALL = List.of(
            LOOPBACK_REDIRECTS,
            HTTPS_REDIRECT_HOSTS,
            PRIVATE_USE_SCHEMES,
            ALLOWED_GRANT_TYPES,
            CONFIDENTIAL_CLIENTS,
            ALLOWED_RESOURCES,
            DEFAULT_RESOURCE,
            EXTRA_SCOPES,
            CONSENT_REQUIRED,
            MAX_PER_SOURCE,
            SOURCE_WINDOW,
            MAX_CLIENTS,
            UNUSED_EXPIRY,
            IDLE_EXPIRY,
            REUSE_IDENTICAL);

    /** The value of a setting. */
    public <T> T value(Setting<T> setting) {
        return setting.read(stored.apply(setting.key()));
    }

    /** Why the first value that cannot be meant is wrong; empty where all can be. */
    public Optional<String> problem() {
        return ALL.stream()
                .flatMap(setting -> setting.problem(stored.apply(setting.key())).stream())
                .findFirst();
    }

    /** The clients that are admitted. */
    public RegistrationPolicy policy() {
        return new RegistrationPolicy(
                new RedirectUriRule(
                        value(LOOPBACK_REDIRECTS),
                        value(HTTPS_REDIRECT_HOSTS).stream()
                                .map(HostPattern::parse)
                                .flatMap(Optional::stream)
                                .toList(),
                        schemes()),
                grantTypes(),
                value(CONFIDENTIAL_CLIENTS),
                value(ALLOWED_RESOURCES).stream()
                        .map(pattern -> ResourcePattern.parse(pattern).orElseGet(ResourcePattern::nothing))
                        .toList(),
                value(DEFAULT_RESOURCE).flatMap(ResourceIndicator::parse),
                value(EXTRA_SCOPES).stream()
                        .filter(scope -> !NO_EXTRA_SCOPE.equals(scope))
                        .collect(Collectors.toUnmodifiableSet()),
                value(CONSENT_REQUIRED));
    }

    /** How many may register. */
    public RegistrationLimits limits() {
        return new RegistrationLimits(
                value(MAX_PER_SOURCE), value(SOURCE_WINDOW), value(MAX_CLIENTS), value(REUSE_IDENTICAL));
    }

    /** How long they stay. */
    public ClientLifetime lifetime() {
        return new ClientLifetime(value(UNUSED_EXPIRY), value(IDLE_EXPIRY));
    }

    private Set<String> schemes() {
        return value(PRIVATE_USE_SCHEMES).stream()
                .map(scheme -> scheme.toLowerCase(Locale.ROOT))
                .filter(RedirectUriRule::isPrivateUseScheme)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** None selected stands for the usual ones: without any, nobody could register. */
    private Set<String> grantTypes() {
        List<String> selected = value(ALLOWED_GRANT_TYPES);
        return Set.copyOf(selected.isEmpty() ? RegistrationPolicy.USUAL_GRANT_TYPES : selected);
    }
}
