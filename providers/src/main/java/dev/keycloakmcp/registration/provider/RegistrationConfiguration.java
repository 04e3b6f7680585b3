package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import dev.keycloakmcp.registration.HostPattern;
import dev.keycloakmcp.registration.RedirectUriRule;
import dev.keycloakmcp.registration.RegistrationLimits;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.resource.ResourcePattern;
import dev.keycloakmcp.resource.provider.SavedServers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.component.ComponentModel;
import org.keycloak.component.ComponentValidationException;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.provider.ProviderConfigProperty;
import org.keycloak.provider.ProviderConfigurationBuilder;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy;
import org.keycloak.services.clientregistration.policy.ClientRegistrationPolicyManager;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;

/**
 * The configuration of a {@code mcp-client-registration} component. What was stored without validation and cannot be
 * read falls back to the safe side.
 */
final class RegistrationConfiguration {

    static final String LOOPBACK_REDIRECTS = "loopback-redirects";
    static final String HTTPS_REDIRECT_HOSTS = "https-redirect-hosts";
    static final String PRIVATE_USE_SCHEMES = "private-use-schemes";
    static final String ALLOWED_GRANT_TYPES = "allowed-grant-types";
    static final String CONFIDENTIAL_CLIENTS = "confidential-clients";
    static final String ALLOWED_RESOURCES = "allowed-resources";
    static final String EXTRA_SCOPES = "extra-scopes";
    static final String CONSENT_REQUIRED = "consent-required";

    static final String MAX_PER_SOURCE = "max-registrations-per-source";
    static final String SOURCE_WINDOW = "source-window-seconds";
    static final String MAX_CLIENTS = "max-clients";
    static final String UNUSED_EXPIRY = "unused-expiry-hours";
    static final String IDLE_EXPIRY = "idle-expiry-days";
    static final String REUSE_IDENTICAL = "reuse-identical";

    private static final int DEFAULT_PER_SOURCE = 60;
    private static final int DEFAULT_WINDOW = 3600;
    private static final int DEFAULT_MAX_CLIENTS = 10_000;
    private static final int DEFAULT_UNUSED_HOURS = 24;
    private static final int DEFAULT_IDLE_DAYS = 60;
    private static final String DEFAULT_EXTRA_SCOPE = "offline_access";

    /** No further scope. Keycloak stores no empty lists, so nothing selected stands for the default. */
    private static final String NO_EXTRA_SCOPE = "none";

    private static final List<String> NUMBERS =
            List.of(MAX_PER_SOURCE, SOURCE_WINDOW, MAX_CLIENTS, UNUSED_EXPIRY, IDLE_EXPIRY);
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final ComponentModel component;

    private RegistrationConfiguration(ComponentModel component) {
        this.component = component;
    }

    static RegistrationConfiguration of(ComponentModel component) {
        return new RegistrationConfiguration(component);
    }

    /** Whether the realm has a component for any kind of registration. */
    static boolean isPresent(RealmModel realm) {
        return components(realm).findAny().isPresent();
    }

    /** The component for a kind of registration; the first by name where there are several. */
    static Optional<RegistrationConfiguration> of(RealmModel realm, RegistrationAuth kind) {
        return components(realm)
                .filter(component -> ClientRegistrationPolicyManager.getComponentTypeKey(kind)
                        .equals(component.getSubType()))
                .min((one, other) -> one.getName().compareTo(other.getName()))
                .map(RegistrationConfiguration::new);
    }

    private static Stream<ComponentModel> components(RealmModel realm) {
        return realm.getComponentsStream(realm.getId(), ClientRegistrationPolicy.class.getName())
                .filter(component -> McpClientRegistrationPolicyFactory.PROVIDER_ID.equals(component.getProviderId()));
    }

    RegistrationPolicy policy() {
        return new RegistrationPolicy(
                new RedirectUriRule(
                        flag(LOOPBACK_REDIRECTS, false),
                        list(HTTPS_REDIRECT_HOSTS, List.of()).stream()
                                .map(HostPattern::parse)
                                .flatMap(Optional::stream)
                                .toList(),
                        schemes()),
                grantTypes(),
                flag(CONFIDENTIAL_CLIENTS, false),
                list(ALLOWED_RESOURCES, List.of()).stream()
                        .map(pattern -> ResourcePattern.parse(pattern).orElseGet(ResourcePattern::nothing))
                        .toList(),
                extraScopes(),
                flag(CONSENT_REQUIRED, true));
    }

