package dev.keycloakmcp.policy.provider;

import dev.keycloakmcp.decision.EnforcementMode;
import dev.keycloakmcp.support.provider.PerRequest;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;

/**
 * A request that nobody sent, gone through to see what would come of it. Its Keycloak session is rolled back. Who sends it
 * is taken as known, and as who they are.
 */
public final class Rehearsal {

    private static final String OURS = "dev.keycloakmcp.";

    private boolean on;
    private boolean consented;
    private @Nullable EnforcementMode mode;

    private Rehearsal() {}

    private static Rehearsal of(KeycloakSession session) {
        return PerRequest.get(session, Rehearsal.class, any -> new Rehearsal());
    }

    /** True when the session is one. */
    public static boolean isOn(KeycloakSession session) {
        return of(session).on;
    }

    /** True when the person is taken to allow what is asked. */
    public static boolean isConsented(KeycloakSession session) {
        return of(session).consented;
    }

    /** Enforcement of all policies, in place of what they are configured to; absent for that. */
    static Optional<EnforcementMode> mode(KeycloakSession session) {
        return Optional.ofNullable(of(session).mode);
    }

    /**
     * Begins the next of its requests, of which nothing is known yet.
     *
     * @param mode enforcement of all policies; absent for what they are configured to
     * @param consented whether the person is taken to allow what is asked
     */
    public static void next(KeycloakSession session, Optional<EnforcementMode> mode, boolean consented) {
        List.copyOf(session.getAttributes().keySet()).stream()
                .filter(name -> name.startsWith(OURS))
                .forEach(session::removeAttribute);
        Rehearsal rehearsal = of(session);
        rehearsal.on = true;
        rehearsal.consented = consented;
        rehearsal.mode = mode.orElse(null);
        TokenConstraints.of(session).keepInside(true);
    }
}
