package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenLoss;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.IdentityScopes;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import jakarta.ws.rs.core.Response;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.IDToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.cors.Cors;

/** Applies the verdict on a token request. */
final class McpTokenNarrower {

    private static final String NOTHING_GRANTED = "No scope of the resource is granted.";

    private final KeycloakSession session;
    private final EventBuilder event;
    private final Cors cors;
    private final boolean severalTargets;
    private @Nullable ShadowToken shadow;

    McpTokenNarrower(KeycloakSession session, EventBuilder event, Cors cors, boolean severalTargets) {
        this.session = session;
        this.event = event;
        this.cors = cors;
        this.severalTargets = severalTargets;
    }

    void settle() {
        McpRequest request = McpRequest.of(session);
        if (severalTargets && !request.isGoverned()) {
            // No policy looked at them: as Keycloak answers a parameter sent twice.
            throw new CorsErrorResponseException(
                    cors, OAuthErrorException.INVALID_REQUEST, "duplicated parameter", Response.Status.BAD_REQUEST);
        }
        request.settle().ifPresent(deny -> {
            throw refusal(deny.reason(), deny.detail());
        });
    }

    /** Some scopes are for users with certain roles only, so what is granted shows here and not before. */
    void denyWithoutScope(ClientSessionContext narrowed) {
        McpRequest request = McpRequest.of(session);
        if (request.narrowing()
                .filter(narrowing -> isEmpty(narrowing, narrowed))
                .isPresent()) {
            request.deny(ReasonCode.SCOPE_NOT_OWNED, NOTHING_GRANTED);
        } else if (request.wouldNarrow()
                .filter(narrowing -> isEmpty(narrowing, ShadowToken.narrowed(session, narrowed, narrowing)))
                .isPresent()) {
            request.wouldBeDenied(ReasonCode.SCOPE_NOT_OWNED, NOTHING_GRANTED);
        }
    }

    private static boolean isEmpty(TokenNarrowing narrowing, ClientSessionContext narrowed) {
        return narrowing.whenEmpty() == TokenNarrowing.WhenEmpty.REFUSED
                && !narrowing.grantsAnythingIn(narrowed.getScopeString());
    }

    /** The mappers of an access token ran: where policies only report, what they would leave of it is made as well. */
    void made(AccessToken token, ClientSessionContext context) {
        shadow = McpRequest.of(session)
                .wouldNarrow()
                .map(narrowing -> ShadowToken.of(session, full(context), narrowing, token))
                .orElse(null);
    }

    private static ClientSessionContext full(ClientSessionContext context) {
        return context instanceof NarrowedClientSessionContext narrowed ? narrowed.delegate() : context;
    }

    /** Keycloak asks for a consent to scopes, and a token for an MCP server need not hold one that people are asked about. */
    void denyWithoutConsent(UserModel user, ClientSessionContext narrowed) {
        McpRequest request = McpRequest.of(session);
        Decision.Deny<Object> deny = AllowedServer.missing();
        if (request.narrowing()
                .filter(narrowing -> !AllowedServer.isAllowed(session, narrowing, user, narrowed))
                .isPresent()) {
            request.deny(deny.reason(), deny.detail());
        } else if (request.wouldNarrow()
                .filter(narrowing -> !AllowedServer.wouldBeAllowed(session, narrowing, user, narrowed))
                .isPresent()) {
            request.wouldBeDenied(deny.reason(), deny.detail());
        }
    }

    ClientSessionContext narrow(ClientSessionContext context) {
        if (context instanceof NarrowedClientSessionContext) {
            return context;
        }
        return McpRequest.of(session)
                .narrowing()
                .<ClientSessionContext>map(narrowing -> new NarrowedClientSessionContext(
                        session, context, narrowing, scope -> IdentityScopes.takePart(session, narrowing, scope)))
                .orElseGet(() -> SettledMappers.of(session, context));
    }

    /** The session as it makes an ID token, which is the client's and not the server's. */
    ClientSessionContext ofIdToken(ClientSessionContext context) {
        ClientSessionContext narrowed = narrow(context);
        return narrowed instanceof NarrowedClientSessionContext bound ? new IdTokenContext(bound) : narrowed;
    }

    /** Nobody gets a token by way of a suspended client, such as one that acted in the chain of a refresh token. */
    void refuseSuspended(@Nullable AccessToken token, ClientSessionContext context) {
        if (token != null
                && McpSuspension.isBehind(
                        session,
                        token,
                        context.getClientSession().getUserSession().getUser())) {
            McpRefusal.undo(session);
            throw refusal(ReasonCode.ACTOR_SUSPENDED, McpSuspension.TOKEN_DETAIL);
        }
    }

    /** Makes the response say what the token says, also where the builder's context is not narrowed. */
    void complete(AccessTokenResponse response, AccessToken token, @Nullable IDToken idToken) {
        if (McpRequest.of(session).narrowing().isPresent()) {
            response.setScope(token.getScope());
            event.detail(Details.SCOPE, token.getScope());
        }
        if (shadow != null) {
            ShadowToken enforced = shadow;
            shadow = null;
            boolean refreshed = response.getRefreshToken() != null;
            McpRequest.of(session)
                    .wouldLose(ShadowToken.harmless(() -> enforced.loss(token, idToken, refreshed), TokenLoss.UNKNOWN));
        }
    }

    private CorsErrorResponseException refusal(ReasonCode reason, String detail) {
        return McpRefusal.of(session, event, cors, reason, detail);
    }
}
