package dev.keycloakmcp.registration.provider;

import java.net.URI;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.services.clientregistration.ClientRegistrationService;
import org.keycloak.services.clientregistration.policy.RegistrationAuth;
import org.keycloak.services.resources.RealmsResource;
import org.keycloak.urls.UrlType;

/**
 * How MCP clients register in a realm that lets them.
 *
 * @param endpoint where
 * @param scopes what they may ask for when they registered; where anonymous and authenticated registration differ, what
 *     anonymously registered clients may
 */
public record McpRegistration(URI endpoint, Set<String> scopes) {

    /** Empty for realms without a {@code mcp-client-registration} component. */
    public static Optional<McpRegistration> of(KeycloakSession session) {
        RealmModel realm = session.getContext().getRealm();
        return RegistrationConfiguration.of(realm, RegistrationAuth.ANONYMOUS)
                .or(() -> RegistrationConfiguration.of(realm, RegistrationAuth.AUTHENTICATED))
                .map(configuration ->
                        new McpRegistration(endpoint(session, realm), scopes(session, realm, configuration)));
    }

    private static URI endpoint(KeycloakSession session, RealmModel realm) {
        return RealmsResource.clientRegistrationUrl(session.getContext().getUri(UrlType.BACKEND))
                .path(ClientRegistrationService.class, "provider")
                .build(realm.getName(), McpClientRegistrationProviderFactory.PROVIDER_ID);
    }

    /** What they may ask for, and of what they get anyway the scopes that a token shows. */
    private static Set<String> scopes(
            KeycloakSession session, RealmModel realm, RegistrationConfiguration configuration) {
        Set<String> optional = new RegisteredClientScopes(session, realm)
                .of(configuration.policy())
                .optional();
        Stream<ClientScopeModel> shown = Stream.concat(
                realm.getClientScopesStream().filter(scope -> optional.contains(scope.getName())),
                realm.getDefaultClientScopesStream(true).filter(ClientScopeModel::isIncludeInTokenScope));
        return shown.filter(scope -> OIDCLoginProtocol.LOGIN_PROTOCOL.equals(scope.getProtocol()))
                .filter(ClientScopeModel::isIncludeInOpenIDProviderMetadata)
                .map(ClientScopeModel::getName)
                .collect(Collectors.toSet());
    }
}
