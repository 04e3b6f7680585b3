package dev.keycloakmcp.token.provider;

import dev.keycloakmcp.policy.provider.WholePolicies;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;

/**
 * The session of a request, whose realm has its client policies as a whole. Keycloak's policy manager alone gets it: it reads
 * them from the realm of its session. All others have the session itself, conditions and executors too.
 */
final class WholePoliciesSession {

    private WholePoliciesSession() {}

    static KeycloakSession of(KeycloakSession session) {
        return answering(KeycloakSession.class, session, "getContext", () -> context(session));
    }

    private static KeycloakContext context(KeycloakSession session) {
        KeycloakContext context = session.getContext();
        return answering(KeycloakContext.class, context, "getRealm", () -> realm(session, context.getRealm()));
    }

    private static @Nullable RealmModel realm(KeycloakSession session, @Nullable RealmModel realm) {
        return realm == null ? null : new WholePolicies(session, realm);
    }

    /** Passes everything on but one question. Both interfaces grow with Keycloak, so that no class can delegate for all versions. */
    private static <T> T answering(Class<T> type, T delegate, String question, Supplier<@Nullable Object> answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, arguments) -> {
                    if (method.getName().equals(question)) {
                        return answer.get();
                    }
                    try {
                        return method.invoke(delegate, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                }));
    }
}
