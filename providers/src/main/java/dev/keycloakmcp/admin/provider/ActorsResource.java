package dev.keycloakmcp.admin.provider;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.audit.ActorUse;
import dev.keycloakmcp.audit.Suspension;
import dev.keycloakmcp.audit.provider.ActorSuspension;
import dev.keycloakmcp.audit.provider.KnownActors;
import dev.keycloakmcp.support.provider.ClusterLock;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.ForbiddenException;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;
import org.keycloak.util.JsonSerialization;

/** Who acts, or could; and how to stop them. */
public class ActorsResource {

    static final String UNUSED_SINCE = "unused-since";
    static final String REASON = "reason";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;
    private final AdminEventBuilder adminEvent;

    ActorsResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
        this.adminEvent = adminEvent;
    }

    /** Clients that acted, agents and registered clients, by client id, with their last use. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response actors() {
        auth.realm().requireViewEvents();
        QueryParameters parameters =
                new QueryParameters(session, Set.of(UNUSED_SINCE, QueryParameters.FIRST, QueryParameters.MAX));
        OptionalLong unusedSince =
                parameters.time(UNUSED_SINCE, false).map(OptionalLong::of).orElseGet(OptionalLong::empty);
        int first = parameters.first();
        int max = parameters.max();
        List<ActorUse> actors = new KnownActors(session, realm)
                .read(new InventoryReader(session).read(realm).agents()).stream()
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
            throw ErrorResponse.error(problem, Response.Status.BAD_REQUEST);
        });
        new ActorSuspension(session, realm)
                .suspend(
                        client,
                        reason,
                        auth.adminAuth().getUser(),
                        auth.adminAuth().getClient().getClientId());
        tell(client, OperationType.UPDATE);
        return Response.noContent().build();
    }

    /** Lets a client act again. */
    @DELETE
    @Path("{client-id}/suspension")
    public Response lift(@PathParam("client-id") String clientId) {
        ClientModel client = client(clientId);
        new ActorSuspension(session, realm)
                .lift(
                        client,
                        auth.adminAuth().getUser(),
                        auth.adminAuth().getClient().getClientId());
        tell(client, OperationType.DELETE);
        return Response.noContent().build();
    }

    /** Who may not see clients does not learn which there are. Whoever else is about to change it waits. */
    private ClientModel client(String clientId) {
        new QueryParameters(session, Set.of());
        new ClusterLock(session).acquireClient(realm, clientId);
        // Not all databases can be asked for such characters.
        ClientModel client =
                clientId.chars().anyMatch(Character::isISOControl) ? null : realm.getClientByClientId(clientId);
        if (client == null) {
            auth.clients().requireList();
            if (!auth.clients().canManage()) {
                throw new ForbiddenException();
            }
            throw new NotFoundException("Could not find client");
        }
        auth.clients().requireManage(client);
        return client;
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
        adminEvent
                .resource(ResourceType.CLIENT)
                .operation(operation)
                .resourcePath(session.getContext().getUri())
                .detail("client_id", client.getClientId())
                .success();
    }
}
