package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.support.provider.PerRequest;
import org.keycloak.models.KeycloakSession;

/**
 * The question whether a user consented, put off. Keycloak's JWT authorization grant asks it before client policies say which
 * MCP server the token is for, so that nobody could answer; whoever puts it off asks again before the token is made.
 */
public final class DeferredConsent {

    private boolean deferred;

    /** That of the current request. */
    public static DeferredConsent of(KeycloakSession session) {
        return PerRequest.get(session, DeferredConsent.class, any -> new DeferredConsent());
    }

    /** From now on a consent that is stored counts for everything. */
    public void begin() {
        deferred = true;
    }

    /** From now on consents count as they are meant. */
    public void end() {
        deferred = false;
    }

    /** True while the question is put off. */
    public boolean isDeferred() {
        return deferred;
    }
}
