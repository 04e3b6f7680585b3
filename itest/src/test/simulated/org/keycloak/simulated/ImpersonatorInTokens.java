package org.keycloak.simulated;

import java.util.Map;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessor;
import org.keycloak.protocol.oidc.token.TokenPostProcessorFactory;

/** Tokens of a session that somebody took over say so by themselves. */
public class ImpersonatorInTokens implements TokenPostProcessorFactory {

    @Override
    public TokenPostProcessor create(KeycloakSession session) {
        return tokens -> {
            UserSessionModel userSession = tokens.clientSessionCtx().getClientSession().getUserSession();
            String id = userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_ID.toString());
            if (id != null && tokens.accessToken() != null && SimulatedRealm.is(session.getContext().getRealm())) {
                tokens.accessToken()
                        .getOtherClaims()
                        .put(
                                "act",
                                Map.of(
                                        "sub",
                                        id,
                                        "preferred_username",
                                        userSession.getNote(ImpersonationSessionNote.IMPERSONATOR_USERNAME.toString())));
            }
        };
    }

    @Override
    public String getId() {
        return "simulated-impersonator";
    }
}
