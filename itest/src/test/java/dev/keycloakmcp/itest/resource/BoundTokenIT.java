package dev.keycloakmcp.itest.resource;

import static dev.keycloakmcp.itest.resource.Mesh.BILLING;
import static dev.keycloakmcp.itest.resource.Mesh.CALLBACK;
import static dev.keycloakmcp.itest.resource.Mesh.CRM;
import static dev.keycloakmcp.itest.resource.Mesh.SECRET;
import static dev.keycloakmcp.itest.resource.Mesh.TICKETS;
import static dev.keycloakmcp.itest.resource.Mesh.authorization;
import static dev.keycloakmcp.itest.resource.Mesh.secret;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.admin.client.resource.AuthorizationResource;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;
import org.keycloak.representations.idm.authorization.PolicyEnforcementMode;
import org.keycloak.representations.idm.authorization.ResourceRepresentation;
import org.keycloak.representations.idm.authorization.ResourceServerRepresentation;

/** A token for an MCP server is for nobody else, Keycloak included, however much its user may do. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundTokenIT {

    private static final ClientAuth APP = ClientAuth.none("app");
    private static final Form TICKET = Form.of("grant_type", "urn:ietf:params:oauth:grant-type:uma-ticket");
    private static final Form DECISION =
            TICKET.with("response_mode", "decision").with("permission", "thing");

    private Mesh mesh;
    private TestRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = empty;
        mesh = Mesh.in(realm).defaultPolicies();
        mesh.add(Client.confidential("site", SECRET).redirects(CALLBACK).optional("crm:read"));
        mesh.add(Mesh.service("plain"));
        for (String clientId : List.of("crm", "billing", "plain")) {
            authorizes(clientId);
        }
        administers(mesh.userId("alice"));
        administers(mesh.serviceAccount("agent"));
        RealmEventsConfigRepresentation events = realm.admin().getRealmEventsConfig();
        events.setEnabledEventTypes(List.of("PERMISSION_TOKEN_ERROR"));
        realm.admin().updateRealmEventsConfig(events);
    }

    private void authorizes(String clientId) {
        mesh.change(clientId, client -> client.setAuthorizationServicesEnabled(true));
        AuthorizationResource authorization = mesh.clientResource(clientId).authorization();
        ResourceServerRepresentation settings = authorization.getSettings();
        settings.setPolicyEnforcementMode(PolicyEnforcementMode.DISABLED);
        authorization.update(settings);
        authorization.resources().create(new ResourceRepresentation("thing")).close();
    }

    private void administers(String userId) {
        mesh.grant(userId, "realm-management", "view-users", "manage-clients");
    }

    private Reply bound() {
        return mesh.signIn(
                        authorization("app", "openid crm:read offline_access").with("resource", CRM))
                .expect(200);
    }

    private Reply users(String accessToken) {
        return mesh.oauth().get(mesh.adminUri("users?max=1"), accessToken);
    }

    private Reply account(String accessToken) {
        return mesh.oauth().get(URI.create(realm.issuer() + "/account/v1alpha1/sessions"), accessToken);
    }

    @Test
    @Tries({"RFC9700-4.9.2", "RFC8707-3-elsewhere", "MCP-privilege", "ASI03-privilege", "LLM06-permissions"})
    void an_administrators_token_for_an_mcp_server_administers_nothing() {
        Reply signedIn = bound();
        assertThat(users(signedIn.accessToken()).status()).isEqualTo(401);
        assertThat(users(mesh.oauth()
                                .refresh(APP, signedIn.refreshToken(), Form.empty())
                                .expect(200)
                                .accessToken())
                        .status())
                .isEqualTo(401);
        assertThat(mesh.oauth()
                        .get(mesh.adminUri("mcp/doctor"), signedIn.accessToken())
                        .status())
                .isEqualTo(401);
        assertThat(account(signedIn.accessToken()).status()).isEqualTo(401);
        mesh.oauth().userInfo(signedIn.accessToken()).expect(200);
    }

    @Test
    void an_administrators_token_for_nobody_in_particular_works_as_ever() {
        String unbound = mesh.signIn(authorization("web", "openid")).expect(200).accessToken();
        users(unbound).expect(200);
        account(unbound).expect(200);
    }

    @Test
    void nor_does_a_mapper_of_a_realm_that_did_not_opt_in() {
        try (TestRealm plain = RealmBuilder.realm()
                .users("alice")
                .clients(Client.confidential("tool", "tool")
                        .directAccess()
                        .fullScope(true)
                        .mappers(Scope.mapper(
                                "theirs",
                                "oidc-hardcoded-claim-mapper",
                                Map.of(
                                        "claim.name",
                                        "mcp_resource",
                                        "claim.value",
                                        "http://x/",
                                        "access.token.claim",
                                        "true"))))
                .create(realm.server(), "plain")) {
            plain.grant(plain.userId("alice"), "realm-management", "view-users");
            String token = plain.oauth()
                    .token(ClientAuth.basic("tool", "tool"), Form.password("alice", "alice"))
                    .expect(200)
                    .accessToken();
            assertThat(Jwt.decode(token).text("mcp_resource")).isEqualTo("http://x/");
            plain.oauth().get(plain.adminUri("users?max=1"), token).expect(200);
        }
    }

    @Test
    void nor_does_an_audience_elsewhere_bind_a_token_with_roles() {
        mesh.add(Mesh.service("ops").fullScope(false).defaults("basic", "roles"));
        mesh.mapper(
                "ops",
                "oidc-audience-mapper",
                Map.of("included.custom.audience", "https://elsewhere.example.com", "access.token.claim", "true"));
        mesh.mapRoles("ops", "realm-management", "view-users");
        administers(mesh.serviceAccount("ops"));
        String token = mesh.oauth()
                .clientCredentials(secret("ops"), Form.empty())
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(token).audience()).contains("https://elsewhere.example.com");
        assertThat(Jwt.decode(token).claims().has("realm_access")).isFalse();
        users(token).expect(200);

        mesh.change("ops", client -> client.setFullScopeAllowed(true));
        mesh.clientResource("ops").removeDefaultClientScope(mesh.scopeId("roles"));
        String bare = mesh.oauth()
                .clientCredentials(secret("ops"), Form.empty())
                .expect(200)
                .accessToken();
        assertThat(Jwt.decode(bare).claims().has("resource_access")).isFalse();
        users(bare).expect(200);
    }

    @Test
    @Tries({"RFC9700-4.9.2", "RFC8707-3-elsewhere", "ASI03-privilege"})
    void a_machines_token_for_an_mcp_server_administers_nothing() {
        Reply machine = mesh.oauth()
                .clientCredentials(secret("agent"), Form.of("scope", "crm:read").with("resource", CRM))
                .expect(200);
        assertThat(users(machine.accessToken()).status()).isEqualTo(401);
    }

    private Reply registered(String provider, String accessToken) {
        return mesh.oauth()
                .get(URI.create(realm.issuer() + "/clients-registrations/" + provider + "/plain"), accessToken);
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "openid-connect", "install"})
    @Tries({"RFC8707-3-elsewhere", "RFC7591-5-stock"})
    void nor_does_it_read_or_register_clients(String provider) {
        String machine = mesh.oauth()
                .clientCredentials(secret("agent"), Form.of("scope", "crm:read").with("resource", CRM))
                .expect(200)
                .accessToken();
        assertThat(registered(provider, machine).status()).isEqualTo(401);
        assertThat(mesh.oauth()
                        .postJson(
                                URI.create(realm.issuer() + "/clients-registrations/" + provider),
                                Map.of("clientId", "made-by-" + provider, "redirect_uris", List.of(CALLBACK)),
                                machine)
                        .status())
                .isEqualTo(401);
        mesh.change("app", client -> client.getAttributes().put("client.use.lightweight.access.token.enabled", "true"));
        try {
            assertThat(registered(provider, bound().accessToken()).status()).isEqualTo(401);
        } finally {
            mesh.change("app", client -> client.getAttributes()
                    .put("client.use.lightweight.access.token.enabled", "false"));
        }
    }

    @Test
    @Tries("RFC9700-4.10.2")
    void a_token_for_the_account_is_for_the_account_whatever_else_it_names() {
        mesh.add(Mesh.application("portal").fullScope(false).defaults("basic", "roles"));
        mesh.mapper(
                "portal",
                "oidc-audience-mapper",
                Map.of("included.custom.audience", CRM, "access.token.claim", "true"));
        mesh.mapRoles("portal", "account", "manage-account");
        String token =
                mesh.signIn(authorization("portal", "openid")).expect(200).accessToken();
        assertThat(Jwt.decode(token).audience()).contains(CRM, "account");
        account(token).expect(200);
    }

    @Test
    @Tries({"RFC8707-3-imitation", "RFC7591-5-stock", "RFC9728-7.3", "ASI04"})
    void who_registers_at_keycloaks_own_endpoints_becomes_no_server_and_decides_nothing_of_administrators() {
        Registration.admit(mesh, "authenticated", Map.of());
        String initial = realm.admin()
                .clientInitialAccess()
                .create(new ClientInitialAccessCreatePresentation(60, 9))
                .getToken();
        URI endpoint = URI.create(realm.issuer() + "/clients-registrations/default");
        int made = 0;
        for (Map<String, String> attributes : List.of(
                Map.of("resource_url", CRM, "mcp.scopes", "crm:read"),
                Map.of("resource_url", CRM + "/"),
                Map.of("resource_url", "https://new.example.com"),
                Map.of("mcp.allowed-resources", CRM),
                Map.of("mcp.suspended-by", "somebody"))) {
            assertThat(mesh.oauth()
                            .postJson(
                                    endpoint, Map.of("clientId", "thief-" + made++, "attributes", attributes), initial)
                            .status())
                    .as(attributes.toString())
                    .isEqualTo(403);
        }
        Reply fine = mesh.oauth()
                .postJson(endpoint, Map.of("clientId", "newcomer"), initial)
                .expect(201);
        String token = fine.get("registrationAccessToken");
        for (String url : List.of("https://new.example.com", CRM)) {
            assertThat(mesh.oauth()
                            .sendJson(
                                    "PUT",
                                    URI.create(endpoint + "/newcomer"),
                                    Map.of("clientId", "newcomer", "attributes", Map.of("resource_url", url)),
                                    token)
                            .status())
                    .isEqualTo(403);
        }
        bound();
    }

    @Test
    void administrators_read_registered_clients_as_ever() {
        String unbound = mesh.signIn(authorization("web", "openid")).expect(200).accessToken();
        registered("default", unbound).expect(200);
        registered("openid-connect", unbound).expect(200);
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "MCP-privilege"})
    void nor_does_it_once_the_server_is_gone() {
        String user = bound().accessToken();
        String machine = mesh.oauth()
                .clientCredentials(secret("agent"), Form.of("scope", "crm:read").with("resource", CRM))
                .expect(200)
                .accessToken();
        String exchanged = mesh.oauth()
                .exchange(
                        secret("billing"),
                        mesh.signIn(authorization("app", "billing:read").with("resource", BILLING))
                                .accessToken(),
                        Form.of("resource", TICKETS).with("scope", "tickets:read"))
                .expect(200)
                .accessToken();
        assertThat(users(exchanged).status()).isEqualTo(401);
        mesh.change("tickets", client -> client.getAttributes().put("resource_url", "https://moved.example.com"));
        mesh.change("crm", client -> client.setEnabled(false));
        try {
            assertThat(users(exchanged).status()).isEqualTo(401);
            assertThat(users(user).status()).isEqualTo(401);
            assertThat(users(machine).status()).isEqualTo(401);
            assertThat(mesh.oauth()
                            .token(ClientAuth.bearer(user), TICKET.with("audience", "plain"))
                            .error())
                    .isEqualTo("invalid_target");
        } finally {
            mesh.change("crm", client -> client.setEnabled(true));
            mesh.change("tickets", client -> client.getAttributes().put("resource_url", TICKETS));
        }
    }

    @Test
    @Tries({"RFC8707-3-elsewhere", "RFC8693-5-laundering"})
    void no_requesting_party_token_is_made_of_it() {
        Reply signedIn = bound();
        Reply ofSite = mesh.oauth()
                .code(
                        secret("site"),
                        mesh.oauth()
                                .authorize(
                                        authorization("site", "openid crm:read").with("resource", CRM))
                                .as("alice", "alice"),
                        Form.empty())
                .expect(200);
        for (String audience : List.of("plain", "billing", "crm")) {
            Form ticket = TICKET.with("audience", audience);
            for (Reply refused : List.of(
                    mesh.oauth().token(ClientAuth.bearer(signedIn.accessToken()), ticket),
                    mesh.oauth().token(ClientAuth.bearer(ofSite.accessToken()), ticket),
                    mesh.oauth().token(secret("site"), ticket.with("subject_token", ofSite.accessToken())),
                    mesh.oauth()
                            .token(
                                    secret("site"),
                                    ticket.with("claim_token", ofSite.get("id_token"))
                                            .with(
                                                    "claim_token_format",
                                                    "http://openid.net/specs/openid-connect-core-1_0.html#IDToken")))) {
                assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
                assertThat(refused.error()).isEqualTo("invalid_target");
                assertThat(mesh.lastEvent("PERMISSION_TOKEN_ERROR"))
                        .containsEntry("mcp_decision", "deny")
                        .containsEntry("mcp_reason", "token_bound")
                        .containsEntry("username", "alice");
            }
            assertThat(mesh.oauth()
                            .token(
                                    secret("agent"),
                                    ticket.with("scope", "crm:read").with("resource", CRM))
                            .error())
                    .isEqualTo("invalid_target");
        }
    }

    @Test
    @Tries({"MCP-session-hijack", "RFC8707-3-elsewhere"})
    void anUnboundLoginIsNotTakenForOneOfTheSameSessionThatIsBound() {
        Browser browser = new Browser();
        Form bound = authorization("site", "openid crm:read").with("resource", CRM);
        mesh.oauth()
                .code(secret("site"), mesh.oauth().authorize(bound, browser).as("alice", "alice"), Form.empty())
                .expect(200);
        mesh.policies(Map.of("mcp-resource-indicator", Map.of("when-missing", "ignore")));
        try {
            Reply unbound = mesh.oauth()
                    .code(
                            secret("site"),
                            mesh.oauth().authorize(authorization("site", "openid"), browser),
                            Form.empty())
                    .expect(200);
            mesh.oauth()
                    .token(
                            secret("site"),
                            TICKET.with("audience", "plain")
                                    .with("claim_token", unbound.get("id_token"))
                                    .with(
                                            "claim_token_format",
                                            "http://openid.net/specs/openid-connect-core-1_0.html#IDToken"))
                    .expect(200);
        } finally {
            mesh.defaultPolicies();
        }
    }

    @Test
    void the_server_may_ask_what_the_user_may_do_there_and_only_there() {
        ClientAuth bearer = ClientAuth.bearer(bound().accessToken());
        assertThat(mesh.oauth()
                        .token(bearer, DECISION.with("audience", "crm"))
                        .expect(200)
                        .json()
                        .get("result")
                        .asBoolean())
                .isTrue();
        assertThat(mesh.oauth()
                        .token(bearer, DECISION.with("audience", "plain"))
                        .error())
                .isEqualTo("invalid_target");
        assertThat(mesh.oauth()
                        .token(bearer, DECISION.with("audience", "billing"))
                        .error())
                .isEqualTo("invalid_target");
        assertThat(mesh.oauth().token(bearer, DECISION).error()).isEqualTo("invalid_target");
    }

    @Test
    void of_others_requesting_party_tokens_are_made_as_ever() {
        String unbound = mesh.signIn(authorization("web", "openid")).expect(200).accessToken();
        mesh.oauth()
                .token(ClientAuth.bearer(unbound), TICKET.with("audience", "plain"))
                .expect(200);
        mesh.oauth().token(secret("plain"), TICKET.with("audience", "plain")).expect(200);
    }

    @Test
    @Tries({"RFC9700-4.10.2", "RFC9728-7.4"})
    void mappers_cannot_write_past_it() {
        for (String claim : List.of("realm_access.roles", "resource_access.billing.roles", "aud", "scope")) {
            mesh.mapper(
                    "app",
                    "oidc-hardcoded-claim-mapper",
                    Map.of(
                            "claim.name",
                            claim,
                            "claim.value",
                            claim.contains("roles") ? "[\"admin\"]" : BILLING,
                            "jsonType.label",
                            claim.contains("roles") ? "JSON" : "String",
                            "access.token.claim",
                            "true",
                            "introspection.token.claim",
                            "true",
                            "userinfo.token.claim",
                            "true"));
        }
        Reply signedIn = bound();
        Jwt token = mesh.verify(signedIn);
        JsonNode introspected =
                mesh.oauth().introspect(secret("crm"), signedIn.accessToken()).json();
        JsonNode userInfo =
                mesh.oauth().userInfo(signedIn.accessToken()).expect(200).json();
        for (String claim : List.of("realm_access", "resource_access", "scope")) {
            assertThat(userInfo.has(claim)).as(claim).isFalse();
        }
        for (JsonNode claims : List.of(token.claims(), introspected)) {
            assertThat(claims.path("aud").asText()).isEqualTo(CRM);
            assertThat(claims.path("scope").asText().split(" "))
                    .containsExactlyInAnyOrder("openid", "crm:read", "offline_access");
            assertThat(claims.has("realm_access")).isFalse();
            assertThat(claims.path("resource_access").has("billing")).isFalse();
        }
    }
}
