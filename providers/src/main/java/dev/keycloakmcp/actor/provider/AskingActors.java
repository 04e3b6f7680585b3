package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.actor.MayAct;
import dev.keycloakmcp.actor.SignInActors;
import dev.keycloakmcp.actor.TokenOrigin;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.TokenUtil;

/** The actors of the token that asks in a UMA request. */
final class AskingActors {

    private final KeycloakSession session;
    private final TokenActors tokens;

    AskingActors(KeycloakSession session) {
        this.session = session;
        this.tokens = new TokenActors(session);
    }

    /** Makes what comes of the token keep who acts by it, and who may. */
    void keep(AccessToken token) {
        DelegationState state = DelegationState.of(session);
        boolean idToken = TokenUtil.TOKEN_TYPE_ID.equals(token.getType());
        Optional<ActorChain> said = TokenActors.in(token);
        // Not every token says that its client acts for the user.
        said.or(() -> new SignInActors(
                                idToken ? tokens.signInClient(token) : tokens.unsaidClient(token),
                                tokens.impersonator(token))
                        .chain())
                .ifPresent(state::actsBy);
        Optional.ofNullable(token.getOtherClaims().get(DelegationClaims.MAY_ACT))
                // A restriction that cannot be read is one.
                .map(claim -> MayAct.read(claim).orElse(MayAct.NOBODY).toClaim())
                .map(claim -> new MayActClaim(claim, DelegationClaims.onlyRestricts(token)))
                .ifPresent(state::mayAct);
        // Also of one that was made of a delegated token, however many were made between.
        boolean signIn = !idToken && tokens.origin(token).isUserSignIn() && !DelegationClaims.isExchanged(token);
        // An ID token does not tell its grant.
        state.exchangedByUnknown(idToken || tokens.origin(token) == TokenOrigin.EXCHANGE);
        said.filter(actors -> !signIn).ifPresent(actors -> ExchangeTokens.delegate(session, token, actors));
    }
}
