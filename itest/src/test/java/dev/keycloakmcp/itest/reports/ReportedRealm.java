package dev.keycloakmcp.itest.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A realm with all policies by default, several MCP servers, agents, and registration. Alice lives there. */
final class ReportedRealm extends TestRealm {

    static final String NOTES = "https://notes.example.com/mcp";

    /** A server without a path. */
    static final String MAIL = "https://mail.example.com";

    /** Two servers at one origin. */
    static final String HUB = "https://hub.example.com";

    static final String HUB_MCP = "https://hub.example.com/mcp";

    /** Two servers that differ by their query. */
    static final String TENANT_A = "https://tenants.example.com/mcp?tenant=a";

    static final String TENANT_B = "https://tenants.example.com/mcp?tenant=b";

    /** An agent that users' tokens may be for, as a server. */
    static final String AGENT_URI = "https://agent.example.com/mcp";

    static final String CALLBACK = "http://localhost:8090/callback";
    static final ClientAuth AGENT = ClientAuth.basic("agent", "agent");
    static final ClientAuth HUB_SERVER = ClientAuth.basic("hub", "hub");

    private static final String[] ALL = {
        "notes:read", "notes:write", "mail:send", "hub:use", "hub-mcp:use", "tenant:use", "agent:use"
    };

    private static final List<String> ALL_AND_OFFLINE =
            Stream.concat(Stream.of(ALL), Stream.of("offline_access")).toList();

    private ReportedRealm(TestRealm realm) {
        super(realm);
    }

    static ReportedRealm in(TestRealm realm) {
        return new ReportedRealm(RealmBuilder.realm()
                .scopes(ALL)
                .scope(Scope.hidden(
                        "may-act",
                        Scope.mapper(
                                "may-act",
                                "oidc-mcp-may-act-mapper",
                                Map.of("actor", "agent", "access.token.claim", "true"))))
                .clients(
                        server("notes", NOTES, "notes:read", "notes:write"),
                        server("mail", MAIL, "mail:send"),
                        server("hub", HUB, "hub:use").exchanges().optional("notes:read"),
                        server("hub-mcp", HUB_MCP, "hub-mcp:use"),
                        server("tenant-a", TENANT_A, "tenant:use"),
                        server("tenant-b", TENANT_B, "tenant:use"),
                        agent("agent").defaults("basic").resource(AGENT_URI, "agent:use"),
                        agent("bare").defaults(List.of()),
                        agent("rogue").defaults("basic"),
                        Client.application("desk", CALLBACK)
                                .directAccess()
                                .fullScope(false)
                                .defaults("basic", "may-act")
                                .optional(ALL),
                        Client.application("connected", CALLBACK)
                                .directAccess()
                                .fullScope(false)
                                .defaults("basic")
                                .optional(ALL_AND_OFFLINE),
                        Client.application("shop", CALLBACK)
                                .defaults("basic", "profile", "email", "notes:read")
                                .optional("notes:write"),
                        Client.confidential("connector", "connector")
                                .redirects("https://claude.ai/api/mcp/auth_callback")
                                .fullScope(false)
                                .optional(ALL_AND_OFFLINE))
                .registration(
                        "anonymous",
                        Map.of(
                                "https-redirect-hosts",
                                List.of("claude.ai", "*.cursor.com", "vscode.dev", "*.chromiumapp.org"),
                                "allowed-grant-types",
                                List.of(
                                        "authorization_code",
                                        "refresh_token",
                                        "urn:ietf:params:oauth:grant-type:device_code"),
                                "private-use-schemes",
                                List.of("cursor", "com.anysphere.cursor", "vscode"),
                                "max-registrations-per-source",
                                List.of("0")))
                .users("alice", "roleless")
                .with(ReportedRealm::takeRoles)
                .with(added -> added.change("connected", page -> page.setWebOrigins(List.of("http://localhost:8090"))))
                .policies(ClientPolicy.mcp(Map.of(
                        "mcp-resource-indicator", Map.of(),
                        "mcp-client-credentials", Map.of(),
                        "mcp-delegation", Map.of())))
                .addTo(realm));
    }

