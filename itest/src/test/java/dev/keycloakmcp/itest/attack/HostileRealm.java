package dev.keycloakmcp.itest.attack;

import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;

/**
 * A realm with many client scopes and a client of each kind, and its twin that does not use the extension: what the twin
 * answers is Keycloak's own.
 */
final class HostileRealm extends TestRealm {

    static final String CRM = "https://crm.example.com/mcp";
    static final String BILLING = "https://billing.example.com/mcp";
    static final String CALLBACK = "http://localhost:8090/callback";
    static final String SECRET = "secret";

    private static final String STOCK = "registered";

    private static final List<String> OPTIONAL = List.of("crm:read", "crm:write", "billing:read", "offline_access");

    private final String registered;

    private HostileRealm(TestRealm realm, String registered) {
        super(realm);
        this.registered = registered;
    }

    /** A realm that uses all of the extension. */
    static HostileRealm governed(TestRealm realm, int scopes) {
        parts(scopes)
                .registration(
                        "anonymous",
                        Map.of("max-registrations-per-source", List.of("0"), "max-clients", List.of("400")))
                .policies(ClientPolicy.mcp(all(Map.of())))
                .addTo(realm);
        listen(realm);
        String clientId = realm.oauth()
                .register("mcp", Registration.publicClient("Registered", CALLBACK))
                .expect(201)
                .get("client_id");
        return new HostileRealm(realm, clientId);
    }

    /** The same realm at stock Keycloak. */
    static HostileRealm stock(KeycloakServer server, int scopes) {
        TestRealm realm = TestRealm.create(server, "stock");
        parts(scopes)
                .clients(Client.application(STOCK, CALLBACK)
                        .consent()
                        .fullScope(false)
                        .optional(Stream.concat(
                                        OPTIONAL.stream(),
                                        IntStream.range(0, scopes).mapToObj(HostileRealm::filler))
                                .toList()))
                .addTo(realm);
        return new HostileRealm(realm, STOCK);
    }

    /** The executors, each with the configuration. */
    static Map<String, Map<String, Object>> all(Map<String, Object> configuration) {
        return Map.of(
                "mcp-resource-indicator", configuration,
                "mcp-client-credentials", configuration,
                "mcp-delegation", configuration);
    }

    private static RealmBuilder parts(int scopes) {
        List<String> fillers =
                IntStream.range(0, scopes).mapToObj(HostileRealm::filler).toList();
        return RealmBuilder.realm()
                .settings(settings -> settings.setAccessTokenLifespan(3600))
                .scopes("crm:read", "crm:write", "billing:read")
                .with(realm -> fillers.forEach(name -> realm.add(Scope.named(name))))
                .clients(
                        Client.server("crm", SECRET, CRM, "crm:read", "crm:write")
                                .serviceAccount()
                                .exchanges()
                                .defaults("basic")
                                .optional(OPTIONAL),
                        Client.server("billing", SECRET, BILLING, "billing:read")
                                .serviceAccount()
                                .defaults("basic")
                                .optional(OPTIONAL),
                        Client.agent("agent", SECRET)
                                .exchanges()
                                .defaults("basic")
                                .optional(OPTIONAL),
                        Client.application("desk", CALLBACK)
                                .directAccess()
                                .fullScope(false)
                                .defaults("basic", "acr", "profile")
                                .optional(OPTIONAL)
                                .attribute("oauth2.device.authorization.grant.enabled", "true"),
                        Client.application("bystander", CALLBACK))
                .users("alice")
                .events(
                        "LOGIN",
                        "CODE_TO_TOKEN",
                        "REFRESH_TOKEN",
                        "CLIENT_LOGIN",
                        "TOKEN_EXCHANGE",
                        "PUSHED_AUTHORIZATION_REQUEST");
    }

    static String filler(int number) {
        return "filler:" + number;
    }

    private static void listen(TestRealm realm) {
        RealmEventsConfigRepresentation events = realm.admin().getRealmEventsConfig();
        events.setEventsListeners(Stream.concat(events.getEventsListeners().stream(), Stream.of("mcp-audit"))
                .toList());
        realm.admin().updateRealmEventsConfig(events);
    }

    boolean isGoverned() {
        return !registered.equals(STOCK);
    }

    /** A public client that anybody could have registered. */
    String registered() {
        return registered;
    }

    ClientAuth agent() {
        return ClientAuth.basic("agent", SECRET);
    }

    /** Alice's tokens, for the application. */
    Reply signIn() {
        return oauth().code(
                        ClientAuth.none("desk"),
                        oauth().authorize(
                                        Form.of("client_id", "desk")
                                                .with("redirect_uri", CALLBACK)
                                                .with("scope", "crm:read")
                                                .with("resource", CRM),
                                        new Browser())
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
    }
}
