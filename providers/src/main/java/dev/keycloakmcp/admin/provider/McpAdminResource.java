package dev.keycloakmcp.admin.provider;

import jakarta.ws.rs.Path;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** {@code /admin/realms/{realm}/mcp}. Every resource below asks for its own admin role. */
public class McpAdminResource {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;

    McpAdminResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
    }

    @Path("servers")
    public ServersResource servers() {
        return new ServersResource(session, realm, auth);
    }

    @Path("would-deny")
    public WouldDenyResource wouldDeny() {
        return new WouldDenyResource(session, realm, auth);
    }
}
