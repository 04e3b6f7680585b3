package dev.keycloakmcp.admin.provider;

import dev.keycloakmcp.admin.AgentPlan;
import dev.keycloakmcp.admin.AgentRequest;
import dev.keycloakmcp.admin.SetupChange;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.keycloak.models.ClientModel;
import org.keycloak.models.utils.KeycloakModelUtils;

/** The agents of the realm: clients with a service account that may use MCP servers. */
public class AgentsResource {

    static final String AUTH_METHOD = "tokenEndpointAuthMethod";
    static final String JWKS_URI = "jwksUri";
    static final String JWKS = "jwks";
    static final String SECRET = "secret";

    private final AdminRequest request;

    AgentsResource(AdminRequest request) {
        this.request = request;
    }

    private record Added(SetupChange change, Optional<String> secret) {}

    /** Makes a client an agent of an MCP server. A secret that was made for it is answered once. */
    @PUT
    @Path("{client-id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(MediaType.APPLICATION_JSON)
    public Map<String, Object> add(@PathParam("client-id") String clientId, @Nullable String body) {
        Added added = addition(clientId, body);
        keepFromCaches();
        Map<String, Object> members = new LinkedHashMap<>(added.change().json());
        added.secret().ifPresent(secret -> members.put(SECRET, secret));
        return members;
    }

    @PUT
    @Path("{client-id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Produces(SetupResource.LINES)
    public String addInLines(@PathParam("client-id") String clientId, @Nullable String body) {
        Added added = addition(clientId, body);
        keepFromCaches();
        return added.change().lines()
                + added.secret().map(secret -> "secret    " + secret + "\n").orElse("");
    }

    /** The answer may hold a secret. */
    private void keepFromCaches() {
        request.session().getContext().getHttpResponse().setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }

    /** Takes an agent out, with its client if it was added as one. */
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

    private Added addition(String clientId, @Nullable String body) {
        MeshCall call = new MeshCall(request);
        boolean dryRun = call.isDryRun();
        AgentRequest agent = agent(clientId, body);
        AgentCredential credential = new AgentCredential(agent);
        boolean hadSecret = call.reader()
                .client(clientId)
                .filter(client -> client.getSecret() != null)
                .isPresent();
        SetupChange change = call.change(
                dryRun,
                clientId,
                agent.scopes(),
                MeshCall.plan(
                        realm -> AgentPlan.refusal(agent, realm).or(() -> credential.missing(realm.client())),
                        realm -> AgentPlan.add(
                                agent,
                                realm,
                                realm.client().filter(credential::isOf).isPresent())),
                steps -> steps.forEach(step -> {
                    call.writer()
                            .write(
                                    step,
                                    credential.attributes(AgentPlan.allowed(
                                            agent, call.reader().read(clientId, agent.scopes()))),
                                    client -> {
                                        client.setServiceAccountsEnabled(true);
                                        credential.authenticator().ifPresent(client::setClientAuthenticatorType);
                                    });
                    call.writer().assign(clientId, agent.scopes());
                }));
        return new Added(
                change,
                dryRun || hadSecret || !agent.bySecret()
                        ? Optional.empty()
                        : call.reader().client(clientId).map(AgentsResource::secret));
    }

    /** A client that was made for a key has none yet. */
    private static String secret(ClientModel client) {
        return client.getSecret() == null ? KeycloakModelUtils.generateSecret(client) : client.getSecret();
    }

    private static AgentRequest agent(String clientId, @Nullable String body) {
        JsonBody members =
                JsonBody.read(body, ServersResource.RESOURCE, ServersResource.SCOPES, AUTH_METHOD, JWKS_URI, JWKS);
        return new AgentRequest(
                clientId,
                members.required(ServersResource.RESOURCE),
                members.texts(ServersResource.SCOPES),
                members.text(AUTH_METHOD),
                members.text(JWKS_URI),
                members.tree(JWKS).map(AgentCredential::publicKeys));
    }

    private SetupChange removal(String clientId) {
        MeshCall call = new MeshCall(request);
        return call.change(
                call.isDryRun(),
                clientId,
                List.of(),
                MeshCall.plan(AgentPlan::removalRefusal, realm -> AgentPlan.remove(clientId, realm)),
                steps -> steps.forEach(step -> call.writer()
                        .removeAgent(step, AgentPlan.lost(call.reader().read(clientId, List.of())))));
    }
}
