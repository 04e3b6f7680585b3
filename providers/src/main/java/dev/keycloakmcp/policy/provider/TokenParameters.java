package dev.keycloakmcp.policy.provider;

import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakSession;

/** The parameters of a token request, as they were sent. */
public final class TokenParameters {

    private TokenParameters() {}

    /** The first value of a parameter; null where it was not sent. */
    public static @Nullable String first(KeycloakSession session, String name) {
        return session.getContext().getHttpRequest().getDecodedFormParameters().getFirst(name);
    }

    /** The {@code grant_type}; null where none was sent. */
    public static @Nullable String grantType(KeycloakSession session) {
        return first(session, OAuth2Constants.GRANT_TYPE);
    }
}