    RegistrationLimits limits() {
        return new RegistrationLimits(
                number(MAX_PER_SOURCE, DEFAULT_PER_SOURCE),
                number(SOURCE_WINDOW, DEFAULT_WINDOW),
                number(MAX_CLIENTS, DEFAULT_MAX_CLIENTS),
                flag(REUSE_IDENTICAL, false));
    }

    ClientLifetime lifetime() {
        return new ClientLifetime(number(UNUSED_EXPIRY, DEFAULT_UNUSED_HOURS), number(IDLE_EXPIRY, DEFAULT_IDLE_DAYS));
    }

    /** Refuses what {@link #policy()} would have to ignore. */
    void validate(SavedServers servers) throws ComponentValidationException {
        for (String host : list(HTTPS_REDIRECT_HOSTS, List.of())) {
            if (HostPattern.parse(host).isEmpty()) {
                throw invalid(
                        "'" + HTTPS_REDIRECT_HOSTS + "': '" + host + "' is not a host such as claude.ai, *.cursor.com"
                                + " or mesh.example.com:8443; a star needs a domain of at least two labels behind it");
            }
        }
        for (String scheme : list(PRIVATE_USE_SCHEMES, List.of())) {
            if (!RedirectUriRule.isPrivateUseScheme(scheme.toLowerCase(Locale.ROOT))) {
                throw invalid("'" + PRIVATE_USE_SCHEMES + "': '" + scheme
                        + "' is not a private-use scheme such as cursor or com.example.app");
            }
        }
        for (String grantType : list(ALLOWED_GRANT_TYPES, List.of())) {
            if (!RegistrationPolicy.POSSIBLE_GRANT_TYPES.contains(grantType)) {
                throw invalid("'" + ALLOWED_GRANT_TYPES + "': '" + grantType + "' is not one of "
                        + RegistrationPolicy.POSSIBLE_GRANT_TYPES);
            }
        }
        Optional<String> unknownServer = servers.problem(list(ALLOWED_RESOURCES, List.of()));
        if (unknownServer.isPresent()) {
            throw invalid("'" + ALLOWED_RESOURCES + "': " + unknownServer.get());
        }
        for (String number : NUMBERS) {
            String value = component.get(number, "0");
            if (!NUMBER.matcher(value.trim()).matches()) {
                throw invalid("'" + number + "' has to be a number from 0 to 999999999");
            }
        }
        for (String flag : List.of(LOOPBACK_REDIRECTS, CONFIDENTIAL_CLIENTS, CONSENT_REQUIRED, REUSE_IDENTICAL)) {
            String value = component.get(flag, "true");
            if (!"true".equals(value) && !"false".equals(value)) {
                throw invalid("'" + flag + "' has to be true or false");
            }
        }
    }

    /** Keycloak takes the message for a pattern with parameters; as a parameter, braces and quotes stay as they are. */
    private static ComponentValidationException invalid(String problem) {
        return new ComponentValidationException("{0}", problem);
    }

    /** None selected stands for all: without any, nobody could register. */
    private Set<String> grantTypes() {
        List<String> selected = list(ALLOWED_GRANT_TYPES, List.of());
        return Set.copyOf(selected.isEmpty() ? RegistrationPolicy.POSSIBLE_GRANT_TYPES : selected);
    }

    private Set<String> extraScopes() {
        return list(EXTRA_SCOPES, List.of(DEFAULT_EXTRA_SCOPE)).stream()
                .filter(scope -> !NO_EXTRA_SCOPE.equals(scope))
                .collect(Collectors.toUnmodifiableSet());
    }

