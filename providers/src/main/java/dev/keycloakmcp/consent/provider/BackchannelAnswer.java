package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.consent.ConsentSubject;
import dev.keycloakmcp.policy.provider.BackchannelTarget;
import dev.keycloakmcp.policy.provider.TokenParameters;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.support.ScopeParameter;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.grants.ciba.CibaGrantType;
import org.keycloak.protocol.oidc.grants.ciba.channel.CIBAAuthenticationRequest;

/**
 * The yes of a person at another device (OpenID CIBA), which the token request of the client ends with. The device told
 * the person of the scopes that the client named, and of its default scopes, and of no others.
 *
 * @param server the MCP server of the token
 */
record BackchannelAnswer(KeycloakSession session, ClientModel client, McpServer server) {

    /**
     * The access that is allowed by the answer; empty where nothing the person was told of is the server's, so that no
     * token for it comes of the answer.
     *
     * @param needsConsent tells the scopes that people are asked about for the token
     */
    Optional<ConsentSubject> subject(String userId, Predicate<ClientScopeModel> needsConsent) {
        Set<String> named = named();
        Set<String> told = Stream.concat(
                        client.getClientScopes(true).values().stream(),
                        client.getClientScopes(false).values().stream()
                                .filter(scope -> named.contains(scope.getName())))
                .filter(needsConsent)
                .map(ScopeNames::of)
                .collect(Collectors.toUnmodifiableSet());
        return isForServer() || told.stream().anyMatch(server::owns)
                ? Optional.of(
                        new ConsentSubject(userId, client.getId(), server.resourceUrl(), AllowedAccess.NO_PLACE, told))
                : Optional.empty();
    }

    /**
     * True for an answer to a request that was for the MCP server, or named a scope of it: devices are told those scopes that no
     * page shows as well.
     */
    boolean isForServer() {
        return request().flatMap(BackchannelTarget::of).isPresent()
                || named().stream().anyMatch(server::owns);
    }

    private Set<String> named() {
        return request()
                .flatMap(request -> ScopeParameter.names(request.getScope()))
                .orElse(Set.of());
    }

    /** Devices tell no times, and of offline access as of a scope. No page is spared by an answer, which is at no place. */
    static AccessTime time(ConsentSubject allowed) {
        return allowed.scopes().contains(OAuth2Constants.OFFLINE_ACCESS)
                ? new AccessTime(true, Long.MAX_VALUE)
                : AccessTime.online(Long.MAX_VALUE);
    }

    private Optional<CIBAAuthenticationRequest> request() {
        return Optional.ofNullable(TokenParameters.first(session, CibaGrantType.AUTH_REQ_ID))
                .map(request -> CIBAAuthenticationRequest.deserialize(session, request));
    }
}
