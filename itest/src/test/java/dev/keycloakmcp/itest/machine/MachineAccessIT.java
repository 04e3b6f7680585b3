package dev.keycloakmcp.itest.machine;

import static dev.keycloakmcp.itest.machine.MachineRealm.AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.BATCH_JOB;
import static dev.keycloakmcp.itest.machine.MachineRealm.BILLING;
import static dev.keycloakmcp.itest.machine.MachineRealm.BOUND_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.CRM;
import static dev.keycloakmcp.itest.machine.MachineRealm.HR;
import static dev.keycloakmcp.itest.machine.MachineRealm.KEY_AGENT;
import static dev.keycloakmcp.itest.machine.MachineRealm.SECRET;
import static dev.keycloakmcp.itest.machine.MachineRealm.SIMPLE_AGENT;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.ECKey;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Keys;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientRepresentation;

/** Machine access works as the MCP extension and Agent Mesh ask for it, and the token holds what was asked for. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachineAccessIT {

    private static final ClientAuth BY_SECRET = ClientAuth.post(AGENT, SECRET);
    private static final Form CRM_READ = Form.of("resource", CRM).with("scope", "crm:read");

    private TestRealm realm;
    private KeycloakServer server;

    @BeforeAll
    void start(KeycloakServer keycloak) {
        server = keycloak;
        realm = MachineRealm.create(keycloak, Map.of());
    }

    @AfterAll
    void end() {
        realm.close();
    }

    private Assertion assertion() {
        return Assertion.of(KEY_AGENT, realm.issuer());
    }

    private Reply ask(ClientAuth client, Form form) {
        return realm.oauth().clientCredentials(client, form);
    }

    private Jwt token(ClientAuth client, Form form) {
        return realm.oauth().verify(ask(client, form).expect(200).accessToken());
    }

    private ClientAuth add(ClientRepresentation client) {
        realm.add(client);
        return ClientAuth.post(client.getClientId(), SECRET);
    }

    private static Client newAgent() {
        return MachineRealm.agent(UUID.randomUUID().toString(), "crm:read", "crm:write");
    }

    private void onlyCrmAccepts(Reply reply) {
        String token = reply.expect(200).accessToken();
        assertThat(new StrictMcpServer(realm, CRM, "crm:read").accepts(token)).isTrue();
        assertThat(new StrictMcpServer(realm, CRM, "crm:write").accepts(token)).isFalse();
        assertThat(new StrictMcpServer(realm, BILLING, "billing:read").accepts(token))
                .isFalse();
        assertThat(new StrictMcpServer(realm, HR, "hr:read").accepts(token)).isFalse();
    }

    // The two credential formats, as the specification of the extension sends them

    @Test
    void jwt_authentication_example_of_the_specification() {
        onlyCrmAccepts(realm.oauth()
                .token(
                        (form, request, issuer) -> form,
                        Form.of("grant_type", "client_credentials")
                                .with("client_assertion_type", Assertion.TYPE)
                                .with("client_assertion", assertion().sign())
                                .with("resource", CRM)
                                .with("scope", "crm:read")));
    }

    @Test
    void client_secret_example_of_the_specification() {
        onlyCrmAccepts(realm.oauth()
                .token(
                        (form, request, issuer) -> form,
                        Form.of("grant_type", "client_credentials")
                                .with("client_id", AGENT)
                                .with("client_secret", SECRET)
                                .with("resource", CRM)
                                .with("scope", "crm:read")));
    }

    @Test
    void client_secret_basic() {
        onlyCrmAccepts(ask(ClientAuth.basic(AGENT, SECRET), CRM_READ));
    }

    @Test
    void an_assertion_may_be_for_the_token_endpoint_as_the_documentation_of_the_extension_says() {
        onlyCrmAccepts(
                ask(Assertion.of(KEY_AGENT, realm.oauth().endpoint("token")).auth(), CRM_READ));
    }

    @Test
    void an_assertion_may_come_with_the_client_id_and_live_five_minutes_like_the_sdks_do() {
        ClientAuth sdk = (form, request, issuer) -> assertion()
                .expires(Duration.ofSeconds(300))
                .auth()
                .apply(form.with("client_id", KEY_AGENT), request, issuer);
        onlyCrmAccepts(ask(sdk, CRM_READ));
    }

    @Test
    void an_assertion_needs_no_issue_time() {
        onlyCrmAccepts(ask(assertion().issued(null).auth(), CRM_READ));
    }

    // What Agent Mesh sends

    @Test
    void token_manager_of_agent_mesh_with_empty_scope_and_audience() {
        Reply reply = realm.oauth()
                .token(
                        (form, request, issuer) -> form,
                        Form.of("grant_type", "client_credentials")
                                .with("client_id", SIMPLE_AGENT)
                                .with("client_secret", SECRET)
                                .with("scope", "")
                                .with("audience", ""));
        onlyCrmAccepts(reply);
        assertThat(reply.json().get("expires_in").asInt()).isBetween(280, 300);
    }

    @Test
    void audience_is_another_name_of_resource() {
        onlyCrmAccepts(ask(BY_SECRET, Form.of("audience", CRM).with("scope", "crm:read")));
        onlyCrmAccepts(ask(BY_SECRET, Form.of("audience", "crm").with("scope", "crm:read")));
        onlyCrmAccepts(ask(BY_SECRET, CRM_READ.with("audience", CRM)));
        onlyCrmAccepts(ask(BY_SECRET, CRM_READ.with("audience", "")));
    }

    @Test
    void a_scope_alone_tells_the_server() {
        onlyCrmAccepts(ask(BY_SECRET, Form.of("scope", "crm:read")));
        assertThat(token(BY_SECRET, Form.of("scope", "billing:read")).audience())
                .containsExactly(BILLING);
    }

    @Test
    void resource_without_scope_gives_the_default_scopes_of_the_server() {
        assertThat(token(ClientAuth.post(SIMPLE_AGENT, SECRET), Form.of("resource", CRM))
                        .scopes())
                .containsExactly("crm:read");
    }

    @Test
    @Tries({"MCP-client-credentials", "RFC8707-3-tenant"})
    void allowed_resources_narrow_what_scopes_would_allow() {
        ClientAuth bound = ClientAuth.post(BOUND_AGENT, SECRET);
        onlyCrmAccepts(ask(bound, Form.of("scope", "crm:read")));
        assertThat(ask(bound, Form.of("scope", "billing:read").with("resource", BILLING))
                        .error())
                .isEqualTo("invalid_target");
    }

    @Test
    void the_form_of_the_uri_does_not_matter_and_the_audience_is_as_registered() {
        for (String same : List.of(CRM + "/", "HTTPS://CRM.example.com:443/mcp")) {
            assertThat(token(BY_SECRET, Form.of("resource", same).with("scope", "crm:read"))
                            .audience())
                    .containsExactly(CRM);
        }
    }

    // What the token holds

    @Test
    void the_token_says_who_it_is_for_and_what_it_may_do_and_the_response_says_the_same() {
        Reply reply = ask(BY_SECRET, Form.of("resource", CRM).with("scope", "crm:read billing:read"))
                .expect(200);
        Jwt token = realm.oauth().verify(reply.accessToken());

        assertThat(token.header().get("typ").asText()).isEqualTo("at+jwt");
        assertThat(token.claims().get("aud").isTextual()).isTrue();
        assertThat(token.audience()).containsExactly(CRM);
        assertThat(token.text("scope")).isEqualTo("crm:read");
        assertThat(token.text("sub")).isEqualTo(realm.serviceAccount(AGENT));
        assertThat(token.text("azp")).isEqualTo(AGENT);
        assertThat(token.text("client_id")).isEqualTo(AGENT);
        assertThat(token.text("iss")).isEqualTo(realm.issuer().toString());
        assertThat(token.claims().has("act")).isFalse();
        assertThat(token.claims().has("realm_access")).isFalse();
        assertThat(token.claims().has("resource_access")).isFalse();
        assertThat(reply.get("scope")).isEqualTo("crm:read");
        assertThat(reply.get("token_type")).isEqualTo("Bearer");
        assertThat(lifetime(reply)).isEqualTo(300);
        assertThat(reply.find("refresh_token")).isEmpty();
        assertThat(reply.find("id_token")).isEmpty();
    }

    @Test
    @Tries({"LLM06-functionality", "RFC9700-2.3"})
    void default_scopes_are_not_added_to_those_asked_for() {
        assertThat(token(
                                ClientAuth.post(SIMPLE_AGENT, SECRET),
                                Form.of("resource", CRM).with("scope", "crm:write"))
                        .scopes())
                .containsExactly("crm:write");
    }

    @Test
    @Tries({"RFC8693-4.1-forge", "ASI03-deputy"})
    void no_mapper_makes_an_actor_of_an_agent_that_acts_as_itself() {
        ClientRepresentation client = newAgent()
                .mappers(
                        Scope.mapper(
                                "actor",
                                "oidc-mcp-actor-mapper",
                                Map.of("access.token.claim", "true", "introspection.token.claim", "true")),
                        Scope.mapper(
                                "forged",
                                "oidc-hardcoded-claim-mapper",
                                Map.of(
                                        "claim.name", "act",
                                        "claim.value", "{\"sub\":\"admin\"}",
                                        "jsonType.label", "JSON",
                                        "access.token.claim", "true",
                                        "introspection.token.claim", "true")),
                        Scope.mapper(
                                "wider",
                                "oidc-audience-mapper",
                                Map.of("included.custom.audience", BILLING, "access.token.claim", "true")));
        Reply reply = ask(add(client), CRM_READ).expect(200);
        Jwt token = realm.oauth().verify(reply.accessToken());

        assertThat(token.claims().has("act")).isFalse();
        assertThat(token.audience()).containsExactly(CRM);
        JsonNode introspected = introspect("crm", reply.accessToken());
        assertThat(introspected.get("active").asBoolean()).isTrue();
        assertThat(introspected.has("act")).isFalse();
    }

    private JsonNode introspect(String serverId, String token) {
        return realm.oauth()
                .introspect(ClientAuth.basic(serverId, SECRET), token)
                .json();
    }

    @Test
    @Tries({"MCP-token-passthrough-accept", "ASI07"})
    void the_server_introspects_its_token_and_no_other_server_does() {
        String token = ask(BY_SECRET, CRM_READ).expect(200).accessToken();
        JsonNode answer = introspect("crm", token);

        assertThat(answer.get("active").asBoolean()).isTrue();
        assertThat(answer.get("aud").asText()).isEqualTo(CRM);
        assertThat(answer.get("scope").asText()).isEqualTo("crm:read");
        assertThat(answer.get("client_id").asText()).isEqualTo(AGENT);
        assertThat(introspect("billing", token).path("active").asBoolean()).isFalse();
    }

    @Test
    @Tries({"MCP-token-theft", "ASI03-stale"})
    void the_token_lives_shortly_whatever_the_settings_say() {
        ClientRepresentation longer = newAgent().attribute("access.token.lifespan", "86400");
        ClientRepresentation forever = newAgent().attribute("access.token.lifespan", "-1");
        ClientRepresentation shorter = newAgent().attribute("access.token.lifespan", "30");

        assertThat(lifetime(add(longer))).isEqualTo(300);
        assertThat(lifetime(add(forever))).isEqualTo(300);
        assertThat(lifetime(add(shorter))).isEqualTo(30);
    }

    private long lifetime(ClientAuth client) {
        return lifetime(ask(client, CRM_READ).expect(200));
    }

    /** Of the token; the response says the same, less the time it took. */
    private long lifetime(Reply reply) {
        Jwt token = realm.oauth().verify(reply.accessToken());
        long lifetime =
                token.claims().get("exp").asLong() - token.claims().get("iat").asLong();
        assertThat(reply.json().get("expires_in").asLong()).isBetween(lifetime - 20, lifetime);
        return lifetime;
    }

    @Test
    @Tries("ASI03-stale")
    void there_is_no_refresh_token_and_no_session_whatever_the_settings_say() {
        ClientRepresentation client = newAgent().attribute("client_credentials.use_refresh_token", "true");
        client.setOptionalClientScopes(List.of("crm:read", "offline_access"));
        ClientAuth auth = add(client);

        for (String scope : List.of("crm:read", "crm:read offline_access")) {
            Reply reply =
                    ask(auth, Form.of("resource", CRM).with("scope", scope)).expect(200);
            assertThat(reply.find("refresh_token")).isEmpty();
            assertThat(reply.get("scope")).isEqualTo("crm:read");
            onlyCrmAccepts(reply);
        }
        assertThat(MachineRealm.sessions(realm, client.getClientId())).isZero();
    }

    @Test
    void a_lightweight_token_is_bound_as_well() {
        ClientRepresentation client = newAgent().attribute("client.use.lightweight.access.token.enabled", "true");
        Reply reply = ask(add(client), CRM_READ).expect(200);

        onlyCrmAccepts(reply);
        assertThat(realm.oauth().verify(reply.accessToken()).text("sub"))
                .isEqualTo(realm.serviceAccount(client.getClientId()));
        assertThat(introspect("crm", reply.accessToken()).get("aud").asText()).isEqualTo(CRM);
    }

    @Test
    @Tries("RFC9700-2.2.1")
    void a_dpop_token_stays_bound_to_its_key() throws JOSEException {
        ClientRepresentation client = newAgent().attribute("dpop.bound.access.tokens", "true");
        realm.add(client);
        ECKey key = Keys.ec();
        ClientAuth auth = ClientAuth.post(client.getClientId(), SECRET).proving(key);
        Reply reply = ask(auth, CRM_READ).expect(200);
        Jwt token = realm.oauth().verify(reply.accessToken());

        assertThat(reply.get("token_type")).isEqualTo("DPoP");
        assertThat(token.claims().path("cnf").path("jkt").asText())
                .isEqualTo(key.computeThumbprint().toString());
        onlyCrmAccepts(reply);
        assertThat(introspect("crm", reply.accessToken())
                        .path("cnf")
                        .path("jkt")
                        .asText())
                .isEqualTo(key.computeThumbprint().toString());
        assertThat(ask(ClientAuth.post(client.getClientId(), SECRET), CRM_READ).status())
                .isEqualTo(400);
    }

    // Everybody else

    @Test
    void a_service_account_without_mcp_notices_nothing() {
        try (TestRealm stock = MachineRealm.createWithoutPolicy(server)) {
            for (TestRealm each : List.of(realm, stock)) {
                each.change(BATCH_JOB, client -> client.getAttributes()
                        .putAll(Map.of(
                                "client_credentials.use_refresh_token", "true", "access.token.lifespan", "1800")));
            }
            Form form = Form.of("scope", "inventory:read").with("resource", CRM).with("audience", "whatever");

            assertThat(shape(realm, form)).isEqualTo(shape(stock, form));
            assertThat(shape(realm, Form.empty())).isEqualTo(shape(stock, Form.empty()));
        }
    }

    /** What a stock-like client sees: status, members and values that do not depend on time and chance. */
    private static Map<String, String> shape(TestRealm of, Form form) {
        ClientAuth job = ClientAuth.basic(BATCH_JOB, SECRET);
        Reply reply = of.oauth().clientCredentials(job, form).expect(200);
        Reply refreshed =
                of.oauth().refresh(job, reply.refreshToken(), Form.empty()).expect(200);
        Map<String, String> shape = new TreeMap<>();
        for (Reply each : List.of(reply, refreshed)) {
            String prefix = each == reply ? "first " : "refreshed ";
            Set<String> members = new TreeSet<>();
            each.json().fieldNames().forEachRemaining(members::add);
            shape.put(prefix + "members", members.toString());
            shape.put(prefix + "scope", new TreeSet<>(List.of(each.get("scope").split(" "))).toString());
            Jwt token = of.oauth().verify(each.accessToken());
            shape.put(
                    prefix + "lifetime",
                    String.valueOf(token.claims().get("exp").asLong()
                            - token.claims().get("iat").asLong()));
            shape.put(prefix + "header", token.header().path("typ").asText());
            token.claims().fields().forEachRemaining(claim -> {
                boolean random = Set.of("exp", "iat", "jti", "sub", "sid", "iss", "scope", "session_state")
                        .contains(claim.getKey());
                String value = claim.getValue().toString().replace(of.name(), "realm");
                shape.put(prefix + claim.getKey(), random ? "" : sorted(value));
            });
        }
        return shape;
    }

    @Test
    void a_registered_client_that_was_made_an_agent_gets_tokens_where_the_policy_says_so(KeycloakServer keycloak) {
        try (TestRealm open = MachineRealm.create(keycloak, Map.of("allow-dynamically-registered", true))) {
            open.add(MachineRealm.agent("registered-agent", "crm:read")
                    .attribute("mcp.registration", "dcr-authenticated"));
            Reply reply = open.oauth()
                    .clientCredentials(ClientAuth.basic("registered-agent", SECRET), Form.of("scope", "crm:read"));
            Jwt token = open.oauth().verify(reply.expect(200).accessToken());
            assertThat(token.audience()).containsExactly(CRM);
            assertThat(token.scopes()).containsExactly("crm:read");
        }
    }

    private static String sorted(String json) {
        return new TreeSet<>(List.of(json.split("[\\[\\],{}]"))).toString();
    }
}
