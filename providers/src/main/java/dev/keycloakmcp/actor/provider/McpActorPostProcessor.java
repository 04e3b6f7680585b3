package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.McpRealm;
import dev.keycloakmcp.policy.provider.McpRequest;
import java.util.Map;
import java.util.Optional;
import org.keycloak.common.Profile;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.mappers.ParameterizedScopeUserPropertyMapper;
import org.keycloak.protocol.oidc.token.TokenInterceptorException;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;

/**
 * Writes {@code act} and {@code may_act} after all mappers ran, into access and refresh token, where the chain survives
 * every refresh; and takes away what others wrote under these names in realms that use MCP policies.
 */
final class McpActorPostProcessor implements TokenPostProcessor {

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
            keepWhatKeycloakWrote(state, token);
            return;
        }
        Optional<RefreshToken> used = Optional.ofNullable(tokens.requestRefreshToken());
        Optional<ActorChain> chain = used.flatMap(TokenActors::in).or(state::chain);
        if (used.filter(DelegationClaims::isExchanged).isPresent()) {
            refuseUnlessActive(chain);
        }
        boolean guarded = McpRealm.isOptedIn(session);

        write(token, DelegationClaims.ACT, chain.map(ActorChain::toClaim), guarded);
        write(token, DelegationClaims.MAY_ACT, state.mayAct(), guarded && !isKeycloaksMayAct(tokens));
        long notAfter = McpRequest.of(session).notAfter();
        DelegationClaims.expire(token, Math.min(state.notAfter(), notAfter));
        RefreshToken next = tokens.refreshToken();
        if (next != null) {
            write(next, DelegationClaims.ACT, chain.map(ActorChain::toClaim), guarded);
            if (state.isExchanged()
                    || used.filter(DelegationClaims::isExchanged).isPresent()) {
                next.setOtherClaims(DelegationClaims.EXCHANGED, true);
                limitLifetime(next, notAfter);
                bindAs(token, next);
            }
        }
        chain.ifPresent(actors -> ActorEvents.tell(session, actors));
    }

    /** Keycloak's own delegation writes the chain; here it is only told, and refused if it lost an actor. */
    private void keepWhatKeycloakWrote(DelegationState state, AccessToken token) {
        Optional<ActorChain> chain = TokenActors.in(token);
        boolean complete = state.chain()
                .map(earlier -> chain.filter(now -> now.actors().containsAll(earlier.actors()))
                        .isPresent())
                .orElse(true);
        if (!complete) {
            refuse(ReasonCode.EXCHANGE_UNSUPPORTED, "This kind of token exchange loses actors of the subject_token.");
        }
        if (chain.isPresent() && !areActive(chain.get())) {
            refuse(ReasonCode.ACTOR_INACTIVE, "An actor of the delegation is not active any more.");
        }
        chain.ifPresent(actors -> ActorEvents.tell(session, actors));
    }

    private void refuse(ReasonCode reason, String detail) {
        McpRequest.of(session).refuse(reason, detail);
        throw new TokenInterceptorException(reason.error(), detail);
    }

    /** Holds without a policy as well, say because its client is matched by none any more. */
    private void refuseUnlessActive(Optional<ActorChain> chain) {
        if (chain.isEmpty() || !areActive(chain.get())) {
            refuse(ReasonCode.DELEGATION_ACTOR_ENDED, "An actor of the delegation may not act any more.");
        }
    }

    private boolean areActive(ActorChain chain) {
        return new RealmActors(session).inactive(chain.actors()).isEmpty();
    }

    /** The subject token's expiry travels along, as several exchanges share the session. */
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

    /** Keycloak's experimental delegation names who may act by a mapper of its own. */
    private static boolean isKeycloaksMayAct(TokenPostProcessorContext tokens) {
        return Profile.isFeatureEnabled(Profile.Feature.TOKEN_EXCHANGE_DELEGATION)
                && tokens.clientSessionCtx()
                        .getProtocolMappersStream()
                        .anyMatch(mapper ->
                                ParameterizedScopeUserPropertyMapper.PROVIDER_ID.equals(mapper.getProtocolMapper()));
    }
}
