package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.TokenNarrowing;
import org.keycloak.models.ClientSessionContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.services.managers.UserSessionManager;

/** The role without which Keycloak gives nobody offline access. */
final class OfflineAccessRole {

    private OfflineAccessRole() {}

    /**
     * The bounds without offline access where the user may not have it: it is left out, as what the client may not have is.
     * Keycloak would refuse the token.
     *
     * @param full the client session with everything that was asked for
     */
    static TokenNarrowing respect(KeycloakSession session, ClientSessionContext full, TokenNarrowing narrowing) {
        return narrowing.mayAppear(TokenNarrowing.OFFLINE_ACCESS)
                        && full.isOfflineTokenRequested()
                        && !new UserSessionManager(session).isOfflineTokenAllowed(full)
                ? narrowing.with(TokenNarrowing.OfflineAccess.DROPPED)
                : narrowing;
    }
}
