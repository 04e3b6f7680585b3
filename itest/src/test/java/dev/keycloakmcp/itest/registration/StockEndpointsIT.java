package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.OTHER;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.ClientPolicy;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;

/** Keycloak's own registration endpoints in realms that opted in, in each way a realm can. */
@KeycloakTest
class StockEndpointsIT {

    private static final Map<String, Map<String, Object>> EXECUTORS = Map.of("mcp-resource-indicator", Map.of());

    /** The ways to opt in. */
    enum OptIn {
        ANONYMOUS_ONLY("anonymous"),
        AUTHENTICATED_ONLY("authenticated"),
        POLICIES_ONLY();

        private final List<String> kinds;

        OptIn(String... kinds) {
            this.kinds = List.of(kinds);
        }

        TestRealm create(KeycloakServer server) {
            RealmBuilder parts = RealmBuilder.realm()
                    .scopes("mcp:read", "mcp:write", "other:read", "billing:read")
                    .clients(Registrations.server("server", SERVER, "mcp:read"))
                    .clients(Client.agent("creator", "secret").fullScope(true))
                    .events();
            kinds.forEach(kind -> parts.registration(kind, Map.of()));
            TestRealm realm = parts.create(server, "stock");
            realm.grant(realm.serviceAccount("creator"), "realm-management", "create-client");
            if (kinds.isEmpty()) {
                realm.executors(EXECUTORS);
            }
            return realm;
        }
    }

