package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ExchangeParameters;
import dev.keycloakmcp.actor.ExchangeRoute;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.TokenNarrowing;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import dev.keycloakmcp.policy.provider.McpSuspension;
import dev.keycloakmcp.token.provider.BoundToken;
import dev.keycloakmcp.token.provider.KeptBinding;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import org.keycloak.models.ClientModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenExchangeContext;
import org.keycloak.protocol.oidc.TokenExchangeProvider;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.managers.AuthenticationManager.AuthResult;

/**
 * Token exchange (RFC 8693) in realms that use MCP policies. Every exchange passes here, whichever provider Keycloak has
 * for it: what policies decide is done, no token that says who acts or may act becomes one that does not, and everything
 * else is Keycloak's own. Of other realms only {@link StampedExchange some} pass.
 */
final class McpTokenExchangeProvider extends ActorAwareExchange {

    @Override
    public boolean supports(TokenExchangeContext exchange) {
        return (McpRealm.isOptedIn(exchange.getSession())
                        ? KeycloakExchange.of(exchange)
                        : StampedExchange.of(exchange))
                .isPresent();
    }

    @Override
    protected Response tokenExchange() {
        ExchangeRefusal refusal = new ExchangeRefusal(context);
        if (!McpRealm.isOptedIn(session)) {
            return StampedExchange.of(context).orElseThrow(refusal::unsupported).exchange(context);
        }
        // As they were sent: Keycloak drops parameters that are too long, and garbage must not become nothing.
        ExchangeParameters parameters = ExchangeParameters.read(
                        session.getContext().getHttpRequest().getDecodedFormParameters())
                .orElseThrow(refusal::of);
        if (McpSuspension.isSuspended(session, client)) {
            throw refusal.of(new Decision.Deny<>(ReasonCode.ACTOR_INACTIVE, McpSuspension.CLIENT_DETAIL));
        }
        TokenExchangeProvider keycloak = KeycloakExchange.of(context).orElseThrow(refusal::unsupported);
        return switch (ExchangeRoute.of(
                KeycloakExchange.kind(keycloak),
                DelegationState.of(session).isLeftToKeycloak(),
                parameters.actorToken().isPresent())) {
            case UNAWARE_OF_ACTORS -> unawareOfActors(keycloak, parameters, refusal);
            case KEYCLOAK_DELEGATION -> handOver(keycloak, refusal);
            case MCP ->
                new DelegatedExchange(context)
                        .decide(parameters)
                        .map(this::exchange)
                        .orElseGet(() -> byKeycloak(keycloak));
        };
    }

    private Response unawareOfActors(
            TokenExchangeProvider keycloak, ExchangeParameters parameters, ExchangeRefusal refusal) {
        new ExchangePolicies(session).deny(ExchangeRefusal.UNSUPPORTED);
        refusal.ofPolicies();
        if (parameters.actorToken().isPresent() || new TokenActors(session).areBehind(params.getSubjectToken())) {
            throw refusal.unsupported();
        }
        // Nor would anything of what comes of it be narrow, whichever policies there are: it may be no token of this
        // realm.
        subject().filter(token -> BoundToken.isBound(session, token)).ifPresent(bound -> {
            KeptBinding.refuseExchange(session);
            refusal.ofPolicies();
        });
        return byKeycloak(keycloak);
    }

    private Response handOver(TokenExchangeProvider keycloak, ExchangeRefusal refusal) {
        // Keycloak verifies the token further; what it says only has to be kept.
        Optional<AccessToken> subject = subject();
        DelegationState.of(session).handOver(subject.flatMap(TokenActors::in));
        subject.ifPresent(token -> KeptBinding.ofExchange(session, token));
        if (McpRequest.of(session).isRefused()) {
            refusal.ofPolicies();
        }
        return byKeycloak(keycloak);
    }

    /** The subject token, if it is one that the realm signed. */
    private Optional<AccessToken> subject() {
        return new TokenActors(session).decode(params.getSubjectToken(), AccessToken.class);
    }

    private Response exchange(AuthResult subject) {
        return exchangeClientToClient(subject.user(), subject.session(), subject.token(), true);
    }

    private Response byKeycloak(TokenExchangeProvider keycloak) {
        return KeycloakExchange.kind(keycloak) == ExchangeRoute.Keycloak.STANDARD
                ? super.tokenExchange()
                : keycloak.exchange(context);
    }

    @Override
    protected void forbiddenIfClientIsNotWithinTokenAudience(AccessToken token) {
        if (token == null || !new RequestingClient(session, client).isTargetOf(token)) {
            super.forbiddenIfClientIsNotWithinTokenAudience(token);
        }
    }

    @Override
    protected List<ClientModel> getTargetAudienceClients() {
        return target().map(List::of).orElseGet(super::getTargetAudienceClients);
    }

    @Override
    protected void checkRequestedAudiences(TokenManager.AccessTokenResponseBuilder responseBuilder) {
        // A bound token gets its audience later, and no other than the target.
        if (target().isEmpty()) {
            super.checkRequestedAudiences(responseBuilder);
        }
    }

    @Override
    protected Response exchangeClientToClient(
            UserModel targetUser,
            UserSessionModel targetUserSession,
            AccessToken token,
            boolean disallowOnHolderOfTokenMismatch) {
        KeptBinding.ofExchange(session, token);
        new ExchangeRefusal(context).ofPolicies();
        return super.exchangeClientToClient(targetUser, targetUserSession, token, disallowOnHolderOfTokenMismatch);
    }

    private Optional<ClientModel> target() {
        return McpRequest.of(session)
                .narrowing()
                .map(TokenNarrowing::server)
                .map(server -> realm.getClientById(server.id()));
    }
}