    /** Leaves a user none, not even the default ones. */
    private static void takeRoles(TestRealm realm) {
        realm.admin()
                .users()
                .get(realm.userId("roleless"))
                .roles()
                .realmLevel()
                .remove(List.of(realm.admin()
                        .roles()
                        .get("default-roles-" + realm.name())
                        .toRepresentation()));
    }

    private static Client server(String clientId, String uri, String... scopes) {
        return Client.server(clientId, clientId, uri, scopes)
                .serviceAccount()
                .fullScope(false)
                .defaults("basic");
    }

    private static Client agent(String clientId) {
        return Client.agent(clientId, clientId).exchanges().fullScope(false).optional(ALL);
    }

    // Registration

    /** A registration, byte by byte. */
    Reply register(String body) {
        return oauth().register("mcp", body);
    }

    /** A registration of a page in a browser. */
    Reply register(String body, String origin) {
        return oauth().send(HttpRequest.newBuilder(Registration.endpoint(this))
                .header("Content-Type", "application/json")
                .header("Origin", origin)
                .POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    /** A public client with one redirect, which must be registered. */
    Reply registered(String name, String redirectUri) {
        return register(Reply.write(Registration.publicClient(name, redirectUri)))
                .expect(201);
    }

    static ClientAuth authOf(Reply registered) {
        String id = registered.get("client_id");
        return switch (registered.get("token_endpoint_auth_method")) {
            case "none" -> ClientAuth.none(id);
            case "client_secret_post" -> ClientAuth.post(id, registered.get("client_secret"));
            default -> ClientAuth.basic(id, registered.get("client_secret"));
        };
    }

    static List<String> strings(JsonNode array) {
        return array.valueStream().map(JsonNode::asText).toList();
    }

    /** All scopes that the metadata lists. */
    String advertisedScopes() {
        return String.join(" ", strings(oauth().metadata().get("scopes_supported")));
    }

    // Logins

    /** An authorization request of a registered client, which alice answers wherever she is asked. */
    Authorization ask(Reply registered, String redirectUri, Form more) {
        return ask(registered.get("client_id"), redirectUri, more);
    }

    Authorization ask(String clientId, String redirectUri, Form more) {
        Form request = Form.of("client_id", clientId).with("redirect_uri", redirectUri);
        return oauth().authorize(request.and(more)).as("alice", "alice");
    }

    /** The same as the link that a program made, with nothing added. */
    Authorization follow(Form request) {
        return oauth().open(oauth().authorizationUri(request), new Browser()).as("alice", "alice");
    }

    Reply redeem(Reply registered, Authorization authorization) {
        return oauth().code(authOf(registered), authorization, Form.empty());
    }

    /** A login to its tokens. */
    Reply signIn(Reply registered, String redirectUri, Form more) {
        return redeem(registered, ask(registered, redirectUri, more)).expect(200);
    }

    /** Alice's token for the agent, which may act for her. */
    String subject() {
        return oauth().token(
                        ClientAuth.none("desk"), Form.password("alice", "alice").with("scope", "agent:use"))
                .expect(200)
                .accessToken();
    }

    static Form scope(String scope) {
        return Form.of("scope", scope);
    }

    static Form resource(String uri) {
        return Form.of("resource", uri);
    }

    // Answers

    Jwt token(Reply tokens) {
        return oauth().verify(tokens.accessToken());
    }

    /** A token for this one server, with these scopes of it. */
    void grants(Reply tokens, String server, String... scopes) {
        assertThat(tokens.status()).as(tokens.toString()).isEqualTo(200);
        Jwt token = token(tokens);
        assertThat(token.audience()).containsExactly(server);
        assertThat(token.scopes().stream().filter(List.of(ALL)::contains).collect(Collectors.toSet()))
                .containsExactlyInAnyOrder(scopes);
    }

    static void refuses(Reply reply, int status, String error) {
        assertThat(reply.status() + " " + reply.error()).as(reply.toString()).isEqualTo(status + " " + error);
    }

    static void refuses(Authorization authorization, String error) {
        assertThat(authorization.callback().find("error"))
                .as(authorization.callback().toString())
                .contains(error);
    }

    URI wellKnown(String path) {
        return URI.create(server().baseUri() + path);
    }
}
