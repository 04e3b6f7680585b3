package dev.keycloakmcp.itest.demo;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.demo.McpAgent.Outcome;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The three patterns of an agent mesh, step by step, what each of them must not allow, and how an agent is stopped. */
public final class Walk {

    /**
     * The ids behind the names, for comparison with what tokens say.
     *
     * @param alice user id of alice
     * @param crm user id of the CRM server's service account
     * @param agent user id of the agent's service account
     */
    public record Ids(String alice, String crm, String agent) {}

    private static final long MACHINE_SECONDS = 300;

    private final AgentMesh mesh;
    private final OAuthClient keycloak;
    private final Requests requests;
    private final Administration administration;
    private final Ids ids;
    private final Narrator tell;

    public Walk(AgentMesh mesh, Administration administration, Ids ids, Narrator narrator) {
        this.mesh = mesh;
        this.keycloak = new OAuthClient(administration.issuer());
        this.requests = new Requests(keycloak, narrator);
        this.administration = administration;
        this.ids = ids;
        this.tell = narrator;
    }

    /** Walks all of it; the narrator knows how it went. */
    public void run() {
        tell.name(ids.alice(), "alice");
        tell.name(ids.crm(), "service account of crm-mcp-server");
        tell.name(ids.agent(), "service account of nightly-agent");
        Session alice = remoteMcpServer();
        userDelegatedAccess(alice);
        machineAccess();
        new SuspendedAgent(mesh, keycloak, requests, administration, tell).run(alice.token());
    }

    /** What the first pattern leaves behind: a registered client and alice's token for the CRM server. */
    private record Session(String clientId, String token) {}

    // 1

    private Session remoteMcpServer() {
        tell.chapter(
                "Remote MCP server, as the signed-in user",
                "The agent knows nothing but the address of the CRM MCP server: " + mesh.crm());

        tell.step("The server refuses a call without a token and says where to get one");
        Outcome refused = requests.call(mesh.crm(), null, "find_account");
        String link = refused.challenge("resource_metadata");
        tell.check(
                "401 with a link to the protected resource metadata",
                refused.text(),
                refused.status() == 401 && !link.isEmpty());

        tell.step("Discovery: from the server to its authorization server");
        JsonNode resource = requests.get(URI.create(link));
        tell.check(
                "the metadata is the one of this server (RFC 9728)",
                resource,
                resource.path("resource").asText().equals(mesh.crm().toString()));
        URI issuer = URI.create(resource.path("authorization_servers").path(0).asText());
        JsonNode server = requests.get(
                URI.create(issuer.resolve("/") + ".well-known/oauth-authorization-server" + issuer.getPath()));
        tell.check(
                "the authorization server is this Keycloak, with PKCE S256 (RFC 8414)",
                server.path("issuer"),
                issuer.equals(keycloak.issuer())
                        && server.path("issuer").asText().equals(issuer.toString())
                        && server.path("code_challenge_methods_supported")
                                .toString()
                                .contains("S256"));

        URI registration = URI.create(server.path("registration_endpoint").asText());
        tell.check(
                "it names the registration endpoint for MCP clients",
                registration,
                registration.toString().equals(issuer + "/clients-registrations/mcp"));
        String clientId = register(registration);
        ClientAuth client = ClientAuth.none(clientId);
        String scope = refused.challenge("scope");
        Browser browser = new Browser();
        Reply tokens = signIn(clientId, scope, browser);
        String token = tokens.accessToken();

        tell.step("The token is for the CRM server and nothing else");
        tell.token("access token", token);
        Jwt jwt = keycloak.verify(token);
        tell.check("aud is exactly the CRM server", jwt.claims().path("aud"), isFor(jwt, mesh.crm()));
        tell.check(
                "scope is exactly what the server asked for: " + scope,
                jwt.scopes(),
                jwt.scopes().equals(Set.of(scope)));
        tell.check("sub is alice", jwt.text("sub"), jwt.text("sub").equals(ids.alice()));
        tell.check(
                "act says that the MCP client acts for her",
                jwt.claims().path("act"),
                actors(token).equals(List.of(clientId)));
        tell.check(
                "the header says at+jwt (RFC 9068)",
                jwt.header().path("typ"),
                jwt.header().path("typ").asText().equals("at+jwt"));
        introspection(token, jwt);

        tell.step("A tool call with it");
        Outcome found = requests.call(mesh.crm(), token, "find_account");
        tell.check("find_account answers", found.text(), found.status() == 200);

        tell.step("The same token at another MCP server");
        Outcome elsewhere = requests.call(mesh.billing(), token, "list_invoices");
        tell.check(
                "the billing server refuses it: 401 invalid_token",
                elsewhere.text(),
                elsewhere.status() == 401 && elsewhere.challenge("error").equals("invalid_token"));

        stepUp(clientId, token, browser);
        refresh(client, tokens);
        unknownTarget(clientId, browser);
        return new Session(clientId, token);
    }

