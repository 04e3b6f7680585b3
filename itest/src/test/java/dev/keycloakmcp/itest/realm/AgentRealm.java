package dev.keycloakmcp.itest.realm;

import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A mesh of agents: the users' app {@code desk}, and servers that are a target each, with one scope of its own, {@code
 * <name>:use}. All may ask for all scopes, and each but the app exchanges tokens. A client's id is its secret, and a
 * user's name the password.
 */
public class AgentRealm extends TestRealm {

    public static final String REDIRECT = "https://desk.example/callback";

    private static final String[] OWN_SCOPES = {"basic", "mcp-actor"};

    protected AgentRealm(TestRealm realm) {
        super(realm);
    }

    protected static RealmBuilder parts(List<String> servers) {
        return RealmBuilder.realm()
                .settings(settings -> settings.setAccessTokenLifespan(3600))
                .scope(Scope.hidden(
                        "mcp-actor",
                        Scope.mapper(
                                "actor",
                                "oidc-mcp-actor-mapper",
                                Map.of("access.token.claim", "true", "introspection.token.claim", "true"))))
                .scopes(servers.stream().map(AgentRealm::scope).toArray(String[]::new))
                .clients(servers.stream()
                        .map(name -> agent(name, servers).resource(uri(name), scope(name)))
                        .toArray(Client[]::new))
                .clients(Client.application("desk", REDIRECT)
                        .directAccess()
                        .fullScope(false)
                        .defaults(OWN_SCOPES)
                        .optional(scopes(servers)));
    }

    /** A confidential client with a service account that exchanges tokens. */
    protected static Client agent(String clientId, List<String> servers) {
        return Client.agent(clientId, clientId)
                .exchanges()
                .fullScope(false)
                .defaults(OWN_SCOPES)
                .optional(scopes(servers));
    }

    private static String scope(String server) {
        return server + ":use";
    }

    private static List<String> scopes(List<String> servers) {
        return Stream.concat(servers.stream().map(AgentRealm::scope), Stream.of("offline_access"))
                .toList();
    }

    public static String uri(String server) {
        return "https://" + server + ".example/mcp";
    }

    /** What a client needs to be known. */
    public static ClientAuth as(String client) {
        return client.equals("desk") ? ClientAuth.none("desk") : ClientAuth.basic(client, client);
    }

    public static Form target(String server) {
        return target(server, scope(server));
    }

    public static Form target(String server, String scope) {
        return Form.of("resource", uri(server)).with("scope", scope);
    }

    /** Signs a user in at the app, which then acts. */
    public final Reply signIn(String user, Form target) {
        return signInAt("desk", user, target);
    }

    public final Reply signInAt(String client, String user, Form more) {
        Form request =
                Form.of("client_id", client).with("redirect_uri", REDIRECT).and(more);
        return oauth().code(as(client), oauth().authorize(request).as(user, user), Form.empty());
    }

    /** The user's token by password: nobody acts yet. */
    public final Reply password(String user, Form target) {
        Form grant = Form.password(user, user);
        return oauth().token(as("desk"), grant.and(target));
    }

    public final Reply machine(String agent, Form target) {
        return oauth().clientCredentials(as(agent), target);
    }

    public final Reply exchange(String actor, String token, String server) {
        return exchange(actor, token, target(server));
    }

    public final Reply exchange(String actor, String token, Form target) {
        return oauth().exchange(as(actor), token, target);
    }
}
