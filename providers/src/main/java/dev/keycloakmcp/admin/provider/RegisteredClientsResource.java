package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.RegisteredClient;
import dev.keycloakmcp.registration.provider.RegisteredClientAdmin;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.ErrorResponse;
import org.keycloak.services.resources.admin.AdminEventBuilder;
import org.keycloak.services.resources.admin.fgap.AdminPermissionEvaluator;

/** Clients that registered themselves, and their expiry. */
public class RegisteredClientsResource {

    static final String REGISTRATION = "registration";
    static final String UNUSED_SINCE = "unused-since";
    static final String DRY_RUN = "dry-run";

    private final KeycloakSession session;
    private final RealmModel realm;
    private final AdminPermissionEvaluator auth;
    private final AdminEventBuilder adminEvent;

    RegisteredClientsResource(
            KeycloakSession session, RealmModel realm, AdminPermissionEvaluator auth, AdminEventBuilder adminEvent) {
        this.session = session;
        this.realm = realm;
        this.auth = auth;
        this.adminEvent = adminEvent;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response clients() {
        auth.clients().requireView();
        QueryParameters parameters = new QueryParameters(
                session, Set.of(REGISTRATION, UNUSED_SINCE, QueryParameters.FIRST, QueryParameters.MAX));
        Optional<String> registration = parameters.text(REGISTRATION);
        if (registration.isPresent() && !RegisteredClientAdmin.isRegistration(registration.get())) {
            throw ErrorResponse.error(
                    "Parameter " + REGISTRATION + " must be dcr-anonymous or dcr-authenticated",
                    Response.Status.BAD_REQUEST);
        }
        // Uses are known to the second: the time rounds up.
        OptionalLong unusedSince = parameters
                .time(UNUSED_SINCE, false)
                .map(millis -> OptionalLong.of(-Math.floorDiv(-millis, 1000L)))
                .orElseGet(OptionalLong::empty);
        int first = parameters.first();
        int max = parameters.max();
        List<RegisteredClient> found = new RegisteredClientAdmin(session, realm)
                .clients(registration, unusedSince, first, max + 1).stream()
                        .map(RegisteredClientsResource::client)
                        .toList();
        return parameters.page(found.stream().limit(max).toList(), (long) first + found.size());
    }

    @POST
    @Path("clean-up")
    @Produces(MediaType.APPLICATION_JSON)
    public Response cleanUp() {
        auth.clients().requireManage();
        boolean dryRun = new QueryParameters(session, Set.of(DRY_RUN)).flag(DRY_RUN, false);
        RegisteredClientAdmin admin = new RegisteredClientAdmin(session, realm);
        if (dryRun) {
            return Response.ok(expired(admin.expired())).build();
        }
        List<RegisteredClient.Expired> removed = expired(admin.removeExpired()
                .orElseThrow(() -> ErrorResponse.error(
                        "A clean-up is running; ask again when it is over", Response.Status.CONFLICT)));
        adminEvent
                .operation(OperationType.ACTION)
                .resource(ResourceType.CLIENT)
                .resourcePath(session.getContext().getUri())
                .representation(removed)
                .success();
        return Response.ok(removed).build();
    }

    private static List<RegisteredClient.Expired> expired(List<RegisteredClientAdmin.Expired> clients) {
        return clients.stream()
                .map(each -> RegisteredClient.Expired.of(client(each.client()), each.reason()))
                .toList();
    }

    private static RegisteredClient client(RegisteredClientAdmin.Client client) {
        return RegisteredClient.of(
                client.clientId(), client.registration(), client.registeredAt(), client.lastUsed(), client.expiresAt());
    }
}
