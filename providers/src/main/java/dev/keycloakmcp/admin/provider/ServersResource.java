package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ServerInventory;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;

/** The realm's MCP servers, who can reach each, and what is inconsistent. */
public class ServersResource {

    private final AdminRequest request;

    ServersResource(AdminRequest request) {
        this.request = request;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response servers() {
        request.auth().clients().requireView();
        QueryParameters parameters = request.parameters(QueryParameters.FIRST, QueryParameters.MAX);
        ServerInventory inventory = new InventoryReader(request.session()).read(request.realm());
        return parameters.page(inventory.page(parameters.first(), parameters.max()), inventory.size());
    }
}