    private String register(URI endpoint) {
        tell.step(
                "Dynamic client registration",
                "Anonymous, as MCP clients do it; metadata that Keycloak does not know does no harm.");
        Reply registered = register(
                endpoint,
                Map.of(
                        "client_name", "Agent Mesh gateway",
                        "redirect_uris", List.of(Requests.REDIRECT_URI),
                        "grant_types", List.of("authorization_code", "refresh_token"),
                        "response_types", List.of("code"),
                        "token_endpoint_auth_method", "none",
                        "software_statement_of_the_future", Map.of("is", "ignored")));
        String clientId = registered.find("client_id").orElse("");
        tell.name(clientId, "Agent Mesh gateway");
        tell.check(
                "registered as a public client, without a secret (RFC 7591)",
                registered,
                registered.status() == 201
                        && !clientId.isEmpty()
                        && registered.find("client_secret").isEmpty()
                        && registered
                                .find("token_endpoint_auth_method")
                                .orElse("")
                                .equals("none"));

        Reply evil = register(
                endpoint,
                Map.of(
                        "client_name", "Totally harmless",
                        "redirect_uris", List.of("http://attacker.example/callback"),
                        "token_endpoint_auth_method", "none"));
        tell.check(
                "a redirect to a foreign host is refused: invalid_redirect_uri",
                evil,
                evil.status() == 400 && evil.error().equals("invalid_redirect_uri"));
        return clientId;
    }

    private Reply register(URI endpoint, Map<String, Object> metadata) {
        tell.request("POST " + endpoint + "  redirect_uris=" + metadata.get("redirect_uris"));
        Reply reply = keycloak.postJson(endpoint, metadata, null);
        tell.response(
                reply.status() + " " + (reply.status() == 201 ? "client_id=" + reply.get("client_id") : reply.body()));
        return reply;
    }

    private Reply signIn(String clientId, String scope, Browser browser) {
        tell.step(
                "Login and consent as alice, on Keycloak's own pages",
                "Authorization code with PKCE; the client names the MCP server as the resource (RFC 8707).");
        Authorization page = requests.authorize(clientId, scope, mesh.crm(), browser);
        tell.check("alice is asked to sign in", page.page().document().title(), page.asksForLogin());
        page = page.login("alice", "alice");
        String asked = page.page().document().text();
        tell.check(
                "alice is asked for consent, in words: See your accounts in the CRM",
                asked,
                page.asksForConsent() && asked.contains("See your accounts in the CRM"));
        page = page.consent(true);

        Reply stolen = requests.redeem(clientId, page, mesh.billing());
        tell.check(
                "the code is worth nothing for the billing server: invalid_target",
                stolen,
                stolen.status() == 400 && stolen.error().equals("invalid_target"));

        page = requests.authorize(clientId, scope, mesh.crm(), browser);
        tell.check("a second time nobody is asked anything", page.page().uri(), page.isDone());
        return requests.redeem(clientId, page, mesh.crm()).expect(200);
    }

    private void introspection(String token, Jwt jwt) {
        tell.request("POST .../token/introspect  as crm-mcp-server");
        Reply reply = keycloak.introspect(AgentMesh.CRM, token);
        JsonNode said = reply.json();
        tell.check(
                "introspection by the CRM server says the same",
                reply,
                said.path("active").asBoolean()
                        && List.of("aud", "scope", "sub", "act").stream().allMatch(claim -> said.path(claim)
                                .equals(jwt.claims().path(claim))));
    }

    private void stepUp(String clientId, String token, Browser browser) {
        tell.step("A tool that needs more, and the step up to it");
        Outcome refused = requests.call(mesh.crm(), token, "update_account");
        String wanted = refused.challenge("scope");
        tell.check(
                "403 insufficient_scope, and the scopes it takes: " + wanted,
                refused.text(),
                refused.status() == 403 && refused.challenge("error").equals("insufficient_scope"));

        Authorization page = requests.authorize(clientId, wanted, mesh.crm(), browser);
        String asked = page.page().document().text();
        tell.check(
                "alice is asked again, for the new one as well: Change your accounts in the CRM",
                asked,
                page.asksForConsent() && asked.contains("Change your accounts"));
        String more = requests.redeem(clientId, page.consent(true), mesh.crm())
                .expect(200)
                .accessToken();
        tell.token("access token", more);
        Outcome updated = requests.call(mesh.crm(), more, "update_account");
        tell.check("update_account answers", updated.text(), updated.status() == 200);
    }