    private Set<String> schemes() {
        return list(PRIVATE_USE_SCHEMES, List.of()).stream()
                .map(scheme -> scheme.toLowerCase(Locale.ROOT))
                .filter(RedirectUriRule::isPrivateUseScheme)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** All flags are on by default; a value that is neither true nor false is the safe one. */
    private boolean flag(String key, boolean safe) {
        String value = component.get(key);
        return switch (value == null || value.isBlank() ? "true" : value.trim()) {
            case "true" -> true;
            case "false" -> false;
            default -> safe;
        };
    }

    private int number(String key, int byDefault) {
        String value = component.get(key);
        return value != null && NUMBER.matcher(value.trim()).matches() ? Integer.parseInt(value.trim()) : byDefault;
    }

    /** One value per entry, or several separated by spaces or commas. */
    private List<String> list(String key, List<String> byDefault) {
        @Nullable List<String> values = component.getConfig().get(key);
        if (values == null) {
            return byDefault;
        }
        return values.stream()
                .flatMap(value -> Arrays.stream(value.split("[\\s,]+", -1)))
                .filter(value -> !value.isEmpty())
                .distinct()
                .toList();
    }

    /** The properties in the Admin Console, where scopes are picked from those of the realm. */
    static List<ProviderConfigProperty> properties(RealmModel realm) {
        List<String> scopes = Stream.concat(
                        Stream.of(NO_EXTRA_SCOPE),
                        realm.getClientScopesStream()
                                .filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()))
                                .map(ClientScopeModel::getName)
                                .sorted())
                .toList();
        List<ProviderConfigProperty> properties = properties();
        properties.stream()
                .filter(property -> EXTRA_SCOPES.equals(property.getName()))
                .forEach(property -> property.setOptions(scopes));
        return properties;
    }

    /** The properties without what a realm knows. */
    static List<ProviderConfigProperty> properties() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(LOOPBACK_REDIRECTS)
                .label("mcp-client-registration.loopback-redirects.label")
                .helpText("mcp-client-registration.loopback-redirects.tooltip")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .property()
                .name(HTTPS_REDIRECT_HOSTS)
                .label("mcp-client-registration.https-redirect-hosts.label")
                .helpText("mcp-client-registration.https-redirect-hosts.tooltip")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .property()
                .name(PRIVATE_USE_SCHEMES)
                .label("mcp-client-registration.private-use-schemes.label")
                .helpText("mcp-client-registration.private-use-schemes.tooltip")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .property()
                .name(ALLOWED_GRANT_TYPES)
                .label("mcp-client-registration.allowed-grant-types.label")
                .helpText("mcp-client-registration.allowed-grant-types.tooltip")
                .type(ProviderConfigProperty.MULTIVALUED_LIST_TYPE)
                .options(RegistrationPolicy.POSSIBLE_GRANT_TYPES)
                .add()
                .property()
                .name(CONFIDENTIAL_CLIENTS)
                .label("mcp-client-registration.confidential-clients.label")
                .helpText("mcp-client-registration.confidential-clients.tooltip")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .property()
                .name(ALLOWED_RESOURCES)
                .label("mcp-client-registration.allowed-resources.label")
                .helpText("mcp-client-registration.allowed-resources.tooltip")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .property()
                .name(EXTRA_SCOPES)
                .label("mcp-client-registration.extra-scopes.label")
                .helpText("mcp-client-registration.extra-scopes.tooltip")
                .type(ProviderConfigProperty.MULTIVALUED_LIST_TYPE)
                .options(List.of(NO_EXTRA_SCOPE, DEFAULT_EXTRA_SCOPE))
                .defaultValue(DEFAULT_EXTRA_SCOPE)
                .add()
                .property()
                .name(CONSENT_REQUIRED)
                .label("mcp-client-registration.consent-required.label")
                .helpText("mcp-client-registration.consent-required.tooltip")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .property()
                .name(MAX_PER_SOURCE)
                .label("mcp-client-registration.max-registrations-per-source.label")
                .helpText("mcp-client-registration.max-registrations-per-source.tooltip")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_PER_SOURCE)
                .add()
                .property()
                .name(SOURCE_WINDOW)
                .label("mcp-client-registration.source-window-seconds.label")
                .helpText("mcp-client-registration.source-window-seconds.tooltip")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_WINDOW)
                .add()
                .property()
                .name(MAX_CLIENTS)
                .label("mcp-client-registration.max-clients.label")
                .helpText("mcp-client-registration.max-clients.tooltip")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_MAX_CLIENTS)
                .add()
                .property()
                .name(UNUSED_EXPIRY)
                .label("mcp-client-registration.unused-expiry-hours.label")
                .helpText("mcp-client-registration.unused-expiry-hours.tooltip")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_UNUSED_HOURS)
                .add()
                .property()
                .name(IDLE_EXPIRY)
                .label("mcp-client-registration.idle-expiry-days.label")
                .helpText("mcp-client-registration.idle-expiry-days.tooltip")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_IDLE_DAYS)
                .add()
                .property()
                .name(REUSE_IDENTICAL)
                .label("mcp-client-registration.reuse-identical.label")
                .helpText("mcp-client-registration.reuse-identical.tooltip")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .build();
    }
}
