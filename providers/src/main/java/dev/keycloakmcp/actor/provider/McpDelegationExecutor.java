package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.Delegation;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.Actor;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.Rank;
import dev.keycloakmcp.policy.RequestFacts;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpExecutor;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.resource.provider.McpServerRegistry;
import java.util.List;
import java.util.Optional;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.RefreshToken;
import org.keycloak.services.clientpolicy.ClientPolicyContext;
import org.keycloak.services.clientpolicy.context.TokenExchangeRequestContext;
import org.keycloak.services.clientpolicy.context.TokenRefreshContext;

/**
 * Decides on delegated access; supersedes the general binding to a target. On an exchange it has its say when the tokens
 * are verified; on a refresh at once.
 */
final class McpDelegationExecutor extends McpExecutor<McpDelegationConfiguration> {

    McpDelegationExecutor(KeycloakSession session) {
        super(session, new McpDelegationConfiguration());
    }

    @Override
    public void executeOnEvent(ClientPolicyContext context) {
        if (context instanceof TokenExchangeRequestContext) {
            DelegationState state = DelegationState.of(session);
            if (configuration().isLeftToKeycloak()) {
                state.leaveToKeycloak();
            }
            facts(context)
                    .ifPresent(facts -> state.add(new DelegationState.Policy(
                            getProviderId(), enforcement(), configuration().rule(), facts)));
        } else if (context instanceof TokenRefreshContext refresh) {
            new TokenActors(session)
                    .decode(refresh.getParams().getFirst(OAuth2Constants.REFRESH_TOKEN), RefreshToken.class)
                    .filter(DelegationClaims::isExchanged)
                    .ifPresent(token -> facts(context).ifPresent(facts -> refresh(facts, token)));
        }
    }

    private void refresh(RequestFacts facts, RefreshToken token) {
        Optional<ActorChain> chain = TokenActors.in(token);
        List<Actor> actors = chain.map(ActorChain::actors).orElse(List.of());
        Decision<Delegation> decision = deciding(() -> configuration()
                .rule()
                .decideRefresh(
                        chain,
                        actors.stream()
                                .limit(DelegationClaims.acting(token))
                                .map(actor -> Actors.roles(session, actor))
                                .toList(),
                        new RealmActors(session).inactive(actors),
                        facts.target(),
                        facts.requestedScopes(),
                        McpServerRegistry.of(session)));
        add(Rank.SPECIFIC, decision.map(Delegation::narrowing));
    }
}
