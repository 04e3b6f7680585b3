package dev.keycloakmcp.policy.provider;

import org.jspecify.annotations.Nullable;
import org.keycloak.models.ImpersonationSessionNote;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.UserSessionModel;
import org.keycloak.sessions.AuthenticationSessionModel;

/**
 * A login in a browser that somebody is signed in at already. It goes on in their session, which need not be the one with the id
 * of its root login: the browser may have begun another login since. After a consent page or a required action Keycloak ends
 * the login in that one all the same, which has to keep who took over the session.
 */
public final class SignedInLogin {

    private static final String SESSION = "mcp_session";

    private SignedInLogin() {}

    /**
     * Notes the session, and the administrator who took it over for the session that the login ends in.
     *
     * @param signedIn the session of the browser
     */
    public static void note(UserSessionModel signedIn, AuthenticationSessionModel login) {
        login.setAuthNote(SESSION, signedIn.getId());
        for (ImpersonationSessionNote note : ImpersonationSessionNote.values()) {
            @Nullable String value = signedIn.getNote(note.toString());
            if (value != null) {
                login.setUserSessionNote(note.toString(), value);
            }
        }
    }

    /** True when an administrator took over the session that the login goes on in, or ends in. */
    public static boolean isTakenOver(KeycloakSession session, AuthenticationSessionModel login) {
        if (login.getUserSessionNotes().containsKey(ImpersonationSessionNote.IMPERSONATOR_ID.toString())) {
            return true;
        }
        @Nullable UserSessionModel ending = ending(session, login);
        return ending != null
                && RealmActors.impersonator(login.getRealm(), ending).isPresent();
    }

    /** True when the person is remembered in the session that the login goes on in, or ends in. */
    public static boolean isRemembered(KeycloakSession session, AuthenticationSessionModel login) {
        @Nullable String id = login.getAuthNote(SESSION);
        @Nullable UserSessionModel signedIn = id == null ? null : session.sessions().getUserSession(login.getRealm(), id);
        @Nullable UserSessionModel ending = ending(session, login);
        return signedIn != null && signedIn.isRememberMe() || ending != null && ending.isRememberMe();
    }

    private static @Nullable UserSessionModel ending(KeycloakSession session, AuthenticationSessionModel login) {
        return session.sessions()
                .getUserSession(login.getRealm(), login.getParentSession().getId());
    }
}
