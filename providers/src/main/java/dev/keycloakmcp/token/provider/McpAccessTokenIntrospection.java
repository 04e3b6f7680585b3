package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DecisionEvents;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.ExchangeMark;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import jakarta.ws.rs.core.Response;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.keycloak.events.Errors;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.JsonSerialization;
import org.keycloak.util.TokenUtil;

/**
 * Introspects a token that is bound to an MCP server: the server itself may ask, and the answer has the audience, scopes,
 * roles and actors of the token. Keycloak computes the other claims by the mappers of the scopes in the token.
 */
final class McpAccessTokenIntrospection extends AccessTokenIntrospectionProvider<AccessToken> {

    McpAccessTokenIntrospection(KeycloakSession session) {
        super(session);
    }

    @Override
    public Response introspect(String tokenStr, EventBuilder eventBuilder) {
        Response response = super.introspect(tokenStr, eventBuilder);
        // Keycloak writes the impersonator over the actor after all mappers ran.
        return transformedToken != null && McpRealm.isOptedIn(session) ? withTokensActors(response) : response;
    }

    @Override
    protected boolean introspectionChecks(String encoded) {
        boolean active = super.introspectionChecks(encoded) && isOfActiveClients(session, token, eventBuilder);
        if (!active) {
            // Keycloak would make a JWT of it.
            transformedToken = null;
        }
        return active;
    }

    static boolean isOfActiveClients(KeycloakSession session, AccessToken token, EventBuilder event) {
        if (!McpSuspension.isBehind(session, token)) {
            return true;
        }
        DecisionEvents.reason(event, ReasonCode.CLIENT_SUSPENDED, McpSuspension.TOKEN_DETAIL)
                .error(Errors.INVALID_TOKEN);
        return false;
    }

    @Override
    public AccessToken transformAccessToken(AccessToken token, UserSessionModel userSession) {
        Optional<TokenNarrowing> narrowing = BoundToken.narrowing(session, token);
        ClientModel issuedFor = realm.getClientByClientId(token.getIssuedFor());
        AuthenticatedClientSessionModel clientSession =
                userSession.getAuthenticatedClientSessionByClient(issuedFor.getId());
        if (clientSession == null || narrowing.isEmpty() && !McpRealm.isOptedIn(session)) {
            return withTokensActors(token, super.transformAccessToken(token, userSession));
        }
        return withTokensActors(
                token,
                narrowing
                        .map(bounds -> IntrospectedToken.of(session, token, userSession, clientSession, bounds))
                        .orElseGet(() -> IntrospectedToken.of(session, token, userSession, clientSession)));
    }

    /** A lightweight token leaves claims to introspection; then the mappers of this extension vouch for them. */
    private AccessToken withTokensActors(AccessToken original, AccessToken answer) {
        if (answer != original && McpRealm.isOptedIn(session)) {
            DelegationClaims.restrict(answer, actors(original));
            // Keycloak may make a second access token of the answer, which is delegated like the first.
            ExchangeMark.set(answer, ExchangeMark.isOn(original));
            TokenClaims.issue(answer, original.getIssuedFor());
        }
        return answer;
    }

    private Map<String, Object> actors(AccessToken original) {
        Map<String, Object> claims = new HashMap<>(VouchedClaims.of(session).claims());
        claims.putAll(DelegationClaims.in(original));
        DelegationClaims.resource(original).ifPresent(url -> claims.put(DelegationClaims.RESOURCE, url));
        return claims;
    }

    @Override
    protected boolean verifyAudience() {
        ClientModel asking = session.getContext().getClient();
        boolean isTarget = BoundToken.target(session, token)
                .filter(server -> server.id().equals(asking.getId()))
                .isPresent();
        return isTarget || super.verifyAudience();
    }

    private Response withTokensActors(Response response) {
        Map<String, Object> claims = actors(token);
        // Where nobody acts by the token itself, what Keycloak says of an impersonated session stays.
        boolean tokenTells = claims.containsKey(DelegationClaims.ACT)
                || claims.containsKey(DelegationClaims.MAY_ACT)
                || BoundToken.target(session, token).isPresent();
        return IntrospectionAnswer.changed(response, answer -> {
            boolean active = answer.path("active").asBoolean();
            if (!active || isRefreshToken()) {
                // Keycloak adds the token before it knows whether the client may see it.
                answer.remove(IntrospectionAnswer.JWT);
            }
            if (active) {
                if (tokenTells) {
                    answer.remove(List.of(DelegationClaims.ACT, DelegationClaims.MAY_ACT));
                }
                claims.forEach((claim, value) -> answer.set(claim, JsonSerialization.mapper.valueToTree(value)));
            }
        });
    }

    /** A client may call a refresh token an access token. */
    private boolean isRefreshToken() {
        return TokenUtil.TOKEN_TYPE_REFRESH.equals(token.getType())
                || TokenUtil.TOKEN_TYPE_OFFLINE.equals(token.getType());
    }
}
