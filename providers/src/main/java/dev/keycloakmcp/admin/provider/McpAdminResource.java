package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.token.provider.BoundToken;
import jakarta.ws.rs.NotAuthorizedException;
import jakarta.ws.rs.Path;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** {@code /admin/realms/{realm}/mcp}. Every resource below asks for its own admin role. */
public class McpAdminResource {

    private final AdminRequest request;

    McpAdminResource(AdminRequest request) {
        this.request = request;
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
        return new ServersResource(request);
    }

    @Path("agents")
    public AgentsResource agents() {
        return new AgentsResource(request);
    }

    @Path("delegations")
    public DelegationsResource delegations() {
        return new DelegationsResource(request);
    }

    @Path("clients")
    public RegisteredClientsResource clients() {
        return new RegisteredClientsResource(request);
    }

    @Path("actors")
    public ActorsResource actors() {
        return new ActorsResource(request);
    }

    @Path("doctor")
    public DoctorResource doctor() {
        return new DoctorResource(request);
    }

    @Path("setup")
    public SetupResource setup() {
        return new SetupResource(request);
    }

    @Path("explain")
    public ExplainResource explain() {
        return new ExplainResource(request);
    }

    @Path("would-deny")
    public WouldDenyResource wouldDeny() {
        return new WouldDenyResource(request);
    }
}
