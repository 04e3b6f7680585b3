package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.audit.ActorUse;
import dev.keycloakmcp.audit.provider.ActorSuspension;
import dev.keycloakmcp.audit.provider.KnownActors;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;

/** The clients that act or could act, and their suspension. */
public class ActorsResource {

    static final String UNUSED_SINCE = "unused-since";

    static final String PEOPLE = "people";

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
        Set<String> agents =
                new InventoryReader(request.session()).read(request.realm()).agents();
        List<ActorUse> actors = questions().ask(session -> uses(session).read(agents)).stream()
                .filter(actor -> actor.isUnusedSince(unusedSince))
                .toList();
        return parameters.page(
                actors.stream().skip(first).limit(max).map(ActorUse::json).toList(), actors.size());
    }

    /** One client, with its suspension and how many people share it. */
    @GET
    @Path("{client-id}")
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> actor(@PathParam("client-id") String clientId) {
        request.auth().realm().requireViewEvents();
        request.requireNoParameters();
        Optional<ClientModel> client = new MeshReader(request).client(clientId);
        if (client.filter(this::isTold).isPresent()) {
            return json(client.get(), questions().ask(session -> uses(session).read(client.get())));
        }
        if (!request.auth().clients().canView()) {
            throw new ForbiddenException();
        }
        throw new NotFoundException("Could not find client");
    }

    /** Who may not see clients sees those that the list of actors has, and does not learn which others there are. */
    private boolean isTold(ClientModel client) {
        return request.auth().clients().canView(client)
                || KnownActors.isMarked(client)
                || questions().ask(session -> uses(session).isUsed(client))
                || new InventoryReader(request.session())
                        .read(request.realm())
                        .agents()
                        .contains(client.getClientId());
    }

    private AuditQuestions questions() {
        return new AuditQuestions(request.session(), request.realm());
    }

    private KnownActors uses(KeycloakSession session) {
        return new KnownActors(session, request.realm());
    }

    private Map<String, Object> json(ClientModel client, ActorUse use) {
        Map<String, Object> members = new LinkedHashMap<>(use.json());
        members.put(PEOPLE, new ClientPeople(request.session()).count(client));
        return members;
    }

    /** Stops a client: no tokens for it, and none with it behind them works. */
    @PUT
    @Path("{client-id}/suspension")
    @Consumes(MediaType.APPLICATION_JSON)
    public Response suspend(@PathParam("client-id") String clientId, @Nullable String body) {
        ClientModel client = client(clientId);
        String reason = SuspensionRequest.reason(body);
        new SuspensionRequest(request).requireEffect(client);
        new ActorSuspension(request.session(), request.realm())
                .suspend(
                        client,
                        reason,
                        request.auth().adminAuth().getUser(),
                        request.auth().adminAuth().getClient().getClientId());
        tell(client, OperationType.UPDATE);
        return new SuspensionRequest(request)
                .answer(() -> json(
                        client,
                        // Whatever the audit trail can be asked, the client stops.
                        questions()
                                .askForPart(session -> uses(session).read(client))
                                .orElseGet(() -> KnownActors.withoutUse(client))));
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

    private void tell(ClientModel client, OperationType operation) {
        request.event(ResourceType.CLIENT, operation)
                .detail("client_id", client.getClientId())
                .success();
    }
}
