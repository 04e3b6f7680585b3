package dev.keycloakmcp.admin.provider;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.SingleUseObjectProvider;

/**
 * A Keycloak session whose single-use objects, such as codes, are its own: Keycloak's store is shared, and some of what is
 * written there is not taken back with a transaction.
 */
final class RehearsedSession implements SingleUseObjectProvider {

    private final SingleUseObjectProvider store;
    private final Map<String, Map<String, String>> own = new HashMap<>();

    private RehearsedSession(SingleUseObjectProvider store) {
        this.store = store;
    }

    static KeycloakSession of(KeycloakSession session) {
        RehearsedSession objects = new RehearsedSession(session.singleUseObjects());
        return (KeycloakSession) Proxy.newProxyInstance(
                KeycloakSession.class.getClassLoader(),
                new Class<?>[] {KeycloakSession.class},
                (self, method, arguments) -> {
                    if ("singleUseObjects".equals(method.getName())) {
                        return objects;
                    }
                    try {
                        return method.invoke(session, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause() == null ? e : e.getCause();
                    }
                });
    }

    @Override
    public void put(String key, long seconds, Map<String, String> notes) {
        own.put(key, notes);
    }

    @Override
    public @Nullable Map<String, String> get(String key) {
        return own.get(key);
    }

    @Override
    public @Nullable Map<String, String> remove(String key) {
        return own.remove(key);
    }

    @Override
    public boolean replace(String key, Map<String, String> notes) {
        return own.replace(key, notes) != null;
    }

    @Override
    public boolean putIfAbsent(String key, long seconds) {
        return own.putIfAbsent(key, Map.of()) == null;
    }

    @Override
    public boolean contains(String key) {
        return own.containsKey(key) || store.contains(key);
    }

    @Override
    public void close() {}
}
