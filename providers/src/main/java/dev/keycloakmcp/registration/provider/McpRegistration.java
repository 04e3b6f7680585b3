package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.policy.provider.McpRealm;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.clientregistration.ClientRegistrationService;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;
import org.keycloak.services.resources.RealmsResource;
import org.keycloak.urls.UrlType;

/**
 * Registration of MCP clients in a realm that lets them.
 *
 * @param endpoint the URI to register at
 * @param scopes what they may ask for when they registered; where anonymous and authenticated registration differ, what
 *     either may, as each is served with what it may have
 */
public record McpRegistration(URI endpoint, Set<String> scopes) {

    /** True when MCP clients may register in a realm at all. */
    public static boolean isOpen(@Nullable RealmModel realm) {
        return realm != null && RegistrationConfiguration.isPresent(realm);
    }

    /** True when a realm uses MCP policies, or lets MCP clients register: then nobody registers as what administrators make. */
    static boolean isGuarded(KeycloakSession session) {
        return McpRealm.isOptedIn(session) || isOpen(session.getContext().getRealm());
    }

    /** Empty for realms without a {@code mcp-client-registration} component. */
    public static Optional<McpRegistration> of(KeycloakSession session) {
        RealmModel realm = session.getContext().getRealm();
        List<RegistrationConfiguration> kinds = Arrays.stream(RegistrationAuth.values())
                .flatMap(kind -> RegistrationConfiguration.of(realm, kind).stream())
                .toList();
        return kinds.isEmpty()
                ? Optional.empty()
                : Optional.of(new McpRegistration(endpoint(session, realm), scopes(session, realm, kinds)));
    }

    private static URI endpoint(KeycloakSession session, RealmModel realm) {
        return RealmsResource.clientRegistrationUrl(session.getContext().getUri(UrlType.BACKEND))
                .path(ClientRegistrationService.class, "provider")
                .build(realm.getName(), McpClientRegistrationProviderFactory.PROVIDER_ID);
    }

    /** Scopes that they may ask for, and of those they get anyway the ones that a token shows. */
    private static Set<String> scopes(
            KeycloakSession session, RealmModel realm, List<RegistrationConfiguration> kinds) {
        RegisteredClientScopes scopes = RegisteredClientScopes.of(session, realm);
        Set<String> optional = kinds.stream()
                .flatMap(configuration -> scopes.of(configuration.policy()).optional().stream())
                .collect(Collectors.toSet());
        Stream<ClientScopeModel> shown = Stream.concat(
                realm.getClientScopesStream().filter(scope -> optional.contains(scope.getName())),
                realm.getDefaultClientScopesStream(true).filter(ClientScopeModel::isIncludeInTokenScope));
        return shown.filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()))
                .filter(ClientScopeModel::isIncludeInOpenIDProviderMetadata)
                .map(ClientScopeModel::getName)
                .collect(Collectors.toSet());
    }
}
