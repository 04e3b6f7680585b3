package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import org.jspecify.annotations.Nullable;
import org.keycloak.Config;
import org.keycloak.models.ClientModel;
import org.keycloak.models.Constants;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.managers.AppAuthManager;
import org.keycloak.services.managers.AuthenticationManager;
import org.keycloak.services.resources.admin.AdminAuth;

/** An administrator who manages clients at the registration endpoint, by an access token. */
final class AdminBearer {

    private final KeycloakSession session;
    private final RegistrationRefusal refusal;

    AdminBearer(KeycloakSession session, RegistrationRefusal refusal) {
        this.session = session;
        this.refusal = refusal;
    }

    /** Refuses requests whose bearer token is not valid, or has none of these roles. */
    void requireRole(String... roles) {
        RealmModel realm = session.getContext().getRealm();
        AuthenticationManager.@Nullable AuthResult user = new AppAuthManager.BearerTokenAuthenticator(session)
                .setRealm(realm)
                .authenticate();
        if (user == null) {
            throw refusal.refuse(ReasonCode.REGISTRATION_TOKEN_INVALID, "the bearer token is not valid");
        }
        ClientModel management = realm.getName().equals(Config.getAdminRealm())
                ? realm.getMasterAdminClient()
                : realm.getClientByClientId(Constants.REALM_MANAGEMENT_CLIENT_ID);
        if (!new AdminAuth(realm, user.token(), user.user(), user.client()).hasOneOfAppRole(management, roles)) {
            throw refusal.refuse(
                    ReasonCode.REGISTRATION_NOT_ALLOWED,
                    "the bearer token lacks the role " + String.join(" or ", roles));
        }
    }
}
