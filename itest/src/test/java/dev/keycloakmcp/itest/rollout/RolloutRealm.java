package dev.keycloakmcp.itest.rollout;

import dev.keycloakmcp.itest.oauth.Authorization;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.http.HttpHeaders;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.keycloak.representations.idm.RoleRepresentation;

/**
 * A realm that lived before MCP came: a web shop where people sign in, a nightly job, and a gateway that exchanges tokens. Two
 * of its services became MCP servers. A client's id is its secret, and a user's name the password.
 */
final class RolloutRealm extends TestRealm {

    static final String SHOP = "shop";
    static final String JOB = "job";
    static final String GATEWAY = "gateway";
    static final String ALICE = "alice";

    static final String CRM = "https://crm.example.com/mcp";
    static final String BILLING = "https://billing.example.com/mcp";

    static final String MAIL = "https://mail.example.com/mcp";

    /** The error of what Keycloak answers with a page. */
    static final String PAGE = "page";

    static final String REDIRECT = "https://shop.example/callback";

    private static final List<String> EXECUTORS =
            List.of("mcp-resource-indicator", "mcp-client-credentials", "mcp-delegation");

    private static final String[] EVENTS = {
        "LOGIN",
        "CODE_TO_TOKEN",
        "REFRESH_TOKEN",
        "CLIENT_LOGIN",
        "TOKEN_EXCHANGE",
        "PUSHED_AUTHORIZATION_REQUEST",
        "OAUTH2_DEVICE_AUTH",
        "OAUTH2_DEVICE_CODE_TO_TOKEN"
    };

    private RolloutRealm(TestRealm realm) {
        super(realm);
    }

    static RolloutRealm of(KeycloakServer server, String enforcement) {
        RolloutRealm realm = new RolloutRealm(RealmBuilder.realm()
                .events(EVENTS)
                .settings(settings -> settings.setEventsListeners(List.of("jboss-logging", "mcp-audit")))
                .scopes("crm:read", "crm:write", "billing:read", "mail:send", "newsletter")
                .clients(
                        Client.server("crm", "crm", CRM, "crm:read", "crm:write")
                                .exchanges()
                                .defaults("basic")
                                .optional("billing:read"),
                        Client.server("billing", "billing", BILLING, "billing:read")
                                .exchanges()
                                .defaults("basic")
                                .optional("mail:send"),
                        Client.server("mail", "mail", MAIL, "mail:send"),
                        Client.confidential(SHOP, SHOP)
                                .redirects(REDIRECT)
                                .directAccess()
                                .mappers(Scope.mapper(
                                        "gateway",
                                        "oidc-audience-mapper",
                                        Map.of("included.client.audience", GATEWAY, "access.token.claim", "true")))
                                .attribute("oauth2.device.authorization.grant.enabled", "true")
                                .defaults("basic", "acr", "profile", "email", "roles", "web-origins", "newsletter")
                                .optional("crm:read", "crm:write", "offline_access"),
                        Client.agent(JOB, JOB)
                                .exchanges()
                                .defaults("basic", "profile", "roles", "crm:read")
                                .optional("billing:read"),
                        Client.agent(GATEWAY, GATEWAY)
                                .exchanges()
                                .defaults("basic", "email", "roles", "crm:read")
                                .optional("crm:write"))
                .role("crm", "reader")
                .role("billing", "payer")
                .users(ALICE)
                .create(server, "rollout"));
        realm.admin().roles().create(role("customer"));
        // Of who lacks the role, whether the scope is granted shows only as the token is made.
        realm.admin()
                .clientScopes()
                .get(realm.scopeId("billing:read"))
                .getScopeMappings()
                .realmLevel()
                .add(List.of(realm.admin().roles().get("customer").toRepresentation()));
        Stream.of(realm.userId(ALICE), realm.serviceAccount(JOB)).forEach(user -> {
            realm.admin()
                    .users()
                    .get(user)
                    .roles()
                    .realmLevel()
                    .add(List.of(realm.admin().roles().get("customer").toRepresentation()));
            realm.grant(user, "crm", "reader");
            realm.grant(user, "billing", "payer");
        });
        realm.enforcement(enforcement);
        return realm;
    }

    private static RoleRepresentation role(String name) {
        RoleRepresentation role = new RoleRepresentation();
        role.setName(name);
        return role;
    }

    /** Sets how strictly the policies are taken, in the same profile. */
    void enforcement(String enforcement) {
        Map<String, Map<String, ?>> executors = new LinkedHashMap<>();
        EXECUTORS.forEach(executor -> executors.put(executor, Map.of("enforcement", enforcement)));
        ClientPolicy.replace(admin(), List.of(ClientPolicy.mcp(executors)));
    }

    static ClientAuth as(String client) {
        return ClientAuth.basic(client, client);
    }

    Reply signIn(Form more) {
        return signInAt(SHOP, more);
    }

    /** What the client gets for a code, or what the authorization endpoint says in place of one. */
    Reply signInAt(String client, Form more) {
        Authorization asked = oauth().authorize(Form.of("client_id", client)
                .with("redirect_uri", REDIRECT)
                .and(more));
        Authorization signedIn = asked.isDone() ? asked : asked.as(ALICE, ALICE);
        if (!signedIn.isDone()) {
            return answer(400, Map.of("error", PAGE));
        }
        Form callback = signedIn.callback();
        if (callback.has("code")) {
            return oauth().code(as(client), signedIn, Form.empty());
        }
        if (callback.has("error")) {
            return answer(400, callback, "error", "error_description");
        }
        return answer(200, callback, "access_token", "id_token");
    }

    private static Reply answer(int status, Form callback, String... names) {
        Map<String, String> members = new LinkedHashMap<>();
        Stream.of(names).forEach(name -> callback.find(name).ifPresent(value -> members.put(name, value)));
        return answer(status, members);
    }

    private static Reply answer(int status, Map<String, String> members) {
        return new Reply(status, HttpHeaders.of(Map.of(), (name, value) -> true), Reply.write(members));
    }

    Reply explain(Map<String, ?> request) {
        return oauth().postJson(adminUri("mcp/explain"), request, server().adminToken());
    }
}
