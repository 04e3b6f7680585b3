package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import dev.keycloakmcp.support.provider.TokenHeader;
import jakarta.ws.rs.ForbiddenException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.representations.AccessToken;
import org.keycloak.services.clientregistration.ClientRegistrationTokenUtils;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.AppAuthManager;

/**
 * The web origins that an administrator limited an initial access token to, and with it the registration access token of who
 * registers by it.
 */
final class RegistrationOrigins {

    private static final Set<String> TYPES = Set.of(
            ClientRegistrationTokenUtils.TYPE_INITIAL_ACCESS_TOKEN,
            ClientRegistrationTokenUtils.TYPE_REGISTRATION_ACCESS_TOKEN);

    private RegistrationOrigins() {}

    /** Those of the token of a request; none where anybody may read the answer. */
    static List<String> of(KeycloakSession session) {
        return Optional.ofNullable(AppAuthManager.extractAuthorizationHeaderTokenOrReturnNull(
                        session.getContext().getRequestHeaders()))
                .map(AppAuthManager.AuthHeader::getToken)
                .filter(encoded -> !TokenHeader.lacksAlgorithm(encoded))
                .map(encoded -> session.tokens().decode(encoded, AccessToken.class))
                .filter(token -> token.getType() != null && TYPES.contains(token.getType()))
                .map(AccessToken::getAllowedOrigins)
                .map(List::copyOf)
                .orElse(List.of());
    }

    /** Lets pages of these origins read the answer, and refuses those of others. */
    static Cors allow(KeycloakSession session, RegistrationRefusal refusal) {
        List<String> origins = of(session);
        if (origins.isEmpty()) {
            return Cors.builder().allowAllOrigins();
        }
        try {
            return Cors.builder().auth().checkAllowedOrigins(origins);
        } catch (ForbiddenException e) {
            throw refusal.refuse(ReasonCode.REGISTRATION_NOT_ALLOWED, "the token is not for pages of this origin");
        }
    }
}
