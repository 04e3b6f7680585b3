package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.McpExecutorIds;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.Verdict;
import dev.keycloakmcp.policy.provider.DeferredConsent;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.VouchedClaims;
import dev.keycloakmcp.support.ScopeParameter;
import dev.keycloakmcp.token.provider.AllowedServer;
import jakarta.ws.rs.core.Response;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.ClientModel;
import org.keycloak.models.ClientScopeModel;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.protocol.oidc.grants.JWTAuthorizationGrantType;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.util.DefaultClientSessionContext;

/**
 * Keycloak's JWT authorization grant (RFC 7523 section 2.1). For clients under an MCP policy the assertion has to be an
 * assertion, and their own; its scopes bound those of the token, and the token says that the client acts.
 */
final class McpAssertionGrant extends JWTAuthorizationGrantType {

    private static final String RULE = "assertion";

    private boolean enforced;
    private Optional<Set<String>> asserted = Optional.empty();

    @Override
    public Response process(Context grant) {
        KeycloakSession current = grant.getSession();
        String encoded = grant.getFormParams().getFirst(OAuth2Constants.ASSERTION);
        if (encoded != null && McpRealm.isOptedIn(current)) {
            // Nobody would act any more in what comes of it, whoever redeems it.
            if (new TokenActors(current).areBehind(encoded)) {
                add(McpRequest.of(current), EnforcementMode.ENFORCE, RedeemedAssertion.laundered());
                refuse(grant);
            }
            McpRealm.enforcement(current, grant.getClient()).ifPresent(mode -> govern(grant, encoded, mode));
            refuse(grant);
            if (McpRealm.isEnforced(current, McpExecutorIds.RESOURCE_INDICATOR, grant.getClient())) {
                DeferredConsent.of(current).begin();
            }
        }
        return super.process(grant);
    }

    private static void refuse(Context grant) {
        McpRequest request = McpRequest.of(grant.getSession());
        // Until it is refused, the policies have not said all.
        if (request.isRefused()) {
            request.settle().ifPresent(deny -> {
                throw McpRefusal.of(
                        grant.getSession(), grant.getEvent(), grant.getCors(), deny.reason(), deny.detail());
            });
        }
    }

    private void govern(Context grant, String encoded, EnforcementMode mode) {
        enforced = mode == EnforcementMode.ENFORCE;
        Decision<Optional<Set<String>>> decision = RedeemedAssertion.decide(grant, encoded);
        decision.denied().ifPresent(deny -> add(McpRequest.of(grant.getSession()), mode, deny));
        if (enforced) {
            asserted = decision.allowed().flatMap(Function.identity());
        }
    }

    private static void add(McpRequest request, EnforcementMode mode, Decision.Deny<?> deny) {
        request.add(new Verdict(RULE, Rank.GUARD, mode, deny.retyped()));
    }

    @Override
    protected @Nullable String getRequestedScopes() {
        String scope = super.getRequestedScopes();
        return scope == null || asserted.isEmpty()
                ? scope
                : ScopeParameter.list(scope).stream()
                        .filter(asserted.get()::contains)
                        .collect(Collectors.joining(" "));
    }

    @Override
    protected TokenManager.AccessTokenResponseBuilder createTokenResponseBuilder(
            UserModel user,
            UserSessionModel userSession,
            ClientSessionContext clientSessionCtx,
            @Nullable String scopeParam,
            Function<TokenManager.AccessTokenResponseBuilder, ClientPolicyContext> clientPolicyContextGenerator) {
        if (!enforced && McpRequest.of(session).isEnforced()) {
            // Some policies look at the request, so that only now it shows that they apply.
            govern(context, formParams.getFirst(OAuth2Constants.ASSERTION), EnforcementMode.ENFORCE);
            refuse(context);
        }
        requireConsent(user, scopeParam);
        Actor actor = Actors.of(session, client);
        // A machine acts for nobody by a token of its own.
        if (enforced && !actor.subject().equals(user.getId())) {
            ActorChain acting = ActorChain.of(actor);
            DelegationState.of(session).actsBy(acting);
            VouchedClaims.of(session).vouch(DelegationClaims.ACT, acting.toClaim());
        }
        return super.createTokenResponseBuilder(
                user,
                userSession,
                asserted.map(scopes -> within(clientSessionCtx, scopes)).orElse(clientSessionCtx),
                scopeParam,
                clientPolicyContextGenerator);
    }

    private void requireConsent(UserModel user, @Nullable String scopes) {
        DeferredConsent consent = DeferredConsent.of(session);
        if (consent.isDeferred()) {
            consent.end();
            if (!TokenManager.verifyConsentStillAvailable(session, user, client, null, scopes)) {
                add(McpRequest.of(session), EnforcementMode.ENFORCE, AllowedServer.missing());
                refuse(context);
            }
        }
    }

    private ClientSessionContext within(ClientSessionContext all, Set<String> scopes) {
        Set<ClientScopeModel> kept = all.getClientScopesStream()
                .filter(scope -> scope instanceof ClientModel
                        || !scope.isIncludeInTokenScope()
                        || scopes.contains(scope.getName()))
                .collect(Collectors.toSet());
        return DefaultClientSessionContext.fromClientSessionAndClientScopes(
                all.getClientSession(), kept, null, session);
    }
}
