package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.WouldDeny;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.time.Duration;
import java.util.List;
import org.keycloak.common.util.Time;
import org.keycloak.events.EventType;
import org.keycloak.services.ErrorResponse;

/** The clients that would break, or get less, if the policies in report mode were enforced, from the events that the realm saved. */
public class WouldDenyResource {

    static final String FROM = "from";
    static final String TO = "to";
    static final String CLIENT = "client";

    /** Header that names the types of events that could tell more, and are not saved, between spaces. */
    static final String UNSAVED = "Mcp-Unsaved-Events";

    private static final Duration BY_DEFAULT = Duration.ofDays(7);

    private final AdminRequest request;

    WouldDenyResource(AdminRequest request) {
        this.request = request;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public Response wouldDeny() {
        request.auth().realm().requireViewEvents();
        QueryParameters parameters = request.parameters(FROM, TO, CLIENT, QueryParameters.FIRST, QueryParameters.MAX);
        long to = parameters.time(TO, true).orElseGet(Time::currentTimeMillis);
        long from = parameters.time(FROM, false).orElse(to - BY_DEFAULT.toMillis());
        int first = parameters.first();
        int max = parameters.max();
        List<String> unsaved = SavedEvents.untold(request.realm());
        if (unsaved.contains(EventType.CLIENT_LOGIN.name())) {
            throw ErrorResponse.error(
                    "Of requests in report mode, the realm does not save events of these types: "
                            + String.join(", ", unsaved)
                            + ". Without CLIENT_LOGIN nothing is answered. Save them, and ask again when the clients were"
                            + " seen.",
                    Response.Status.CONFLICT);
        }
        List<WouldDeny> all =
                new ReportedEvents(request.session()).summary(request.realm(), from, to, parameters.text(CLIENT));
        Response page = parameters.page(all.stream().skip(first).limit(max).toList(), all.size());
        return unsaved.isEmpty()
                ? page
                : Response.fromResponse(page)
                        .header(UNSAVED, String.join(" ", unsaved))
                        .build();
    }
}
