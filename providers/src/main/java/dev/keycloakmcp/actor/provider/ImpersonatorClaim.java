package dev.keycloakmcp.actor.provider;

import dev.keycloakmcp.policy.provider.DelegationClaims;
import dev.keycloakmcp.policy.provider.RealmActors;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.token.TokenPostProcessorContext;
import org.keycloak.representations.IDToken;
import org.keycloak.representations.JsonWebToken;

/** The {@code act} claim by which Keycloak itself, from 26.8 on, names the administrator who took over the session of a token. */
final class ImpersonatorClaim {

    private ImpersonatorClaim() {}

    /** No more of the claim than is true of the session; empty where the token has none. */
    static Optional<Map<String, Object>> in(TokenPostProcessorContext tokens) {
        UserSessionModel login = tokens.clientSessionCtx().getClientSession().getUserSession();
        return tokens.accessToken().getOtherClaims().get(DelegationClaims.ACT) instanceof Map<?, ?> said
                ? RealmActors.impersonator(login.getRealm(), login)
                        .filter(administrator -> administrator.subject().equals(said.get(JsonWebToken.SUBJECT)))
                        .map(administrator -> {
                            Map<String, Object> claim = new LinkedHashMap<>();
                            claim.put(JsonWebToken.SUBJECT, administrator.subject());
                            String name = login.getNote(ImpersonationSessionNote.IMPERSONATOR_USERNAME.toString());
                            if (name != null) {
                                claim.put(IDToken.PREFERRED_USERNAME, name);
                            }
                            return claim;
                        })
                : Optional.empty();
    }
}
