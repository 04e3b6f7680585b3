package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ServerInventory;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Set;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** The realm's MCP servers, who can reach each, and what is inconsistent. */
public class ServersResource {

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;

    ServersResource(KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response servers() {
        auth.clients().requireView();
        QueryParameters parameters = new QueryParameters(session, Set.of(QueryParameters.FIRST, QueryParameters.MAX));
        ServerInventory inventory = new InventoryReader(session).read(realm);
        return parameters.page(inventory.page(parameters.first(), parameters.max()), inventory.size());
    }
}