    private static String invitation(TestRealm realm) {
        return realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 100))
                .getToken();
    }

    private static URI stock(TestRealm realm, String endpoint) {
        return URI.create(realm.issuer() + "/clients-registrations/" + endpoint);
    }

    private static Reply create(TestRealm realm, String clientId, Map<String, ?> attributes, String token) {
        return realm.oauth()
                .postJson(
                        stock(realm, "default"),
                        Map.of("clientId", clientId, "redirectUris", List.of(CALLBACK), "attributes", attributes),
                        token);
    }

    private static Reply update(TestRealm realm, String clientId, Map<String, ?> attributes, String token) {
        return realm.oauth()
                .sendJson(
                        "PUT",
                        stock(realm, "default/" + clientId),
                        Map.of("clientId", clientId, "attributes", attributes),
                        token);
    }

    private static Map<String, @Nullable String> removed(String name) {
        Map<String, @Nullable String> attributes = new HashMap<>();
        attributes.put(name, null);
        return attributes;
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OptIn.class)
    @Tries({"RFC7591-5-stock", "RFC8707-3-imitation", "ASI04"})
    void nobodyDeclaresItselfAnMcpServer(OptIn way, KeycloakServer server) {
        try (TestRealm realm = way.create(server)) {
            String bearer = realm.oauth()
                    .clientCredentials(ClientAuth.basic("creator", "secret"), Form.empty())
                    .expect(200)
                    .accessToken();
            int made = 0;
            for (String token : List.of(invitation(realm), bearer)) {
                for (Map<String, String> attributes : List.of(
                        Map.of("resource_url", OTHER),
                        Map.of("mcp.scopes", "billing:read"),
                        Map.of("mcp.allowed-resources", SERVER),
                        Map.of("mcp.registration", "dcr-anonymous"),
                        Map.of("mcp.registered-at", "1"),
                        Map.of("mcp.suspended", "no"),
                        Map.of("mcp.id-jag.client-ids", "https://as.example abc"),
                        Map.of("mcp.authorization-server", "https://as.example"),
                        Map.of("mcp.anything-later", "x"),
                        Map.of("login_theme", "keycloak.v2"),
                        Map.of("oauth2.jwt.authorization.grant.enabled", "true"),
                        Map.of("client.secret.creation.time", "1"),
                        Map.of("acr.loa.map", "{\"phrh\":\"1\"}"),
                        Map.of("access.token.lifespan", "315360000"),
                        Map.of("client.session.max.lifespan", "60"),
                        Map.of("client.offline.session.max.lifespan", "60"),
                        Map.of("client.offline.session.idle.timeout", "60"),
                        Map.of("cimd.cache.expiry.time.in.sec", "1"),
                        Map.of("RESOURCE_URL", OTHER),
                        Map.of("resource_url ", OTHER),
                        Map.of("Mcp.Scopes", "billing:read"),
                        Map.of("ｍcp.scopes", "billing:read"))) {
                    Reply refused = create(realm, "thief-" + made++, attributes, token);
                    assertThat(refused.status()).as(attributes.toString()).isEqualTo(403);
                    assertThat(refused.error()).isEqualTo("insufficient_scope");
                    assertThat(refused.errorDescription()).contains("administrators");
                }
            }
            assertThat(realm.events("CLIENT_REGISTER_ERROR")).anySatisfy(event -> assertThat(event.getDetails())
                    .containsEntry("mcp_reason", "administrators_attribute"));
            create(realm, "honest", Map.of("note", "mine", "acr.loa.map", "{}"), bearer)
                    .expect(201);
            Reply broken = realm.oauth()
                    .postJson(
                            stock(realm, "default"),
                            Map.of("protocolMappers", List.of(Map.of("config", Map.of("claim.name", "realm_access")))),
                            bearer);
            assertThat(broken.status()).as(broken.toString()).isEqualTo(403);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OptIn.class)
    @Tries({"RFC7591-5-stock", "RFC8707-3-imitation"})
    void noClientChangesWhatAdministratorsDecidedAboutIt(OptIn way, KeycloakServer server) {
        try (TestRealm realm = way.create(server)) {
            Reply made = create(realm, "self", Map.of(), invitation(realm)).expect(201);
            String token = made.get("registrationAccessToken");
            Map<String, String> decided =
                    Map.of("resource_url", OTHER, "mcp.scopes", "other:read", "mcp.allowed-resources", SERVER);
            realm.change("self", client -> client.getAttributes().putAll(decided));
            for (Map<String, ?> attributes : List.of(
                    Map.of("resource_url", SERVER),
                    Map.of("mcp.scopes", "other:read billing:read"),
                    Map.of("mcp.scopes", ""),
                    removed("mcp.scopes"),
                    removed("resource_url"),
                    removed("mcp.allowed-resources"),
                    Map.of("MCP.SCOPES", "billing:read"),
                    Map.of("mcp.registration", "dcr-anonymous"))) {
                assertThat(update(realm, "self", attributes, token).status())
                        .as(attributes.toString())
                        .isEqualTo(403);
            }
            Reply unchanged = update(realm, "self", decided, token).expect(200);
            update(realm, "self", Map.of("note", "mine"), unchanged.get("registrationAccessToken"))
                    .expect(200);
            assertThat(realm.client("self").getAttributes()).containsAllEntriesOf(decided);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OptIn.class)
    @Tries({"RFC7591-5-stock", "RFC7592-5-token"})
    void registeredClientsAreNeitherReadNorChanged(OptIn way, KeycloakServer server) {
        try (TestRealm realm = way.create(server)) {
            realm.add(Client.application("registered", CALLBACK).attribute("mcp.registration", "dcr-anonymous"));
            String manager = realm.administrator("manager", "manage-clients", "view-clients");
            String mine = realm.clientResource("registered")
                    .regenerateRegistrationAccessToken()
                    .getRegistrationAccessToken();
            for (String token : Stream.of(manager, mine).toList()) {
                for (String endpoint : List.of("default", "openid-connect", "install")) {
                    assertThat(realm.oauth()
                                    .get(stock(realm, endpoint + "/registered"), token)
                                    .status())
                            .as(endpoint)
                            .isEqualTo(403);
                }
                assertThat(update(realm, "registered", Map.of(), token).status())
                        .isEqualTo(403);
                assertThat(realm.oauth()
                                .sendJson(
                                        "PUT",
                                        stock(realm, "openid-connect/registered"),
                                        Map.of(
                                                "client_id",
                                                "registered",
                                                "redirect_uris",
                                                List.of("https://evil.example")),
                                        token)
                                .status())
                        .isEqualTo(403);
                Map.of("default", 403, "openid-connect", 403, "saml2-entity-descriptor", 405)
                        .forEach((endpoint, status) -> assertThat(realm.oauth()
                                        .delete(stock(realm, endpoint + "/registered"), token)
                                        .status())
                                .as(endpoint)
                                .isEqualTo(status));
            }
            assertThat(realm.oauth().get(stock(realm, "install/registered")).status())
                    .as("the installation of a public client, which Keycloak shows to everybody")
                    .isEqualTo(403);
            assertThat(realm.client("registered").getRedirectUris()).containsExactly(CALLBACK);
        }
    }

    private static Map<String, Object> mapper(String kind, String claim, String name) {
        return Map.of(
                "name",
                name,
                "protocol",
                "openid-connect",
                "protocolMapper",
                kind,
                "config",
                Map.of("user.attribute", "lastName", "claim.name", claim, "access.token.claim", "true"));
    }

    private static Map<String, Object> described(String clientId, Object... mappers) {
        return Map.of("clientId", clientId, "redirectUris", List.of(CALLBACK), "protocolMappers", List.of(mappers));
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OptIn.class)
    @Tries({"RFC7591-5-stock", "RFC8693-4.1-forge"})
    void noClientRegistersAMapperOfWhomATokenIsAboutOrFor(OptIn way, KeycloakServer server) {
        try (TestRealm realm = way.create(server)) {
            String token = invitation(realm);
            String kind = "oidc-usermodel-property-mapper";
            for (String claim : List.of(
                    "sub",
                    "sub.x",
                    "azp",
                    "aud",
                    "client_id",
                    "scope",
                    "scp",
                    "act",
                    "may_act.sub",
                    "sid",
                    "jti",
                    "iss",
                    "resource_access.server.roles")) {
                Reply refused = realm.oauth()
                        .postJson(stock(realm, "default"), described("forger", mapper(kind, claim, "m")), token);
                assertThat(refused.status()).as(claim + refused).isEqualTo(403);
                assertThat(refused.error()).isEqualTo("insufficient_scope");
                assertThat(refused.errorDescription()).contains("administrators map");
            }
            assertThat(realm.events("CLIENT_REGISTER_ERROR")).anySatisfy(event -> assertThat(event.getDetails())
                    .containsEntry("mcp_reason", "administrators_claim"));
            Reply made = realm.oauth()
                    .postJson(
                            stock(realm, "default"),
                            described(
                                    "honest",
                                    mapper(kind, "family_name", "m"),
                                    Map.of(
                                            "name",
                                            "pairwise",
                                            "protocol",
                                            "openid-connect",
                                            "protocolMapper",
                                            "oidc-sha256-pairwise-sub-mapper",
                                            "config",
                                            Map.of())),
                            token)
                    .expect(201);
            URI own = stock(realm, "default/honest");
            Reply later = realm.oauth()
                    .sendJson(
                            "PUT",
                            own,
                            described("honest", mapper(kind, "azp", "m")),
                            made.get("registrationAccessToken"));
            assertThat(later.status()).as(later.toString()).isEqualTo(403);
            realm.clientResource("honest")
                    .getProtocolMappers()
                    .createMapper(Scope.mapper(
                            "theirs",
                            kind,
                            Map.of("user.attribute", "lastName", "claim.name", "sub", "access.token.claim", "true")))
                    .close();
            Reply read =
                    realm.oauth().get(own, made.get("registrationAccessToken")).expect(200);
            realm.oauth()
                    .sendJson("PUT", own, read.json(), read.get("registrationAccessToken"))
                    .expect(200);
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource(OptIn.class)
    @Tries({"RFC7591-5-stock", "RFC8707-3-imitation"})
    void nobodyRegistersUnderTheUriOfAServer(OptIn way, KeycloakServer server) {
        try (TestRealm realm = way.create(server)) {
            realm.add(Registrations.server("off", OTHER, "other:read").disabled());
            String token = invitation(realm);
            for (String id : List.of(SERVER, SERVER + "/", SERVER.replace("mcp.example", "MCP.example"), OTHER)) {
                Reply refused = create(realm, id, Map.of(), token);
                assertThat(refused.status()).as(id + refused).isEqualTo(403);
                assertThat(refused.errorDescription()).contains("URI of an MCP server");
            }
            assertThat(realm.events("CLIENT_REGISTER_ERROR")).anySatisfy(event -> assertThat(event.getDetails())
                    .containsEntry("mcp_reason", "client_id_of_server"));
            create(realm, "https://mcp.example.com/elsewhere", Map.of(), token).expect(201);
        }
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC8707-3-imitation"})
    void aClientThatWasNamedAsAServerBeforeGetsNoTokensWithTheServersAudience(KeycloakServer server) {
        try (TestRealm realm = RealmBuilder.realm()
                .scopes("mcp:read")
                .clients(Client.application(SERVER, CALLBACK).directAccess())
                .users("alice")
                .events()
                .create(server, "named")) {
            Form password = Form.password("alice", "alice").with("scope", "openid");
            realm.oauth().token(ClientAuth.none(SERVER), password).expect(200);
            realm.change(SERVER, client -> client.setImplicitFlowEnabled(true));
            realm.add(Registrations.server("server", SERVER, "mcp:read"));
            realm.executors(EXECUTORS);

            Reply refused = realm.oauth().token(ClientAuth.none(SERVER), password);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("unauthorized_client");
            assertThat(realm.events("LOGIN_ERROR").get(0).getDetails())
                    .containsEntry("mcp_reason", "client_id_of_server");
            Form callback = realm.oauth()
                    .authorize(Form.of("client_id", SERVER)
                            .with("redirect_uri", CALLBACK)
                            .with("response_type", "id_token")
                            .with("nonce", "once")
                            .with("scope", "openid"))
                    .as("alice", "alice")
                    .callback();
            assertThat(callback.has("id_token")).isFalse();
            assertThat(callback.get("error")).isEqualTo("access_denied");
            assertThat(realm.oauth()
                            .get(realm.adminUri("mcp/doctor"), server.adminToken())
                            .expect(200)
                            .body())
                    .contains("client-named-as-server");
            realm.change("server", itself -> itself.getAttributes().put("resource_url", OTHER));
            realm.oauth().token(ClientAuth.none(SERVER), password).expect(200);
        }
    }

    @Test
    @Tries("RFC8693-5-revocation")
    void aRealmThatOnlyLetsClientsRegisterSaysThatASuspensionWouldStopNobody(KeycloakServer server) {
        try (TestRealm realm = OptIn.ANONYMOUS_ONLY.create(server)) {
            String id = realm.oauth()
                    .register("mcp", publicClient("Early"))
                    .expect(201)
                    .get("client_id");
            URI suspension = realm.adminUri("mcp/actors/" + id + "/suspension");
            String body = "{\"reason\":\"stolen\"}";
            Reply refused = realm.oauth().sendJson("PUT", suspension, body, server.adminToken());
            assertThat(refused.status()).as(refused.toString()).isEqualTo(409);
            assertThat(realm.client(id).getAttributes()).doesNotContainKey("mcp.suspended");
            realm.executors(EXECUTORS);
            realm.oauth().sendJson("PUT", suspension, body, server.adminToken()).expect(204);
            Client saml = Client.of("saml-app");
            saml.setProtocol("saml");
            realm.add(saml);
            Reply other = realm.oauth()
                    .sendJson("PUT", realm.adminUri("mcp/actors/saml-app/suspension"), body, server.adminToken());
            assertThat(other.status()).as(other.toString()).isEqualTo(409);
            assertThat(realm.client("saml-app").getAttributes()).doesNotContainKey("mcp.suspended");
        }
    }

    @Test
    @Tries({"ASI10-stop", "RFC7591-5-stock"})
    void nobodyRegistersUnderAnIdByWhichItCouldNotBeStopped(KeycloakServer server) {
        try (TestRealm realm = OptIn.POLICIES_ONLY.create(server)) {
            String token = invitation(realm);
            for (String id : List.of("desk\ngateway", "desk\tx", "x\u0000", "\u0085", ".", "..")) {
                Reply refused = create(realm, id, Map.of(), token);
                assertThat(refused.status()).as(refused.toString()).isEqualTo(403);
                assertThat(refused.error()).isEqualTo("invalid_client_metadata");
            }
            Client earlier = Client.confidential("earlier\tclient", "x");
            realm.add(earlier);
            URI suspension = realm.adminUri("mcp/actors/earlier%09client/suspension");
            realm.oauth()
                    .sendJson("PUT", suspension, "{\"reason\":\"x\"}", server.adminToken())
                    .expect(204);
        }
    }

    @Test
    @Tries({"RFC7591-5-stock", "RFC7591-5-privilege", "ASI03-privilege"})
    void noClientThatRegisteredItselfGetsMachineTokens(KeycloakServer server) {
        try (TestRealm realm = OptIn.POLICIES_ONLY.create(server)) {
            realm.executors(Map.of("mcp-resource-indicator", Map.of(), "mcp-client-credentials", Map.of()));
            realm.oauth()
                    .postJson(
                            stock(realm, "default"),
                            Map.of(
                                    "clientId",
                                    "self-made",
                                    "secret",
                                    "self-made",
                                    "serviceAccountsEnabled",
                                    true,
                                    "standardFlowEnabled",
                                    false),
                            invitation(realm))
                    .expect(201);
            realm.clientResource("self-made").addOptionalClientScope(realm.scopeId("mcp:read"));
            Reply refused = realm.oauth()
                    .clientCredentials(
                            ClientAuth.basic("self-made", "self-made"),
                            Form.of("scope", "mcp:read").with("resource", SERVER));
            assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
            assertThat(refused.error()).isEqualTo("unauthorized_client");
        }
    }

    /** A client id is anybody's choice; the URI is its server's. */
    @Test
    @Tries("RFC8707-3-imitation")
    void aClientIdThatIsAServersUriCapturesNoAudience(KeycloakServer server) {
        try (TestRealm realm = RealmBuilder.realm()
                .scopes("mcp:read", "other:read")
                .clients(
                        Registrations.server("server", SERVER, "mcp:read"),
                        Registrations.server(SERVER, OTHER, "other:read")
                                .serviceAccount()
                                .exchanges(),
                        Client.agent("agent", "secret").optional("mcp:read", "other:read"))
                .policies(ClientPolicy.mcp(Map.of(
                        "mcp-resource-indicator", Map.of(),
                        "mcp-client-credentials", Map.of(),
                        "mcp-delegation", Map.of())))
                .create(server, "audience")) {
            ClientAuth agent = ClientAuth.basic("agent", "secret");
            String token = realm.oauth()
                    .clientCredentials(agent, Form.of("audience", SERVER).with("scope", "mcp:read"))
                    .expect(200)
                    .accessToken();
            assertThat(Jwt.decode(token).audience()).containsExactly(SERVER);
            assertThat(realm.oauth()
                            .clientCredentials(
                                    agent, Form.of("audience", "server").with("scope", "mcp:read"))
                            .expect(200)
                            .accessToken())
                    .satisfies(other -> assertThat(Jwt.decode(other).audience()).containsExactly(SERVER));

            Reply exchanged = realm.oauth()
                    .exchange(
                            ClientAuth.basic(SERVER, "secret"),
                            token,
                            Form.of("resource", OTHER).with("scope", "other:read"));
            assertThat(exchanged.status()).isEqualTo(400);
        }
    }

    @Test
    @Tries("RFC7591-5-stock")
    void aDisabledRealmRegistersNobody(KeycloakServer server) {
        try (TestRealm realm = RealmBuilder.realm()
                .registration("anonymous", Map.of())
                .registration("authenticated", Map.of())
                .events()
                .create(server, "disabled")) {
            Reply made = realm.oauth().register("mcp", publicClient("Early")).expect(201);
            URI own = URI.create(made.get("registration_client_uri"));
            String token = made.get("registration_access_token");
            realm.settings(settings -> settings.setEnabled(false));
            for (Reply refused : List.of(
                    realm.oauth().register("mcp", publicClient("Late")),
                    realm.oauth().get(own, token),
                    realm.oauth().sendJson("PUT", own, publicClient("Late"), token),
                    realm.oauth().delete(own, token))) {
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.error()).isEqualTo("access_denied");
            }
            realm.settings(settings -> settings.setEnabled(true));
            realm.oauth().get(own, token).expect(200);
            assertThat(realm.events("CLIENT_REGISTER_ERROR"))
                    .anySatisfy(event -> assertThat(event.getDetails()).containsEntry("mcp_reason", "realm_disabled"));
        }
    }
}
