package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.audit.ActorUse;
import dev.keycloakmcp.audit.Suspension;
import dev.keycloakmcp.audit.provider.ActorSuspension;
import dev.keycloakmcp.audit.provider.KnownActors;
import dev.keycloakmcp.policy.provider.McpRealm;
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
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.keycloak.OAuthErrorException;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.protocol.oidc.OIDCLoginProtocol;
import org.keycloak.util.JsonSerialization;

/** The clients that act or could act, and their suspension. */
public class ActorsResource {

    static final String UNUSED_SINCE = "unused-since";
    static final String REASON = "reason";

    private static final String NOT_IN_USE =
            "The realm uses no MCP policies, without which a suspension stops nothing: add"
                    + " an executor of this extension to a client profile, or disable the client";

    private static final String OTHER_PROTOCOL =
            "The client does not use OpenID Connect, and a suspension stops no other protocol: disable the client";

    private final AdminRequest request;

    ActorsResource(AdminRequest request) {
        this.request = request;
    }

    /** Clients that acted, agents and registered clients, by client id, with their last use. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response actors() {
        request.auth().realm().requireViewEvents();
        QueryParameters parameters = request.parameters(UNUSED_SINCE, QueryParameters.FIRST, QueryParameters.MAX);
        OptionalLong unusedSince = parameters.time(UNUSED_SINCE, false);
        int first = parameters.first();
        int max = parameters.max();
        List<ActorUse> actors = new KnownActors(request.session(), request.realm())
                        .read(new InventoryReader(request.session())
                                .read(request.realm())
                                .agents())
                        .stream()
                        .filter(actor -> actor.isUnusedSince(unusedSince))
                        .toList();
        return parameters.page(
                actors.stream().skip(first).limit(max).map(ActorUse::json).toList(), actors.size());
    }

    /** Stops a client: no tokens for it, and none with it behind them works. */
    @PUT
    @Path("{client-id}/suspension")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response suspend(@PathParam("client-id") String clientId, @Nullable String body) {
        ClientModel client = client(clientId);
        String reason = reason(body);
        Suspension.problem(reason).ifPresent(problem -> {
            throw AdminRequest.invalid(problem);
        });
        if (!McpRealm.isOptedIn(request.session(), request.realm())) {
            throw AdminRequest.refused(Response.Status.CONFLICT, OAuthErrorException.INVALID_REQUEST, NOT_IN_USE);
        }
        if (!OIDCLoginProtocol.LOGIN_PROTOCOL.equals(client.getProtocol())) {
            throw AdminRequest.refused(Response.Status.CONFLICT, OAuthErrorException.INVALID_REQUEST, OTHER_PROTOCOL);
        }
        new ActorSuspension(request.session(), request.realm())
                .suspend(
                        client,
                        reason,
                        request.auth().adminAuth().getUser(),
                        request.auth().adminAuth().getClient().getClientId());
        tell(client, OperationType.UPDATE);
        return Response.noContent().build();
    }

    /** Lets a client act again. */
    @DELETE
    @Path("{client-id}/suspension")
    public Response lift(@PathParam("client-id") String clientId) {
        ClientModel client = client(clientId);
        new ActorSuspension(request.session(), request.realm())
                .lift(
                        client,
                        request.auth().adminAuth().getUser(),
                        request.auth().adminAuth().getClient().getClientId());
        tell(client, OperationType.DELETE);
        return Response.noContent().build();
    }

    private ClientModel client(String clientId) {
        request.requireNoParameters();
        return new ManagedClients(request).lock(clientId);
    }

    private static String reason(@Nullable String body) {
        try {
            JsonNode reason =
                    JsonSerialization.mapper.readTree(body == null ? "" : body).path(REASON);
            return reason.isTextual() ? reason.asText() : "";
        } catch (JsonProcessingException e) {
            return "";
        }
    }

    private void tell(ClientModel client, OperationType operation) {
        request.event(ResourceType.CLIENT, operation)
                .detail("client_id", client.getClientId())
                .success();
    }
}
