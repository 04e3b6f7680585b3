package dev.keycloakmcp.audit.provider;

import dev.keycloakmcp.actor.provider.UnsaidActors;
import dev.keycloakmcp.policy.ActorChain;
import dev.keycloakmcp.policy.provider.DelegationClaims;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;
import org.keycloak.representations.JsonWebToken;
import org.keycloak.representations.RefreshToken;

/**
 * A token that is being issued.
 *
 * @param token may still change
 * @param unsaid who acts by it though it does not say so, as a lightweight token need not
 * @param bearer id of the token that the request was made with, such as the subject token of an exchange
 * @param refreshedFrom id of the access token that came with the refresh token of the request
 */
record IssuedToken(
        AccessToken token,
        UserModel user,
        Optional<ActorChain> unsaid,
        Optional<String> bearer,
        Optional<String> refreshedFrom) {

    /** Claim of a refresh token: {@code jti} of the access token that came with it. */
    static final String TOKEN_CLAIM = "mcp_token";

    static IssuedToken of(KeycloakSession session, TokenPostProcessorContext issued) {
        AccessToken token = issued.accessToken();
        if (issued.refreshToken() != null) {
            issued.refreshToken().setOtherClaims(TOKEN_CLAIM, token.getId());
        }
        return new IssuedToken(
                token,
                issued.clientSessionCtx().getClientSession().getUserSession().getUser(),
                UnsaidActors.of(session, token),
                session.getContext().getBearerToken() instanceof JsonWebToken bearer
                        ? Optional.ofNullable(bearer.getId())
                        : Optional.empty(),
                cameWith(issued.requestRefreshToken()));
    }

    /** Who acts by it. */
    Optional<ActorChain> actors() {
        return ActorChain.read(token.getOtherClaims().get(DelegationClaims.ACT)).or(() -> unsaid);
    }

    private static Optional<String> cameWith(@Nullable RefreshToken used) {
        return Optional.ofNullable(used)
                .map(token -> token.getOtherClaims().get(TOKEN_CLAIM) instanceof String id ? id : token.getId());
    }
}
