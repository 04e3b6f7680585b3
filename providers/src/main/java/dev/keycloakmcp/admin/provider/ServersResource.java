package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.ServerInventory;
import dev.keycloakmcp.admin.ServerPlan;
import dev.keycloakmcp.admin.ServerRequest;
import dev.keycloakmcp.admin.SetupChange;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The realm's MCP servers, who can reach each, and what is inconsistent. */
public class ServersResource {

    static final String RESOURCE = "resource";
    static final String SCOPES = "scopes";
    static final String TEXTS = "scopeTexts";

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

    /** Makes a client an MCP server, with client scopes that are missing. */
    @PUT
    @Path("{client-id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> add(@PathParam("client-id") String clientId, @Nullable String body) {
        return addition(clientId, body).json();
    }

    @PUT
    @Path("{client-id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(SetupResource.LINES)
    public String addInLines(@PathParam("client-id") String clientId, @Nullable String body) {
        return addition(clientId, body).lines();
    }

    /** Takes a server out: its client if it was added as one and is nothing else, and scopes that nobody has. */
    @DELETE
    @Path("{client-id}")
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> remove(@PathParam("client-id") String clientId) {
        return removal(clientId).json();
    }

    @DELETE
    @Path("{client-id}")
    @Produces(SetupResource.LINES)
    public String removeInLines(@PathParam("client-id") String clientId) {
        return removal(clientId).lines();
    }

    private SetupChange addition(String clientId, @Nullable String body) {
        MeshCall call = new MeshCall(request);
        boolean dryRun = call.isDryRun();
        JsonBody members = JsonBody.read(body, RESOURCE, SCOPES, TEXTS);
        ServerRequest server = new ServerRequest(
                clientId, members.required(RESOURCE), members.texts(SCOPES), members.textsByName(TEXTS));
        return call.change(
                dryRun,
                clientId,
                server.scopes(),
                MeshCall.plan(realm -> ServerPlan.refusal(server, realm), realm -> ServerPlan.add(server, realm)),
                steps -> call.writer().addServer(steps, server));
    }

    private SetupChange removal(String clientId) {
        MeshCall call = new MeshCall(request);
        return call.change(
                call.isDryRun(),
                clientId,
                List.of(),
                MeshCall.plan(realm -> Optional.empty(), realm -> ServerPlan.remove(clientId, realm)),
                steps -> call.writer().remove(steps));
    }
}
