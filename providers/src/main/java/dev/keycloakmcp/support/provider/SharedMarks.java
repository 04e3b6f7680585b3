package dev.keycloakmcp.support.provider;

import jakarta.persistence.PersistenceException;
import java.util.Set;
import java.util.function.Function;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.KeycloakSessionFactory;
import org.keycloak.models.ModelException;
import org.keycloak.models.SingleUseObjectProvider;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * Marks that all nodes share, in Keycloak's store of single-use objects. Each call is atomic and seen by everybody at once,
 * whatever becomes of the request, also where the store is the database (feature {@code stateless}): there Keycloak writes in
 * the transaction of the request, so that others would wait for its end, and see nothing until then.
 */
public final class SharedMarks {

    /** The stores that are caches. */
    private static final Set<String> IMMEDIATE = Set.of("infinispan", "remote");

    private final KeycloakSession session;
    private final boolean immediate;

    private SharedMarks(KeycloakSession session, boolean immediate) {
        this.session = session;
        this.immediate = immediate;
    }

    public static SharedMarks of(KeycloakSession session) {
        KeycloakSessionFactory factory = session.getKeycloakSessionFactory();
        return new SharedMarks(
                session,
                IMMEDIATE.contains(factory.getProviderFactory(SingleUseObjectProvider.class)
                        .getId()));
    }

    /** Makes a mark for a time; false where it is there, or somebody else makes it at the same moment. */
    public boolean putIfAbsent(String key, long seconds) {
        try {
            return call(marks -> marks.putIfAbsent(key, seconds));
        } catch (ModelException | PersistenceException another) {
            if (immediate) {
                throw another;
            }
            return false;
        }
    }

    /** True when a mark is there. */
    public boolean contains(String key) {
        return call(marks -> marks.contains(key));
    }

    /** Takes a mark away. */
    public void remove(String key) {
        call(marks -> marks.remove(key) != null);
    }

    private boolean call(Function<SingleUseObjectProvider, Boolean> call) {
        return immediate
                ? call.apply(session.singleUseObjects())
                : KeycloakModelUtils.runJobInTransactionWithResult(
                        session.getKeycloakSessionFactory(), other -> call.apply(other.singleUseObjects()));
    }
}
