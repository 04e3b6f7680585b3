package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.consent.AnswerTarget;
import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.policy.provider.DeviceTarget;
import dev.keycloakmcp.policy.provider.IdentityScopes;
import dev.keycloakmcp.policy.provider.McpConsentNote;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.McpServers;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.protocol.oidc.grants.device.DeviceGrantType;
import org.keycloak.protocol.oidc.grants.device.endpoints.DeviceEndpoint;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.sessions.AuthenticationSessionModel;
import org.keycloak.util.TokenUtil;

/**
 * The authorization request that a person is about to answer, or answers.
 *
 * @param login the login in one tab of a browser
 * @param answerTarget where the answer goes
 * @param server the MCP server that a policy bound the access to
 * @param servers the MCP servers of the realm
 */
record ConsentRequest(
        AuthenticationSessionModel login, AnswerTarget answerTarget, Optional<McpServer> server, McpServers servers) {

    static ConsentRequest of(KeycloakSession session, AuthenticationSessionModel login) {
        return new ConsentRequest(
                login,
                AnswerTarget.of(login.getRedirectUri(), RegisteredDomains::of),
                resource(session, login).flatMap(resource -> server(session, resource)),
                McpServerRegistry.of(session));
    }

    private static Optional<String> resource(KeycloakSession session, AuthenticationSessionModel login) {
        if (userCode(login) == null) {
            return McpConsentNote.isSet(login)
                    ? Optional.ofNullable(login.getClientNote(OAuth2Constants.RESOURCE))
                    : Optional.empty();
        }
        return ofDevice(session, login);
    }

    /**
     * The server to which a policy bound a device before anybody signed in. The policy may have looked at that request
     * alone: now it need not know the client.
     */
    static Optional<String> ofDevice(KeycloakSession session, AuthenticationSessionModel login) {
        return Optional.ofNullable(userCode(login))
                .filter(userCode -> McpRealm.isOptedIn(session))
                .flatMap(userCode ->
                        Optional.ofNullable(DeviceEndpoint.getDeviceByUserCode(session, login.getRealm(), userCode)))
                .flatMap(DeviceTarget::of);
    }

    /** The code that a device showed, which the person entered; null for other logins. */
    static @Nullable String userCode(AuthenticationSessionModel login) {
        return login.getClientNote(DeviceGrantType.OAUTH2_DEVICE_VERIFIED_USER_CODE);
    }

    /** True when a scope may take part in a token of the answer. ID tokens of the authorization endpoint hold everything. */
    boolean mayReachAToken(ClientScopeModel scope) {
        boolean bound = userCode(login) != null
                || OAuth2Constants.CODE.equals(login.getClientNote(OIDCLoginProtocol.RESPONSE_TYPE_PARAM));
        return !bound
                || server.map(target ->
                                new BoundScopes(login.getRealm(), target).mayContribute(scope) || isForTheClient(scope))
                        .orElse(true);
    }

    /** True for a scope that is for the client itself, by its ID token, and not for the MCP server. */
    boolean isForTheClient(ClientScopeModel scope) {
        return server.isPresent()
                && TokenUtil.isOIDCRequest(login.getClientNote(OAuth2Constants.SCOPE))
                && IdentityScopes.hold(scope, servers);
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
        ConsentSubject subject = new ConsentSubject(
                login.getAuthenticatedUser().getId(),
                login.getClient().getId(),
                server.map(McpServer::resourceUrl).orElse(""),
                answerTarget.key(),
                scopes(session));
        return server.isEmpty() && userCode(login) != null ? subject.atAnyServer() : subject;
    }

    /** How long the access lasts. */
    AccessTime time(KeycloakSession session) {
        return new AccessDuration(session, login).time();
    }

    /** The same for two requests that a person is asked the same about. */
    String fingerprint(KeycloakSession session) {
        return subject(session).keys().stream().sorted().collect(Collectors.joining(" ")) + " " + time(session);
    }

    /** The requested scopes that people are asked about, by name and parameter. */
    private Set<String> scopes(KeycloakSession session) {
        return AuthenticationManager.getClientScopeModelStream(session, login.getClient())
                .filter(details -> isAskedFor(details.getClientScope()))
                .flatMap(details -> ScopeNames.of(login, details).stream())
                .collect(Collectors.toUnmodifiableSet());
    }

    /** True when the page says something about a scope. */
    boolean isAskedFor(@Nullable ClientScopeModel scope) {
        return scope != null && scope.isDisplayOnConsentScreen() && mayReachAToken(scope);
    }

    private static Optional<McpServer> server(KeycloakSession session, String resource) {
        List<McpServer> claiming = ResourceIndicator.parse(resource)
                .map(indicator -> McpServerRegistry.of(session).claiming(indicator))
                .orElse(List.of());
        return claiming.size() == 1 ? Optional.of(claiming.get(0)) : Optional.empty();
    }
}
