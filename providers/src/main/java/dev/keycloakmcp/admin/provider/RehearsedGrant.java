package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ExplainRequest;
import dev.keycloakmcp.admin.Explanation;
import dev.keycloakmcp.decision.EnforcementMode;
import jakarta.ws.rs.core.MultivaluedHashMap;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.KeycloakContext;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.models.UserModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/**
 * The requests that lead to a token, gone through by the very code that answers them, in a transaction that is rolled back.
 */
final class RehearsedGrant {

    private final KeycloakSession asking;
    private final String realmId;
    private final ExplainRequest request;
    private final Optional<EnforcementMode> mode;

    /** @param mode enforcement of all policies; absent for what they are configured to */
    RehearsedGrant(KeycloakSession asking, RealmModel realm, ExplainRequest request, Optional<EnforcementMode> mode) {
        this.asking = asking;
        this.realmId = realm.getId();
        this.request = request;
        this.mode = mode;
    }

    /** The user of that name or id. */
    static @Nullable UserModel user(KeycloakSession session, RealmModel realm, String name) {
        UserModel byName = session.users().getUserByUsername(realm, name);
        return byName == null ? session.users().getUserById(realm, name) : byName;
    }

    Explanation.Run run() {
        KeycloakContext outer = asking.getContext();
        return KeycloakModelUtils.runJobInTransactionWithResult(asking.getKeycloakSessionFactory(), session -> {
            KeycloakContext context = session.getContext();
            context.setHttpRequest(new RehearsedRequest(outer.getHttpRequest(), new MultivaluedHashMap<>()));
            context.setHttpResponse(new RehearsedRequest.Answer());
            context.setConnection(outer.getConnection());
            RealmModel realm = session.realms().getRealm(realmId);
            context.setRealm(realm);
            context.setClient(realm.getClientByClientId(request.client()));
            try {
                return new RehearsedSteps(RehearsedSession.of(session), outer.getHttpRequest(), request, mode).run();
            } finally {
                session.getTransactionManager().setRollbackOnly();
            }
        });
    }
}
