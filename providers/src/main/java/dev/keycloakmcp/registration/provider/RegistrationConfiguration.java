package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.registration.ClientLifetime;
import dev.keycloakmcp.registration.HostPattern;
import dev.keycloakmcp.registration.RedirectUriRule;
import dev.keycloakmcp.registration.RegistrationLimits;
import dev.keycloakmcp.registration.RegistrationPolicy;
import dev.keycloakmcp.resource.ResourcePattern;
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
import org.keycloak.models.RealmModel;
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
                Set.copyOf(list(ALLOWED_GRANT_TYPES, RegistrationPolicy.POSSIBLE_GRANT_TYPES)),
                flag(CONFIDENTIAL_CLIENTS, false),
                list(ALLOWED_RESOURCES, List.of()).stream()
                        .map(ResourcePattern::parse)
                        .flatMap(Optional::stream)
                        .toList(),
                Set.copyOf(list(EXTRA_SCOPES, List.of(DEFAULT_EXTRA_SCOPE))),
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
    void validate() throws ComponentValidationException {
        for (String host : list(HTTPS_REDIRECT_HOSTS, List.of())) {
            if (HostPattern.parse(host).isEmpty()) {
                throw new ComponentValidationException(
                        "'" + HTTPS_REDIRECT_HOSTS + "': '" + host + "' is not a host such as claude.ai, *.cursor.com"
                                + " or mesh.example.com:8443; a star needs a domain of at least two labels behind it");
            }
        }
        for (String scheme : list(PRIVATE_USE_SCHEMES, List.of())) {
            if (!RedirectUriRule.isPrivateUseScheme(scheme.toLowerCase(Locale.ROOT))) {
                throw new ComponentValidationException("'" + PRIVATE_USE_SCHEMES + "': '" + scheme
                        + "' is not a private-use scheme such as cursor or com.example.app");
            }
        }
        for (String grantType : list(ALLOWED_GRANT_TYPES, List.of())) {
            if (!RegistrationPolicy.POSSIBLE_GRANT_TYPES.contains(grantType)) {
                throw new ComponentValidationException("'" + ALLOWED_GRANT_TYPES + "': '" + grantType
                        + "' is not one of " + RegistrationPolicy.POSSIBLE_GRANT_TYPES);
            }
        }
        for (String resource : list(ALLOWED_RESOURCES, List.of())) {
            if (ResourcePattern.parse(resource).isEmpty()) {
                throw new ComponentValidationException(
                        "'" + ALLOWED_RESOURCES + "': '" + resource + "' is neither * nor an http or https URI");
            }
        }
        for (String number : NUMBERS) {
            String value = component.get(number, "0");
            if (!NUMBER.matcher(value.trim()).matches()) {
                throw new ComponentValidationException("'" + number + "' has to be a number from 0 to 999999999");
            }
        }
        for (String flag : List.of(LOOPBACK_REDIRECTS, CONFIDENTIAL_CLIENTS, CONSENT_REQUIRED, REUSE_IDENTICAL)) {
            String value = component.get(flag, "true");
            if (!"true".equals(value) && !"false".equals(value)) {
                throw new ComponentValidationException("'" + flag + "' has to be true or false");
            }
        }
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

    /** The properties in the Admin Console. */
    static List<ProviderConfigProperty> properties() {
        return ProviderConfigurationBuilder.create()
                .property()
                .name(LOOPBACK_REDIRECTS)
                .label("Loopback redirects")
                .helpText("Desktop and command line clients may redirect to http://localhost, http://127.0.0.1 and"
                        + " http://[::1], on any port and with the registered path (RFC 8252). Off: they are refused;"
                        + " clients registered before keep theirs.")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .property()
                .name(HTTPS_REDIRECT_HOSTS)
                .label("Hosts for https redirects")
                .helpText("Hosts that clients may redirect to with https, such as claude.ai, or *.cursor.com for every"
                        + " host below. A port may follow (mesh.example.com:8443, or :* for any); without one only 443"
                        + " matches. Clients may also publish their keys (jwks_uri) there. Empty: no https redirects.")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .property()
                .name(PRIVATE_USE_SCHEMES)
                .label("Private-use schemes")
                .helpText("URI schemes of desktop and mobile applications that clients may redirect to, such as cursor"
                        + " or vscode (RFC 8252 7.1). Any application on a device can claim a scheme; PKCE keeps the"
                        + " code useless to it. Empty: none.")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .property()
                .name(ALLOWED_GRANT_TYPES)
                .label("Grant types")
                .helpText("What clients may use of what they ask for; the rest is dropped from the registration."
                        + " Without refresh_token people log in again when the access token expires. Without"
                        + " authorization_code nobody can register.")
                .type(ProviderConfigProperty.MULTIVALUED_LIST_TYPE)
                .options(RegistrationPolicy.POSSIBLE_GRANT_TYPES)
                .defaultValue(RegistrationPolicy.POSSIBLE_GRANT_TYPES)
                .add()
                .property()
                .name(CONFIDENTIAL_CLIENTS)
                .label("Confidential clients")
                .helpText("Clients may ask for a secret or bring keys. Off: only public clients register, and those"
                        + " that insist on a secret are refused.")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .property()
                .name(ALLOWED_RESOURCES)
                .label("MCP servers")
                .helpText("URIs of the MCP servers whose scopes registered clients may ask for; * stands for any"
                        + " characters but a slash, ** for any. Empty: all MCP servers of the realm, those added later"
                        + " included.")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .add()
                .property()
                .name(EXTRA_SCOPES)
                .label("Further scopes")
                .helpText("Client scopes that registered clients may ask for besides those of the MCP servers."
                        + " offline_access keeps a client connected after its user's session has ended.")
                .type(ProviderConfigProperty.MULTIVALUED_STRING_TYPE)
                .defaultValue(List.of(DEFAULT_EXTRA_SCOPE))
                .add()
                .property()
                .name(CONSENT_REQUIRED)
                .label("Consent required")
                .helpText("People are asked before a registered client acts for them. Off: anybody who registers a"
                        + " client gets tokens from everyone who is logged in and follows a link; turn it off only"
                        + " where you control who registers.")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .property()
                .name(MAX_PER_SOURCE)
                .label("Registrations per source")
                .helpText("New clients that one IPv4 address or one IPv6 /64 network may register in a window; more are"
                        + " refused with 429 and Retry-After. Registering identical metadata again does not count."
                        + " Behind a reverse proxy it needs Keycloak's proxy settings to see addresses. 0: no limit.")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_PER_SOURCE)
                .add()
                .property()
                .name(SOURCE_WINDOW)
                .label("Window in seconds")
                .helpText("Length of the window in which registrations of a source are counted. 0: no limit.")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_WINDOW)
                .add()
                .property()
                .name(MAX_CLIENTS)
                .label("Maximum of clients")
                .helpText("Clients that this endpoint keeps in the realm; others do not count. When it is reached, the"
                        + " oldest clients that were never used make room; where all are in use, registrations are"
                        + " refused with 429. 0: no limit.")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_MAX_CLIENTS)
                .add()
                .property()
                .name(UNUSED_EXPIRY)
                .label("Unused clients expire after hours")
                .helpText("Clients that nobody completed a login with are removed this many hours after their"
                        + " registration, by a task that runs every 15 minutes. 0: they stay.")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_UNUSED_HOURS)
                .add()
                .property()
                .name(IDLE_EXPIRY)
                .label("Idle clients expire after days")
                .helpText("Clients that got no token, refreshed ones included, for this many days are removed with"
                        + " their sessions and consents. Keep it longer than offline sessions may idle. 0: they stay.")
                .type(ProviderConfigProperty.INTEGER_TYPE)
                .defaultValue(DEFAULT_IDLE_DAYS)
                .add()
                .property()
                .name(REUSE_IDENTICAL)
                .label("Reuse identical registrations")
                .helpText("A public client that registers metadata which is already registered gets that client, and"
                        + " nobody gets or keeps a registration access token for it. The port of a loopback redirect"
                        + " does not count. Off: every registration makes a new client.")
                .type(ProviderConfigProperty.BOOLEAN_TYPE)
                .defaultValue(Boolean.TRUE)
                .add()
                .build();
    }
}
