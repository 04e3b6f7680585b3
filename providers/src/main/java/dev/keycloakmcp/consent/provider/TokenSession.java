package dev.keycloakmcp.consent.provider;

import dev.keycloakmcp.consent.AccessTime;
import dev.keycloakmcp.consent.AllowedTime;
import dev.keycloakmcp.policy.provider.DeviceTarget;
import dev.keycloakmcp.policy.provider.TokenParameters;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuth2Constants;
import org.keycloak.models.AuthenticatedClientSessionModel;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.representations.AccessToken;
import org.keycloak.util.TokenUtil;

/**
 * The session that a token request goes on with.
 *
 * @param id its id; an offline session has the one of the session that it began in
 * @param times how long it may last: only what was allowed for as long as one of them counts. The client and the realm may have
 *     changed since the person was told of a time. Empty where there is no such session
 */
record TokenSession(String id, List<AccessTime> times) {

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
                        .map(parts -> ofSignIn(session, parts[1]));
            case OAuth2Constants.REFRESH_TOKEN -> of(session, OAuth2Constants.REFRESH_TOKEN);
            case OAuth2Constants.TOKEN_EXCHANGE_GRANT_TYPE -> of(session, OAuth2Constants.SUBJECT_TOKEN);
            case OAuth2Constants.DEVICE_CODE_GRANT_TYPE ->
                DeviceTarget.answeredIn(session).map(id -> ofSignIn(session, id));
            default -> Optional.empty();
        };
    }

    /** True when what was allowed for that time counts in the session. */
    boolean isCoveredBy(AllowedTime allowed) {
        return times.isEmpty() || times.stream().anyMatch(allowed::mayCover);
    }

    /** True when what was allowed counts in a session of its kind, however long that is. */
    boolean isOfKind(AllowedTime allowed) {
        return times.isEmpty()
                || times.stream().map(time -> new AccessTime(time.offline(), 1)).anyMatch(allowed::mayCover);
    }

    /** Who just signed in may have allowed offline access, which is for the session as well, but for another time. */
    private static TokenSession ofSignIn(KeycloakSession session, String id) {
        RealmModel realm = session.getContext().getRealm();
        ClientModel client = session.getContext().getClient();
        @Nullable UserSessionModel signedIn = session.sessions().getUserSession(realm, id);
        if (signedIn == null) {
            return new TokenSession(id, List.of());
        }
        @Nullable AuthenticatedClientSessionModel access = signedIn.getAuthenticatedClientSessionByClient(client.getId());
        boolean offline = access != null
                && TokenUtil.hasScope(access.getNote(OAuth2Constants.SCOPE), OAuth2Constants.OFFLINE_ACCESS);
        return new TokenSession(
                id,
                Stream.of(false, true)
                        .filter(lasting -> !lasting || offline)
                        .map(lasting -> new AccessDuration(realm, client, lasting, signedIn.isRememberMe()).time())
                        .toList());
    }

    private static Optional<TokenSession> of(KeycloakSession session, String parameter) {
        return TokenParameters.token(session, parameter, AccessToken.class)
                .filter(token -> token.getSessionId() != null)
                .map(token -> new TokenSession(token.getSessionId(), List.of(time(session, token))));
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
