package dev.keycloakmcp.policy.provider;

import java.util.Optional;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.UserSessionModel;
import org.keycloak.protocol.oidc.TokenManager;
import org.keycloak.representations.AccessToken;

/** The person or service account that a token of the realm is about, and the session that it belongs to. */
public final class TokenSubject {

    private TokenSubject() {}

    /** The session that a token names, which may be an offline one. */
    public static Optional<UserSessionModel> session(KeycloakSession session, AccessToken token) {
        RealmModel realm = session.getContext().getRealm();
        return Optional.ofNullable(token.getSessionId())
                .map(id -> Optional.ofNullable(session.sessions().getUserSession(realm, id))
                        .orElseGet(() -> session.sessions().getOfflineUserSession(realm, id)));
    }

    /** The user of the token's session, else the one that its subject names, whose token may have no session. */
    public static Optional<UserModel> user(KeycloakSession session, AccessToken token) {
        return session(session, token)
                .map(UserSessionModel::getUser)
                .or(() -> Optional.ofNullable(TokenManager.lookupUserFromStatelessToken(
                        session, session.getContext().getRealm(), token)));
    }
}
