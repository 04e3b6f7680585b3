package dev.keycloakmcp.machine.provider;

import org.keycloak.OAuth2Constants;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.AccessToken;

/** The claims of every machine token, whatever protocol mappers the agent has. */
final class MachineToken {

    private static final String ACTOR_CLAIM = "act";

    private MachineToken() {}

    /** The agent acts as itself: the token names it, and nobody acts for anybody. */
    static void finish(TokenPostProcessorContext tokens) {
        AccessToken token = tokens.accessToken();
        token.getOtherClaims().remove(ACTOR_CLAIM);
        token.setOtherClaims(OAuth2Constants.CLIENT_ID, token.getIssuedFor());
    }
}
