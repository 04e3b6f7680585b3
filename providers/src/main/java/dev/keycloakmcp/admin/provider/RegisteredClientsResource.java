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
import org.keycloak.events.admin.OperationType;
import org.keycloak.events.admin.ResourceType;
import org.keycloak.services.ErrorResponse;

/** Clients that registered themselves, and their expiry. */
public class RegisteredClientsResource {

    static final String REGISTRATION = "registration";
    static final String UNUSED_SINCE = "unused-since";
    static final String DRY_RUN = "dry-run";

    private final AdminRequest request;

    RegisteredClientsResource(AdminRequest request) {
        this.request = request;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response clients() {
        request.auth().clients().requireView();
        QueryParameters parameters =
                request.parameters(REGISTRATION, UNUSED_SINCE, QueryParameters.FIRST, QueryParameters.MAX);
        Optional<String> registration = parameters.text(REGISTRATION);
        if (registration.isPresent() && !RegisteredClientAdmin.isRegistration(registration.get())) {
            throw parameters.invalid(REGISTRATION, "must be dcr-anonymous or dcr-authenticated");
        }
        // Uses are known to the second: the time rounds up.
        OptionalLong unusedSince = parameters.time(UNUSED_SINCE, false).stream()
                .map(millis -> -Math.floorDiv(-millis, 1000L))
                .findFirst();
        int first = parameters.first();
        int max = parameters.max();
        List<RegisteredClient> found = new RegisteredClientAdmin(request.session(), request.realm())
                .clients(registration, unusedSince, first, max + 1).stream()
                        .map(RegisteredClientsResource::client)
                        .toList();
        return parameters.page(found.stream().limit(max).toList(), (long) first + found.size());
    }

    @POST
    @Path("clean-up")
    @Produces(MediaType.APPLICATION_JSON)
    public Response cleanUp() {
        request.auth().clients().requireManage();
        boolean dryRun = request.parameters(DRY_RUN).flag(DRY_RUN);
        RegisteredClientAdmin admin = new RegisteredClientAdmin(request.session(), request.realm());
        if (dryRun) {
            return Response.ok(expired(admin.expired())).build();
        }
        List<RegisteredClient.Expired> removed = expired(admin.removeExpired()
                .orElseThrow(() -> ErrorResponse.error(
                        "A clean-up is running; ask again when it is over", Response.Status.CONFLICT)));
        request.event(ResourceType.CLIENT, OperationType.ACTION)
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
