package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.McpEventDetails;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.resource.ResourceIndicator;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import dev.keycloakmcp.support.ScopeParameter;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.OAuthErrorException;
import org.keycloak.common.util.Time;
import org.keycloak.events.Details;
import org.keycloak.events.EventBuilder;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.delegate.ClientModelLazyDelegate;
import org.keycloak.protocol.oidc.OIDCConfigAttributes;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.AccessTokenResponse;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.CorsErrorResponseException;
import org.keycloak.services.cors.Cors;

/** Applies the verdict on a token request. */
final class McpTokenNarrower {

    private static final Set<String> RESTRICTED = Set.of("aud", "scope", "realm_access", "resource_access");

    private static final String STILL_BOUND = "bound-refresh-token";

    private final KeycloakSession session;
    private final EventBuilder event;
    private final Cors cors;
    private final boolean severalTargets;

    McpTokenNarrower(KeycloakSession session, EventBuilder event, Cors cors, boolean severalTargets) {
        this.session = session;
        this.event = event;
        this.cors = cors;
        this.severalTargets = severalTargets;
    }

    void refuseWhatIsDenied() {
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

    /**
     * A refresh token stays bound when no policy matches its client any more, say because all scopes of MCP servers were
     * taken from it, or when policies only report from now on: what was narrow never becomes wide.
     */
    void keepBound(RefreshToken token, @Nullable String scope) {
        McpRequest request = McpRequest.of(session);
        if (request.isEnforced()
                || !McpRealm.isOptedIn(session)
                || !(token.getOtherClaims().get(DelegationClaims.RESOURCE) instanceof String url)) {
            return;
        }
        Decision<Optional<TokenNarrowing>> decision = ResourceIndicator.parse(url)
                .map(McpServerRegistry.of(session)::claiming)
                .filter(claiming -> claiming.size() == 1)
                .<Decision<Optional<TokenNarrowing>>>map(
                        claiming -> Decision.allow(Optional.of(TokenNarrowing.to(claiming.get(0))
                                .withRequestedScopes(
                                        Optional.of(ScopeParameter.names(scope).orElse(Set.of())))
                                .with(TokenNarrowing.OfflineAccess.KEPT))))
                .orElseGet(() -> Decision.deny(
                        ReasonCode.RESOURCE_UNKNOWN, "The resource is unknown or not allowed for this client."));
        request.keep(STILL_BOUND, decision);
    }

    /** Some scopes are for users with certain roles only, so what is granted shows here and not before. */
    void denyWithoutScope(ClientSessionContext narrowed) {
        McpRequest request = McpRequest.of(session);
        boolean empty = request.narrowing()
                .filter(narrowing -> narrowing.whenEmpty() == TokenNarrowing.WhenEmpty.REFUSED)
                .filter(narrowing -> !narrowing.grantsAnythingIn(narrowed.getScopeString()))
                .isPresent();
        if (empty) {
            request.deny(ReasonCode.SCOPE_NOT_OWNED, "No scope of the resource is granted.");
        }
    }

    ClientSessionContext narrow(ClientSessionContext context) {
        if (context instanceof NarrowedClientSessionContext) {
            return context;
        }
        return McpRequest.of(session)
                .narrowing()
                .<ClientSessionContext>map(narrowing -> new NarrowedClientSessionContext(session, context, narrowing))
                .orElse(context);
    }

    /** Nobody gets a token by way of a suspended client, such as one that acted in the chain of a refresh token. */
    void refuseSuspended(@Nullable AccessToken token, ClientSessionContext context) {
        if (token != null
                && McpSuspension.isBehind(
                        session,
                        token,
                        context.getClientSession().getUserSession().getUser())) {
            event.detail(McpEventDetails.DECISION, "deny")
                    .detail(McpEventDetails.REASON, ReasonCode.ACTOR_SUSPENDED.code());
            throw refusal(ReasonCode.ACTOR_SUSPENDED, McpSuspension.TOKEN_DETAIL);
        }
    }

    /**
     * Makes the response say what the token says, also where the builder's context is not narrowed, and remembers with the
     * login what its ID tokens do not say.
     */
    void complete(AccessTokenResponse response, AccessToken token, AuthenticatedClientSessionModel login) {
        Optional<TokenNarrowing> narrowing = McpRequest.of(session).narrowing();
        if (narrowing.isPresent()) {
            if (login.getNote(DelegationClaims.RESOURCE) == null) {
                login.setNote(
                        DelegationClaims.RESOURCE, narrowing.get().server().resourceUrl());
            }
            response.setScope(token.getScope());
            event.detail(Details.SCOPE, token.getScope());
            if (session.getContext().getClient() instanceof Rfc9068Client profiled) {
                session.getContext().setClient(profiled.original());
            }
        }
    }

    /** The last word on the claims, after all mappers and post-processors. */
    static void finish(KeycloakSession session, TokenNarrowing narrowing, TokenPostProcessorContext tokens) {
        AccessToken token = tokens.accessToken();
        if (token == null) {
            return;
        }
        restrict(token, narrowing);
        long issuedAt = Optional.ofNullable(token.getIat()).orElseGet(() -> (long) Time.currentTime());
        token.exp(narrowing.expiry(Optional.ofNullable(token.getExp()).orElse(0L), issuedAt));
        if (narrowing.form().isRfc9068()) {
            profile(session, token, tokens.clientSessionCtx());
        }
        if (tokens.refreshToken() != null) {
            tokens.refreshToken()
                    .getOtherClaims()
                    .put(DelegationClaims.RESOURCE, narrowing.server().resourceUrl());
        }
    }

    /** Audience, scopes and roles of the target and nothing else. */
    static void restrict(AccessToken token, TokenNarrowing narrowing) {
        token.audience(narrowing.audience().toArray(String[]::new));
        token.setScope(
                narrowing.scopeClaim(Optional.ofNullable(token.getScope()).orElse("")));
        restrictRoles(token, narrowing);
    }

    /** Roles of the target and nothing else. */
    static void restrictRoles(AccessToken token, TokenNarrowing narrowing) {
        token.setRealmAccess(null);
        AccessToken.Access own = token.getResourceAccess(narrowing.server().clientId());
        token.setResourceAccess(own == null ? null : Map.of(narrowing.server().clientId(), own));
        // Mappers can write them by name as well.
        token.getOtherClaims().keySet().removeAll(RESTRICTED);
    }

    /** RFC 9068 sections 2.1 and 2.2: media type, {@code client_id} and {@code sub}. */
    private static void profile(KeycloakSession session, AccessToken token, ClientSessionContext context) {
        token.getOtherClaims().put(OAuth2Constants.CLIENT_ID, token.getIssuedFor());
        if (token.getSubject() == null) {
            token.subject(context.getClientSession().getUserSession().getUser().getId());
        }
        ClientModel client = session.getContext().getClient();
        if (client != null && !(client instanceof Rfc9068Client)) {
            session.getContext().setClient(new Rfc9068Client(client));
        }
    }

    private CorsErrorResponseException refusal(ReasonCode reason, String detail) {
        return McpRefusal.of(session, event, cors, reason, detail);
    }

    /** The client while its token is signed: Keycloak asks it for the media type in the JOSE header. */
    private static final class Rfc9068Client extends ClientModelLazyDelegate {

        private final ClientModel original;

        Rfc9068Client(ClientModel original) {
            super(() -> original);
            this.original = original;
        }

        ClientModel original() {
            return original;
        }

        @Override
        public String getAttribute(String name) {
            return OIDCConfigAttributes.USE_RFC9068_ACCESS_TOKEN_HEADER_TYPE.equals(name)
                    ? Boolean.TRUE.toString()
                    : super.getAttribute(name);
        }
    }
}
