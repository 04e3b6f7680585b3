package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.DelegationDenials;
import dev.keycloakmcp.actor.KeycloakDelegation;
import dev.keycloakmcp.actor.TokenOrigin;
import dev.keycloakmcp.decision.Decision;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.ExchangeMark;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRefusal;
import dev.keycloakmcp.policy.provider.RealmActors;
import dev.keycloakmcp.policy.provider.RequestEvent;
import dev.keycloakmcp.policy.provider.TokenConstraints;
import dev.keycloakmcp.token.provider.SettledMappers;
import dev.keycloakmcp.token.provider.TokenStep;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;

/**
 * Writes {@code act} and {@code may_act} after all mappers ran, into access and refresh token, where the chain survives
 * every refresh; and takes away what others wrote under these names in realms that use MCP policies.
 */
final class McpActorPostProcessor implements TokenStep {

    private final KeycloakSession session;

    McpActorPostProcessor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void process(TokenPostProcessorContext tokens) {
        DelegationState state = DelegationState.of(session);
        AccessToken token = tokens.accessToken();
        if (token == null) {
            return;
        }
        if (state.isHandedOver()) {
            check(state.chain(), token);
            return;
        }
        Optional<RefreshToken> used = Optional.ofNullable(tokens.requestRefreshToken());
        Optional<ActorChain> chain = used.flatMap(TokenActors::in).or(state::chain);
        boolean refreshed = used.filter(DelegationClaims::isExchanged).isPresent();
        if (refreshed) {
            refuseUnlessActive(chain);
        }
        chain.map(ActorChain::current)
                .filter(new RealmActors(session)::isAmbiguous)
                .ifPresent(client -> {
                    throw refusal(DelegationDenials.clientIdAmbiguous());
                });
        boolean guarded = McpRealm.isOptedIn(session);

        Optional<Map<String, Object>> act = chain.map(ActorChain::toClaim);
        write(token, DelegationClaims.ACT, act.or(() -> ImpersonatorClaim.in(tokens)), guarded);
        MayActClaim.write(
                token,
                state.mayAct(),
                Optional.of(tokens.clientSessionCtx())
                        .filter(context -> guarded)
                        .map(context -> SettledMappers.of(session, context)));
        boolean byExchange = isByExchange(tokens);
        boolean ofExchange = used.filter(ExchangeMark::isOn).isPresent() || state.isOfExchange();
        if (guarded) {
            // The id of an exchanged token tells its grant; those made of one do not.
            ExchangeMark.set(token, ofExchange && !byExchange);
        }
        long notAfter = TokenConstraints.of(session).notAfter();
        DelegationClaims.expire(token, Math.min(state.notAfter(), notAfter));
        RefreshToken next = tokens.refreshToken();
        if (next != null) {
            write(next, DelegationClaims.ACT, act, guarded);
            if (refreshed || state.isExchanged()) {
                int acting = state.acting().map(parties -> parties.all().size()).orElse(1);
                DelegationClaims.exchange(
                        next, used.map(DelegationClaims::acting).orElse(acting));
                limitLifetime(next, notAfter);
                bindAs(token, next);
            } else if (guarded && (ofExchange || byExchange)) {
                ExchangeMark.setWithoutActors(next);
            }
        }
        chain.ifPresent(actors -> ActorEvents.tell(session, actors));
    }

    private static boolean isByExchange(TokenPostProcessorContext tokens) {
        return TokenOrigin.of(tokens.clientSessionCtx().getAttribute(Constants.GRANT_TYPE, String.class))
                == TokenOrigin.EXCHANGE;
    }

    /** Keycloak's own delegation writes the chain; here it is only checked, and named in the event. */
    private void check(Optional<ActorChain> earlier, AccessToken token) {
        RealmActors realm = new RealmActors(session);
        new KeycloakDelegation(earlier.map(realm::named), TokenActors.in(token).map(realm::named))
                .check(realm)
                .orElseThrow(this::refusal)
                .ifPresent(actors -> ActorEvents.tell(session, actors));
    }

    /** Holds without a policy as well, say because its client is matched by none any more. */
    private void refuseUnlessActive(Optional<ActorChain> chain) {
        if (chain.isEmpty() || !new RealmActors(session).areActive(chain.get())) {
            throw refusal(DelegationDenials.actorEnded());
        }
    }

    private TokenInterceptorException refusal(Decision.Deny<?> deny) {
        RequestEvent.of(session).refuse(deny.reason(), deny.detail());
        McpRefusal.undo(session);
        return new TokenInterceptorException(deny.reason().error(), deny.detail());
    }

    /** Limits every token refreshed later to the subject token's lifetime, which the session, shared, cannot hold. */
    private static void limitLifetime(RefreshToken token, long notAfter) {
        if (notAfter < Long.MAX_VALUE) {
            token.setOtherClaims(DelegationClaims.NOT_AFTER, notAfter);
            DelegationClaims.expire(token, notAfter);
        }
    }

    /** Keycloak binds refresh tokens to certificates at all grants but this one, and asks for it at the refresh. */
    private static void bindAs(AccessToken token, RefreshToken refresh) {
        AccessToken.Confirmation confirmation = token.getConfirmation();
        if (confirmation != null && confirmation.getCertThumbprint() != null) {
            refresh.setConfirmation(confirmation);
        }
    }

    private static void write(
            AccessToken token, String claim, Optional<Map<String, Object>> value, boolean exclusively) {
        if (value.isPresent()) {
            token.setOtherClaims(claim, value.get());
        } else if (exclusively) {
            token.getOtherClaims().remove(claim);
        }
    }
}
