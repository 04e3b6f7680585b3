package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.ActorChain;
import dev.keycloakmcp.resource.provider.DelegationClaims;
import dev.keycloakmcp.resource.provider.McpRealm;
import java.util.Map;
import java.util.Optional;
import org.keycloak.common.Profile;
import org.keycloak.models.KeycloakSession;
import org.keycloak.protocol.oidc.mappers.ParameterizedScopeUserPropertyMapper;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.RefreshToken;

/**
 * Writes {@code act} and {@code may_act} after all mappers ran, into access and refresh token, where the chain survives
 * every refresh; and takes away what others wrote under these names in realms that use MCP policies.
 */
final class McpActorPostProcessor implements TokenPostProcessor {

    /** Claim of a refresh token that was issued by an exchange. */
    static final String EXCHANGED = "mcp_exchanged";

    private final KeycloakSession session;

    McpActorPostProcessor(KeycloakSession session) {
        this.session = session;
    }

    @Override
    public void process(TokenPostProcessorContext tokens) {
        DelegationState state = DelegationState.of(session);
        AccessToken token = tokens.accessToken();
        if (token == null || state.isKeycloaks()) {
            return;
        }
        Optional<RefreshToken> used = Optional.ofNullable(tokens.requestRefreshToken());
        Optional<ActorChain> chain = used.flatMap(Actors::in).or(state::chain);
        boolean guarded = McpRealm.isOptedIn(session.getContext().getRealm());

        write(token, DelegationClaims.ACT, chain.map(ActorChain::toClaim), guarded);
        write(token, DelegationClaims.MAY_ACT, state.mayAct(), guarded && !isKeycloaksMayAct(tokens));
        if (token.getExp() == null || token.getExp() == 0 || token.getExp() > state.notAfter()) {
            expire(token, state.notAfter());
        }
        RefreshToken next = tokens.refreshToken();
        if (next != null) {
            write(next, DelegationClaims.ACT, chain.map(ActorChain::toClaim), guarded);
            if (state.isExchanged()
                    || used.filter(McpActorPostProcessor::isExchanged).isPresent()) {
                next.setOtherClaims(EXCHANGED, true);
            }
        }
        chain.ifPresent(actors -> ActorEvents.tell(session, actors));
    }

    /** Whether a refresh token was issued by an exchange. */
    static boolean isExchanged(RefreshToken token) {
        return Boolean.TRUE.equals(token.getOtherClaims().get(EXCHANGED));
    }

    private static void expire(AccessToken token, long time) {
        if (time < Long.MAX_VALUE) {
            token.exp(time);
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
