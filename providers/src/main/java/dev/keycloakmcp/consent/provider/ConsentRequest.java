package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.policy.provider.DeviceTarget;
import dev.keycloakmcp.policy.provider.McpConsentNote;
import dev.keycloakmcp.registration.provider.Provenance;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.grants.device.DeviceGrantType;
import org.keycloak.protocol.oidc.grants.device.endpoints.DeviceEndpoint;
import org.keycloak.rar.AuthorizationDetails;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * The authorization request that a person is about to answer, or answers.
 *
 * @param login the login in one tab of a browser
 * @param answerTarget where the answer goes
 * @param server the MCP server that the access is for
 */
record ConsentRequest(AuthenticationSessionModel login, AnswerTarget answerTarget, Optional<McpServer> server) {

    static ConsentRequest of(KeycloakSession session, AuthenticationSessionModel login) {
        return new ConsentRequest(
                login,
                AnswerTarget.of(login.getRedirectUri(), RegisteredDomains::of),
                server(session, resource(session, login)));
    }

    /** A device asked for it before anybody signed in. */
    private static @Nullable String resource(KeycloakSession session, AuthenticationSessionModel login) {
        @Nullable String userCode = login.getClientNote(DeviceGrantType.OAUTH2_DEVICE_VERIFIED_USER_CODE);
        return userCode == null
                ? login.getClientNote(OAuth2Constants.RESOURCE)
                : Optional.ofNullable(DeviceEndpoint.getDeviceByUserCode(session, login.getRealm(), userCode))
                        .flatMap(DeviceTarget::of)
                        .orElse(null);
    }

    /** The login of this request, where it is one that a person answers for a client that MCP policies govern. */
    static Optional<ConsentRequest> governed(KeycloakSession session, String userId, String clientId) {
        return login(session, userId, clientId)
                .filter(ConsentRequest::isGoverned)
                .map(login -> of(session, login));
    }

    /** The login of this request, where it is one of that user to that client. */
    static Optional<AuthenticationSessionModel> login(KeycloakSession session, String userId, String clientId) {
        return Optional.ofNullable(session.getContext().getAuthenticationSession())
                .filter(login -> {
                    @Nullable UserModel user = login.getAuthenticatedUser();
                    return login.getRedirectUri() != null
                            && user != null
                            && user.getId().equals(userId)
                            && login.getClient().getId().equals(clientId);
                });
    }

    private static boolean isGoverned(AuthenticationSessionModel login) {
        return McpConsentNote.isSet(login)
                || Provenance.rulesOf(login.getRealm(), login.getClient()).isPresent();
    }

    /** True when a scope may show in the token that the answer leads to. */
    boolean mayReachTheToken(ClientScopeModel scope) {
        return server.map(target -> new BoundScopes(login, target).mayContribute(scope))
                .orElse(true);
    }

    /** True when a policy bound the request to an MCP server that is gone by now. */
    boolean hasLostItsServer() {
        @Nullable String resource = login.getClientNote(OAuth2Constants.RESOURCE);
        return McpConsentNote.isSet(login) && resource != null && !resource.isBlank() && server.isEmpty();
    }

    /** True when an earlier answer may count. */
    boolean mayRemember() {
        return McpConsentNote.mayRemember(login);
    }

    ConsentSubject subject(KeycloakSession session) {
        @Nullable String resource = login.getClientNote(OAuth2Constants.RESOURCE);
        return new ConsentSubject(
                login.getAuthenticatedUser().getId(),
                login.getClient().getId(),
                server.map(McpServer::resourceUrl).orElse(resource == null ? "" : resource),
                answerTarget.key(),
                scopes(session));
    }

    /** The requested scopes that people are asked about, by name and parameter. */
    private Set<String> scopes(KeycloakSession session) {
        return AuthenticationManager.getClientScopeModelStream(session, login.getClient())
                .filter(details -> isAskedFor(details.getClientScope()))
                .map(ConsentRequest::nameOf)
                .collect(Collectors.toUnmodifiableSet());
    }

    private boolean isAskedFor(@Nullable ClientScopeModel scope) {
        return scope != null && scope.isDisplayOnConsentScreen() && mayReachTheToken(scope);
    }

    static String nameOf(AuthorizationDetails details) {
        @Nullable String parameter = details.getParameterizedScopeParam();
        String name = nameOf(details.getClientScope());
        return parameter == null ? name : name + ClientScopeModel.VALUE_SEPARATOR + parameter;
    }

    /** Clients stand among their scopes and need no name. */
    static String nameOf(ClientScopeModel scope) {
        return scope instanceof ClientModel client ? client.getClientId() : scope.getName();
    }

    private static Optional<McpServer> server(KeycloakSession session, @Nullable String resource) {
        List<McpServer> claiming = Optional.ofNullable(resource)
                .flatMap(ResourceIndicator::parse)
                .map(indicator -> McpServerRegistry.of(session).claiming(indicator))
                .orElse(List.of());
        return claiming.size() == 1 ? Optional.of(claiming.get(0)) : Optional.empty();
    }
}
