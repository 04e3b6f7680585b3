package dev.keycloakmcp.registration.provider;

import dev.keycloakmcp.decision.ReasonCode;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.OPTIONS;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.keycloak.events.EventType;
import org.keycloak.models.AdminRoles;
import org.keycloak.models.ClientModel;
import org.keycloak.models.KeycloakSession;
import org.keycloak.models.RealmModel;
import org.keycloak.services.clientpolicy.context.DynamicClientUnregisterContext;
import org.keycloak.services.clientpolicy.context.DynamicClientViewContext;
import org.keycloak.services.clientregistration.AbstractClientRegistrationProvider;
import org.keycloak.services.clientregistration.ClientRegistrationTokenUtils;
import org.keycloak.services.cors.Cors;
import org.keycloak.services.managers.ClientManager;
import org.keycloak.services.managers.RealmManager;

/**
 * Dynamic client registration (RFC 7591) and its management (RFC 7592) for MCP clients. The rules are those of the
 * realm's {@code mcp-client-registration} component and the realm's client policies; other registration policies have
 * no say.
 */
public final class McpClientRegistrationProvider extends AbstractClientRegistrationProvider {

    private static final String PROTOCOL_VERSION = "MCP-Protocol-Version";

    McpClientRegistrationProvider(KeycloakSession session) {
        super(session);
    }

    /** CORS preflight of registrations. */
    @OPTIONS
    public Response preflight() {
        requireConfigured();
        Response answer = Cors.builder()
                .auth()
                .preflight()
                .allowedMethods("GET", "POST", "PUT", "DELETE", "OPTIONS")
                .add(Response.ok());
        // SDKs send it to whatever they ask; Keycloak's own list is a server option.
        session.getContext().getHttpResponse().addHeader(Cors.ACCESS_CONTROL_ALLOW_HEADERS, PROTOCOL_VERSION);
        return answer;
    }

    /** CORS preflight of client management. */
    @OPTIONS
    @Path("{clientId}")
    public Response preflightClient() {
        return preflight();
    }

    /** Registers a client (RFC 7591 3). */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response register(@Nullable String body) {
        return new ClientCreation(begin(EventType.CLIENT_REGISTER)).register(body);
    }

    /** Reads a client (RFC 7592 2.1). */
    @GET
    @Path("{clientId}")
    @Produces(MediaType.APPLICATION_JSON)
    public Response read(@PathParam("clientId") String clientId) {
        RegistrationCall call = begin(EventType.CLIENT_INFO);
        ClientModel client = call.access().requireClient(clientId, AdminRoles.MANAGE_CLIENTS, AdminRoles.VIEW_CLIENTS);
        call.configuration(client);
        call.askClientPolicies(new DynamicClientViewContext(session, client, auth.getJwt(), client.getRealm()));
        call.succeed(client, ReasonCode.OK);
        Map<String, Object> members = call.describe(client);
        if (auth.isRegistrationAccessToken()) {
            members.put(
                    RegistrationCall.REGISTRATION_ACCESS_TOKEN,
                    ClientRegistrationTokenUtils.updateTokenSignature(session, auth));
        }
        return call.answer(members);
    }

    /** Replaces the metadata of a client (RFC 7592 2.2). */
    @PUT
    @Path("{clientId}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Response update(@PathParam("clientId") String clientId, @Nullable String body) {
        return new ClientUpdate(begin(EventType.CLIENT_UPDATE)).update(clientId, body);
    }

    /** Deletes a client and ends its sessions (RFC 7592 2.3). */
    @DELETE
    @Path("{clientId}")
    public Response remove(@PathParam("clientId") String clientId) {
        RegistrationCall call = begin(EventType.CLIENT_DELETE);
        ClientModel client = call.access().requireClientToChange(clientId);
        call.askClientPolicies(new DynamicClientUnregisterContext(session, client, auth.getJwt(), client.getRealm()));
        call.succeed(client, ReasonCode.OK);
        new ClientManager(new RealmManager(session)).removeClient(client.getRealm(), client);
        return Response.noContent().build();
    }

    private RegistrationCall begin(EventType type) {
        requireConfigured();
        event.event(type);
        RealmModel realm = session.getContext().getRealm();
        RegistrationRefusal refusal = new RegistrationRefusal(session, event, realm);
        RegistrationOrigins.allow(session, refusal)
                .exposedHeaders(HttpHeaders.WWW_AUTHENTICATE, HttpHeaders.RETRY_AFTER)
                .add();
        if (!realm.isEnabled()) {
            throw refusal.refuse(ReasonCode.REALM_DISABLED, "Realm not enabled");
        }
        return new RegistrationCall(session, this, auth, event, refusal);
    }

    private void requireConfigured() {
        if (!RegistrationConfiguration.isPresent(session.getContext().getRealm())) {
            throw new NotFoundException("Client registration provider not found");
        }
    }
}
