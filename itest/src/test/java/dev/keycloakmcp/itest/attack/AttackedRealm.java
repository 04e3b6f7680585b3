package dev.keycloakmcp.itest.attack;

import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;

/** A realm with all policies by default, two MCP servers, and registration; alice lives there, mallory too. */
final class AttackedRealm extends TestRealm {

    static final String NOTES = "https://notes.example.com/mcp";
    static final String MAIL = "https://mail.example.com/mcp";
    static final String WEB = "https://app.example.com/callback";
    static final String LOOPBACK = "http://127.0.0.1:8090/callback";
    static final ClientAuth NOTES_SERVER = ClientAuth.basic("notes", "notes");
    static final ClientAuth AGENT = ClientAuth.basic("agent", "agent");

    private AttackedRealm(TestRealm realm) {
        super(realm);
    }

    static AttackedRealm in(TestRealm realm) {
        return new AttackedRealm(RealmBuilder.realm()
                .scopes("notes:read", "notes:write", "mail:send")
                .clients(
                        server("notes", NOTES, "notes:read", "notes:write"),
                        server("mail", MAIL, "mail:send"),
                        Client.agent("agent", "agent")
                                .exchanges()
                                .fullScope(false)
                                .defaults("basic")
                                .optional("notes:read", "mail:send"))
                .registration(
                        "anonymous",
                        Map.of(
                                "https-redirect-hosts",
                                List.of("app.example.com", "other.example.com"),
                                "max-registrations-per-source",
                                List.of("0")))
                .users("alice", "mallory")
                .with(added -> added.addAdministrator("root", "realm-admin"))
                .events()
                .policies(ClientPolicy.mcp(Map.of(
                        "mcp-resource-indicator",
                        Map.of(),
                        "mcp-client-credentials",
                        Map.of(),
                        "mcp-delegation",
                        Map.of())))
                .addTo(realm));
    }

    private static Client server(String name, String uri, String... scopes) {
        return Client.server(name, name, uri, scopes)
                .serviceAccount()
                .exchanges()
                .fullScope(false)
                .defaults("basic")
                .optional("notes:read", "mail:send");
    }

    URI endpoint() {
        return Registration.endpoint(this);
    }

    /** Registers a public client; returns its client id. */
    String register(String name, String... redirectUris) {
        return oauth().register("mcp", Registration.publicClient(name, redirectUris))
                .expect(201)
                .get("client_id");
    }

    /** A request for the first scope of the first server. */
    static Form request(String clientId, String redirectUri) {
        return Form.of("client_id", clientId)
                .with("redirect_uri", redirectUri)
                .with("scope", "notes:read")
                .with("resource", NOTES);
    }

    /** Signs alice in, and gives a public client its tokens. */
    Reply signIn(String clientId, String redirectUri) {
        Authorization login = oauth().authorize(request(clientId, redirectUri)).as("alice", "alice");
        return oauth().code(ClientAuth.none(clientId), login, Form.empty()).expect(200);
    }
}
