package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AllowedTime;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.IdentityScopes;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.RefreshedTarget;
import dev.keycloakmcp.policy.provider.TokenParameters;
import java.util.Map;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserConsentModel;

/**
 * The consent that a token request needs which policies bind to an MCP server. Keycloak looks it up at each grant and each
 * exchange, for clients whose users are asked.
 *
 * @param client who asks for the token
 * @param narrowing the bounds of the token
 */
record TokenConsent(KeycloakSession session, ClientModel client, TokenNarrowing narrowing) {

    /** That of the current request; empty where it is no such request of that client. */
    static Optional<TokenConsent> of(KeycloakSession session, String clientId) {
        return Optional.ofNullable(session.getContext().getClient())
                .filter(client -> client.getId().equals(clientId))
                .flatMap(client -> McpRequest.of(session)
                        .narrowing()
                        .map(narrowing -> new TokenConsent(session, client, narrowing)));
    }

    /**
     * True where policies refuse the token request of that client, as they do once its token would be made: their answer
     * says more than that a consent is missing.
     */
    static boolean isRefusedAnyway(KeycloakSession session, String clientId) {
        ClientModel client = session.getContext().getClient();
        return client != null
                && client.getId().equals(clientId)
                && McpRequest.of(session).isRefusedForGood();
    }

    /** The consent as it counts for the token. */
    UserConsentModel counted(String userId, UserConsentModel stored) {
        ConsentMemory memory = new ConsentMemory(session);
        if (isAnswer()) {
            // The person said yes at another device just now; Keycloak stores it as it makes the token.
            BackchannelAnswer answer = new BackchannelAnswer(session, client, narrowing.server());
            answer.subject(userId, this::needsConsent)
                    .ifPresent(allowed ->
                            memory.remember(client.getRealm(), allowed, BackchannelAnswer.time(allowed), stored));
            return new CountedConsent(
                    stored,
                    this::needsConsent,
                    (scope, parameter) -> true,
                    withScope -> withScope || answer.isForServer());
        }
        Map<String, AllowedTime> remembered = memory.recall(userId, clientId(), stored);
        if (remembered.isEmpty()
                && (isGrant(OAuth2Constants.REFRESH_TOKEN) || !AnsweredLogin.areGoverned(session, client))) {
            // Of a login that no policy governed, whose page showed all scopes, and no server.
            return new CountedConsent(
                    stored, scope -> true, (scope, parameter) -> true, withScope -> withScope || isRefreshed());
        }
        AllowedAccess all = AllowedAccess.of(session, userId, client, narrowing.server(), remembered);
        // A token that is refreshed was allowed before.
        AllowedAccess allowed = isRefreshed() ? all : all.longEnough();
        Optional<HeldToken> held = HeldToken.of(session, all);
        return new CountedConsent(
                stored,
                this::needsConsent,
                (scope, parameter) -> OAuth2Constants.OFFLINE_ACCESS.equals(scope.getName())
                        ? isOfflineAllowed(allowed)
                        : isAllowed(ScopeNames.of(scope, parameter), allowed, held),
                withScope -> allowed.holdsServer(withScope)
                        || held.filter(token -> token.allowed().holdsServer(withScope))
                                .isPresent());
    }

    /** True when a scope takes part in the access token or the ID token, and people are asked about it. */
    boolean needsConsent(ClientScopeModel scope) {
        return scope.isDisplayOnConsentScreen()
                && (takesPart(scope) || IdentityScopes.takePart(session, narrowing, scope));
    }

    private boolean takesPart(ClientScopeModel scope) {
        return new BoundScopes(client.getRealm(), narrowing.server()).mayContribute(scope)
                && (scope instanceof ClientModel || narrowing.keeps(scope.getName(), scope.isIncludeInTokenScope()));
    }

    /** True at the grant by which people answer at another device, without a page of ours. */
    boolean isAnswer() {
        return isGrant(OAuth2Constants.CIBA_GRANT_TYPE);
    }

    private boolean isGrant(String type) {
        return type.equals(TokenParameters.grantType(session));
    }

    /** Offline access is of the answer as a whole: its page tells of it as a time. */
    private boolean isOfflineAllowed(AllowedAccess allowed) {
        return isRefreshed() || allowed.lasting().holds(AllowedAccess.NO_SCOPE);
    }

    private static boolean isAllowed(String scope, AllowedAccess allowed, Optional<HeldToken> held) {
        return allowed.holds(scope) || held.filter(token -> token.holds(scope)).isPresent();
    }

    private boolean isRefreshed() {
        return RefreshedTarget.is(session, narrowing.server());
    }

    private String clientId() {
        return client.getId();
    }
}
