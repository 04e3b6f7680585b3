package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.policy.provider.DeviceTarget;
import dev.keycloakmcp.policy.provider.TokenParameters;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.TokenUtil;

/**
 * The session that a token request goes on with.
 *
 * @param id its id; an offline session has the one of the session that it began in
 * @param time how long it lasts, where it is older than the request: only what was allowed for as long counts
 */
record TokenSession(String id, Optional<AccessTime> time) {

    private static final int PARTS_OF_A_CODE = 3;

    /** That of the current request; empty for grants without, and for broken tokens. */
    static Optional<TokenSession> of(KeycloakSession session) {
        @Nullable String grant = TokenParameters.grantType(session);
        if (grant == null) {
            return Optional.empty();
        }
        return switch (grant) {
            case OAuth2Constants.AUTHORIZATION_CODE ->
                parameter(session, OAuth2Constants.CODE)
                        .map(code -> code.split("\\.", PARTS_OF_A_CODE))
                        .filter(parts -> parts.length == PARTS_OF_A_CODE)
                        .map(parts -> new TokenSession(parts[1], Optional.empty()));
            case OAuth2Constants.REFRESH_TOKEN -> of(session, OAuth2Constants.REFRESH_TOKEN);
            case OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE -> of(session, OAuth2Constants.SUBJECT_TOKEN);
            case OAuth2Constants.DEVICE_CODE_GRANT_TYPE ->
                DeviceTarget.answeredIn(session).map(id -> new TokenSession(id, Optional.empty()));
            default -> Optional.empty();
        };
    }

    private static Optional<TokenSession> of(KeycloakSession session, String parameter) {
        return parameter(session, parameter)
                .map(token -> session.tokens().decode(token, AccessToken.class))
                .filter(token -> token.getSessionId() != null)
                .map(token -> new TokenSession(token.getSessionId(), Optional.of(time(session, token))));
    }

    /** Who signed out has no session any more but the offline one. */
    private static AccessTime time(KeycloakSession session, AccessToken token) {
        KeycloakContext context = session.getContext();
        @Nullable UserSessionModel signedIn = session.sessions().getUserSession(context.getRealm(), token.getSessionId());
        boolean offline = signedIn == null || TokenUtil.TOKEN_TYPE_OFFLINE.equals(token.getType());
        return new AccessDuration(
                        context.getRealm(), context.getClient(), offline, signedIn != null && signedIn.isRememberMe())
                .time();
    }

    private static Optional<String> parameter(KeycloakSession session, String name) {
        return Optional.ofNullable(TokenParameters.first(session, name));
    }
}
