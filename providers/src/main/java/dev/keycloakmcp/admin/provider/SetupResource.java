package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.SetupStatus;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.services.Urls;
import org.keycloak.urls.UrlType;

/** The set-up of the realm: what {@code realm-config/apply.sh} adds and {@code remove.sh} takes out. */
public class SetupResource {

    /** As text, a line for each step: what the scripts print. */
    static final String LINES = MediaType.TEXT_PLAIN + ";charset=UTF-8";

    private final AdminRequest request;
    private final SetupCall call;

    SetupResource(AdminRequest request) {
        this.request = request;
        this.call = new SetupCall(request);
    }

    /** The parts of the set-up, and what is different from it. */
    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> status() {
        List<SetupStatus> parts = call.status();
        return Map.of(
                "issuer",
                issuer(),
                "parts",
                parts.stream().map(SetupStatus::json).toList());
    }

    private String issuer() {
        return Urls.realmIssuer(
                request.session().getContext().getUri(UrlType.FRONTEND).getBaseUri(),
                request.realm().getName());
    }

    /** The same with MCP servers, agents, suspended clients and what the doctor finds. */
    @GET
    @Path("overview")
    @Produces(LINES)
    public String overview() {
        List<SetupStatus> parts = call.status();
        request.auth().clients().requireView();
        return new RealmOverview(request).lines(parts);
    }

    /** Adds what is missing, and leaves alone what is there but for the mode that is asked for. */
    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> add(@Nullable String body) {
        return call.addition(body).json();
    }

    @PUT
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(LINES)
    public String addInLines(@Nullable String body) {
        return call.addition(body).lines();
    }

    /** Takes out the set-up, and whatever else the realm could not be used with when the extension is gone. */
    @DELETE
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> remove() {
        return call.removal().json();
    }

    @DELETE
    @Produces(LINES)
    public String removeInLines() {
        return call.removal().lines();
    }
}
