package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.token.provider.BoundToken;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Path;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** {@code /admin/realms/{realm}/mcp}. Every resource below asks for its own admin role. */
public class McpAdminResource {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;
    private final AdminEventBuilder adminEvent;

    McpAdminResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
        this.adminEvent = adminEvent;
    }

    /**
     * Keycloak asks grant types whether it may take their tokens; this is for those that it does not know the grant of, such
     * as requesting party tokens.
     */
    static void requireForKeycloak(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        if (auth.adminAuth().getRealm().equals(realm)
                && !BoundToken.isForKeycloak(session, auth.adminAuth().getToken())) {
            throw new NotAuthorizedException("Bearer");
        }
    }

    @Path("servers")
    public ServersResource servers() {
        return new ServersResource(session, realm, auth);
    }

    @Path("delegations")
    public DelegationsResource delegations() {
        return new DelegationsResource(session, realm, auth);
    }

    @Path("clients")
    public RegisteredClientsResource clients() {
        return new RegisteredClientsResource(session, realm, auth, adminEvent);
    }

    @Path("actors")
    public ActorsResource actors() {
        return new ActorsResource(session, realm, auth, adminEvent);
    }

    @Path("doctor")
    public DoctorResource doctor() {
        return new DoctorResource(session, realm, auth);
    }

    @Path("would-deny")
    public WouldDenyResource wouldDeny() {
        return new WouldDenyResource(session, realm, auth);
    }
}