    private void refresh(ClientAuth client, Reply tokens) {
        tell.step("The binding outlives the access token");
        Form billing = Form.of("resource", mesh.billing().toString());
        tell.request("POST .../token  grant_type=refresh_token  " + Requests.readable(billing));
        Reply refused = requests.answered(keycloak.refresh(client, tokens.refreshToken(), billing));
        tell.check(
                "a refresh for the billing server is refused: invalid_target",
                refused,
                refused.status() == 400 && refused.error().equals("invalid_target"));

        tell.request("POST .../token  grant_type=refresh_token");
        Reply refreshed = requests.answered(keycloak.refresh(client, tokens.refreshToken(), Form.empty()))
                .expect(200);
        tell.token("access token", refreshed.accessToken());
        Jwt jwt = keycloak.verify(refreshed.accessToken());
        tell.check(
                "a plain refresh gives a token for the CRM server again",
                jwt.claims().path("aud"),
                isFor(jwt, mesh.crm()));
    }

    private void unknownTarget(String clientId, Browser browser) {
        tell.step("A login for a server that the realm does not know");
        Authorization page =
                requests.authorize(clientId, "crm:read", URI.create("https://mcp.attacker.example/"), browser);
        String error = page.isDone()
                ? page.callback().find("error").orElse("")
                : page.page().document().text();
        tell.response(page.page().status() + " " + page.page().uri());
        tell.check("the client is sent back with invalid_target", error, error.equals("invalid_target"));
    }

    // 2

    private void userDelegatedAccess(Session alice) {
        tell.chapter(
                "User-delegated access",
                "The CRM server needs alice's tickets. It exchanges the token it was called with for one for",
                "the ticket API (RFC 8693), which sees alice and everybody who acts for her.");

        tell.step("One tool call, two tokens");
        Outcome outcome = requests.call(mesh.crm(), alice.token(), "list_my_tickets");
        Reply exchange = mesh.exchanged();
        if (exchange == null) {
            tell.check("the CRM server exchanged the token", outcome.text(), false);
            return;
        }
        tell.request("POST .../token  as crm-mcp-server  grant_type=token-exchange  "
                + Requests.readable(
                        Form.of("resource", mesh.tickets().toString()).with("scope", TicketApi.SCOPE)));
        if (!tell.check("the CRM server gets a token for the ticket API", exchange, exchange.status() == 200)) {
            return;
        }
        String token = exchange.accessToken();
        tell.token("exchanged token", token);
        Jwt jwt = keycloak.verify(token);
        tell.check("aud is exactly the ticket API", jwt.claims().path("aud"), isFor(jwt, mesh.tickets()));
        tell.check(
                "scope is exactly " + TicketApi.SCOPE,
                jwt.scopes(),
                jwt.scopes().equals(Set.of(TicketApi.SCOPE)));
        tell.check("sub is still alice", jwt.text("sub"), jwt.text("sub").equals(ids.alice()));
        tell.check(
                "act is the CRM server, which acts for the MCP client, which acts for alice",
                jwt.claims().path("act"),
                jwt.claims().path("act").path("sub").asText().equals(ids.crm())
                        && actors(token).equals(List.of("crm-mcp-server", alice.clientId())));
        tell.response("ticket API: " + outcome.text());
        tell.check(
                "the ticket API saw alice and the chain",
                outcome.text(),
                outcome.text().contains(ids.alice())
                        && outcome.text().contains("[\"crm-mcp-server\",\"" + alice.clientId() + "\"]"));

        tell.step("The exchanged token elsewhere");
        Outcome atCrm = requests.call(mesh.crm(), token, "find_account");
        tell.check("refused at the CRM server, which asked for it: 401", atCrm.text(), atCrm.status() == 401);
        Outcome atBilling = requests.call(mesh.billing(), token, "list_invoices");
        tell.check("refused at the billing server: 401", atBilling.text(), atBilling.status() == 401);

        tell.step("Alice's own token, passed on as it is");
        tell.request("GET " + mesh.tickets() + "  Authorization: Bearer <alice's CRM token>");
        Reply passedOn = keycloak.get(mesh.tickets(), alice.token());
        tell.check("refused at the ticket API: 401", passedOn, passedOn.status() == 401);

        tell.step("Exchanges that nobody should get");
        Form ticketApi = Form.of("resource", mesh.tickets().toString()).with("scope", TicketApi.SCOPE);
        Reply stranger = requests.exchange("billing-mcp-server", AgentMesh.BILLING, alice.token(), ticketApi);
        tell.check(
                "the billing server, with a token that is not for it",
                stranger,
                stranger.status() == 400 && stranger.error().equals("invalid_request"));
        Form invoices = Form.of("resource", mesh.billing().toString()).with("scope", "billing:read");
        Reply greedy = requests.exchange("crm-mcp-server", AgentMesh.CRM, alice.token(), invoices);
        tell.check(
                "the CRM server, for invoices that are none of its business",
                greedy,
                greedy.status() == 400
                        && Set.of("invalid_scope", "invalid_target").contains(greedy.error()));
    }

