package dev.keycloakmcp.policy.provider;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.Token;
import org.keycloak.models.KeycloakSession;

/** The parameters of a token request, as they were sent. */
public final class TokenParameters {

    private TokenParameters() {}

    /** The first value of a parameter; null where it was not sent. */
    public static @Nullable String first(KeycloakSession session, String name) {
        return session.getContext().getHttpRequest().getDecodedFormParameters().getFirst(name);
    }

    /** The token of the realm that a parameter holds; empty where none was sent, or none that the realm made. */
    public static <T extends Token> Optional<T> token(KeycloakSession session, String name, Class<T> type) {
        return Optional.ofNullable(first(session, name))
                .map(token -> session.tokens().decode(token, type));
    }

    /** The {@code grant_type}; null where none was sent. */
    public static @Nullable String grantType(KeycloakSession session) {
        return first(session, OAuth2Constants.GRANT_TYPE);
    }
}
