package dev.keycloakmcp.resource.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.keycloakmcp.resource.McpServer;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.TokenNarrowing;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.keycloak.OAuth2Constants;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.AccessTokenIntrospectionProvider;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.util.DefaultClientSessionContext;
import org.keycloak.util.JsonSerialization;

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
        return transformedToken != null && McpRealm.isOptedIn(realm) ? withTokensActors(response) : response;
    }

    @Override
    public AccessToken transformAccessToken(AccessToken token, UserSessionModel userSession) {
        Optional<McpServer> target = target(token);
        ClientModel issuedFor = realm.getClientByClientId(token.getIssuedFor());
        AuthenticatedClientSessionModel clientSession =
                userSession.getAuthenticatedClientSessionByClient(issuedFor.getId());
        if (target.isEmpty() || clientSession == null) {
            return withTokensActors(token, super.transformAccessToken(token, userSession));
        }
        TokenNarrowing narrowing = narrowing(target.get(), token);
        AccessToken answer = tokenManager.transformIntrospectionAccessToken(
                session,
                token,
                basicClaims(token),
                userSession,
                new NarrowedClientSessionContext(
                        session,
                        DefaultClientSessionContext.fromClientSessionAndScopeParameter(
                                clientSession, token.getScope(), session),
                        narrowing));
        McpTokenNarrower.restrict(answer, narrowing);
        answer.audience(token.getAudience());
        answer.setScope(token.getScope());
        copy(token, answer, OAuth2Constants.CLIENT_ID);
        return withTokensActors(token, answer);
    }

    /** A lightweight token leaves claims to introspection; then the mappers of this extension vouch for them. */
    private AccessToken withTokensActors(AccessToken original, AccessToken answer) {
        if (answer != original && McpRealm.isOptedIn(realm)) {
            DelegationClaims.restrict(answer, actors(original));
        }
        return answer;
    }

    private Map<String, Object> actors(AccessToken original) {
        Map<String, Object> claims = new HashMap<>(McpRequest.of(session).vouched());
        claims.putAll(DelegationClaims.in(original));
        return claims;
    }

    @Override
    protected boolean verifyAudience() {
        ClientModel asking = session.getContext().getClient();
        boolean isTarget = target(token)
                .filter(server -> server.id().equals(asking.getId()))
                .isPresent();
        return isTarget || super.verifyAudience();
    }

    /** The MCP server that the token is bound to, in realms that use MCP policies. */
    private Optional<McpServer> target(AccessToken token) {
        String[] audience = token.getAudience();
        if (audience == null || audience.length == 0 || !McpRealm.isOptedIn(realm)) {
            return Optional.empty();
        }
        return ResourceIndicator.parse(audience[0])
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> claiming.size() == 1)
                .map(claiming -> claiming.get(0))
                .filter(server -> server.resourceUrl().equals(audience[0]));
    }

    private static TokenNarrowing narrowing(McpServer server, AccessToken token) {
        return new TokenNarrowing(
                server,
                TokenNarrowing.scopes(token.getScope()),
                true,
                token.getAudience().length > 1,
                false,
                false,
                OptionalInt.empty());
    }

    /** The claims that no mapper makes, as Keycloak takes them over. */
    private static AccessToken basicClaims(AccessToken token) {
        AccessToken basic = new AccessToken();
        basic.id(token.getId());
        basic.type(token.getType());
        basic.subject(token.getSubject());
        basic.iat(token.getIat());
        basic.exp(token.getExp());
        basic.issuedFor(token.getIssuedFor());
        basic.issuer(token.getIssuer());
        basic.setNonce(token.getNonce());
        basic.setScope(token.getScope());
        basic.setSessionId(token.getSessionId());
        basic.setConfirmation(token.getConfirmation());
        return basic;
    }

    private static void copy(AccessToken from, AccessToken to, String claim) {
        Object value = from.getOtherClaims().get(claim);
        if (value == null) {
            to.getOtherClaims().remove(claim);
        } else {
            to.setOtherClaims(claim, value);
        }
    }

    private Response withTokensActors(Response response) {
        Map<String, Object> claims = actors(token);
        if (claims.isEmpty() && target(token).isEmpty()) {
            // Nobody acts by the token itself; what Keycloak says of an impersonated session stays.
            return response;
        }
        try {
            ObjectNode answer = (ObjectNode) JsonSerialization.mapper.readTree((byte[]) response.getEntity());
            answer.remove(List.of(DelegationClaims.ACT, DelegationClaims.MAY_ACT));
            if (answer.path("active").asBoolean()) {
                claims.forEach((claim, value) -> answer.set(claim, JsonSerialization.mapper.valueToTree(value)));
            }
            return Response.fromResponse(response)
                    .entity(JsonSerialization.writeValueAsBytes(answer))
                    .build();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