    // 3

    private void machineAccess() {
        tell.chapter(
                "Machine access",
                "The nightly agent acts as itself, by client credentials. It may read the CRM, and nothing else.");

        tell.step("A token for the CRM server");
        Form crm = Form.of("resource", mesh.crm().toString());
        Reply reply = requests.asAgent(crm.with("scope", "crm:read"));
        if (!tell.check("the agent gets a token", reply, reply.status() == 200)) {
            return;
        }
        String token = reply.accessToken();
        tell.token("access token", token);
        Jwt jwt = keycloak.verify(token);
        tell.check("aud is exactly the CRM server", jwt.claims().path("aud"), isFor(jwt, mesh.crm()));
        tell.check("scope is exactly crm:read", jwt.scopes(), jwt.scopes().equals(Set.of("crm:read")));
        tell.check(
                "sub is the agent itself, and nobody acts for anybody",
                jwt.text("sub"),
                jwt.text("sub").equals(ids.agent()) && actors(token).isEmpty());
        long seconds =
                jwt.claims().path("exp").asLong() - jwt.claims().path("iat").asLong();
        tell.check(
                "it lives for " + MACHINE_SECONDS + " s at most, without a refresh token",
                seconds,
                seconds <= MACHINE_SECONDS && reply.find("refresh_token").isEmpty());
        Outcome found = requests.call(mesh.crm(), token, "find_account");
        tell.check("find_account answers", found.text(), found.status() == 200);

        tell.step("The same token where it does not belong");
        Outcome elsewhere = requests.call(mesh.billing(), token, "list_invoices");
        tell.check("refused at the billing server: 401", elsewhere.text(), elsewhere.status() == 401);
        Outcome more = requests.call(mesh.crm(), token, "update_account");
        tell.check("not enough to change an account: 403 insufficient_scope", more.text(), more.status() == 403);

        tell.step("Tokens that the agent does not get");
        Reply otherServer =
                requests.asAgent(Form.of("resource", mesh.billing().toString()).with("scope", "crm:read"));
        tell.check(
                "for the billing server: invalid_target",
                otherServer,
                otherServer.error().equals("invalid_target"));
        Reply otherScope = requests.asAgent(crm.with("scope", "crm:write"));
        tell.check(
                "with a scope it does not own: invalid_scope",
                otherScope,
                otherScope.error().equals("invalid_scope"));
        Reply noScope = requests.asAgent(crm);
        tell.check(
                "without a scope, for it has none by default: invalid_scope",
                noScope,
                noScope.error().equals("invalid_scope"));

        tell.step(
                "The request of an agent that knows no resource indicators",
                "Agent Mesh sends an empty audience and no resource; the scope says which server is meant.");
        Reply inferred = requests.asAgent(Form.of("scope", "crm:read").with("audience", ""));
        if (tell.check("the agent gets a token", inferred, inferred.status() == 200)) {
            Jwt bound = keycloak.verify(inferred.accessToken());
            tell.check(
                    "aud is exactly the CRM server, all the same",
                    bound.claims().path("aud"),
                    isFor(bound, mesh.crm()));
        }
    }

    private static boolean isFor(Jwt token, URI resource) {
        JsonNode audience = token.claims().path("aud");
        return audience.isTextual() && audience.asText().equals(resource.toString());
    }

    private static List<String> actors(String token) {
        List<String> chain = new ArrayList<>();
        JsonNode act = Jwt.decode(token).claims().path("act");
        while (act.isObject()) {
            chain.add(act.path("client_id").asText());
            act = act.path("act");
        }
        return chain;
    }
}
