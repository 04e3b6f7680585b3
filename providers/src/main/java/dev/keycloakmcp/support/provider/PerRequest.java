package dev.keycloakmcp.support.provider;

import java.util.function.Function;
import org.keycloak.models.KeycloakSession;

/** Objects of which each Keycloak session, and so each request, has its own. */
public final class PerRequest {

    private PerRequest() {}

    /** The object of the session, made where there is none yet. */
    public static <T> T get(KeycloakSession session, Class<T> type, Function<KeycloakSession, T> creation) {
        T existing = session.getAttribute(type.getName(), type);
        if (existing != null) {
            return existing;
        }
        T created = creation.apply(session);
        session.setAttribute(type.getName(), created);
        return created;
    }
}
