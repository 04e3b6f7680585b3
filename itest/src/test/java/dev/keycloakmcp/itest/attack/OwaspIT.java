package dev.keycloakmcp.itest.attack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An agent that was talked into it, or a server that was broken into, tries what it can with a token of a person who
 * administers the realm. OWASP's lists for LLM and agentic applications call that by several names.
 */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwaspIT {

    private AttackedRealm realm;
    private String client;
    private String token;

    @BeforeAll
    void create(TestRealm empty) {
        realm = AttackedRealm.in(empty);
        realm.grant(realm.userId("alice"), "realm-management", "realm-admin");
        client = realm.register("Talkative", AttackedRealm.WEB);
        token = realm.signIn(client, AttackedRealm.WEB).accessToken();
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GET, users",
        "GET, clients",
        "GET, events",
        "GET, admin-events",
        "GET, sessions",
        "GET, components",
        "GET, client-policies/policies",
        "DELETE, client-scopes/x",
        "POST, users",
        "POST, clients-initial-access",
        "POST, logout-all",
        "GET, mcp/servers",
        "GET, mcp/clients",
        "POST, mcp/clients/clean-up",
        "GET, mcp/delegations",
        "GET, mcp/delegations/export?format=csv",
        "GET, mcp/delegations/summary?by=actor",
        "GET, mcp/actors",
        "PUT, mcp/actors/agent/suspension",
        "DELETE, mcp/actors/agent/suspension",
        "GET, mcp/actors/agent",
        "PUT, mcp/servers/agent",
        "DELETE, mcp/servers/agent",
        "PUT, mcp/agents/agent",
        "DELETE, mcp/agents/agent",
        "GET, mcp/setup",
        "GET, mcp/setup/overview",
        "PUT, mcp/setup",
        "DELETE, mcp/setup",
        "POST, mcp/explain",
        "GET, mcp/would-deny",
        "GET, mcp/doctor",
    })
    @Tries({"LLM01", "LLM06-permissions", "ASI01", "ASI03-privilege", "MCP-privilege", "RFC9700-4.9.2"})
    void the_administration_is_out_of_reach(String method, String path) {
        Reply reply = realm.oauth().sendJson(method, realm.adminUri(path), "{\"reason\":\"x\"}", token);
        assertThat(reply.status()).as(reply.toString()).isEqualTo(401);
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource({
        "GET, account/",
        "GET, account/sessions",
        "GET, account/applications",
        "GET, account/credentials",
        "DELETE, account/sessions",
        "POST, account/",
        "GET, clients-registrations/default/agent",
        "GET, clients-registrations/openid-connect/agent",
        "POST, clients-registrations/default",
        "POST, clients-registrations/mcp",
        "GET, authz/protection/resource_set",
        "POST, authz/protection/permission",
    })
    @Tries({"LLM01", "LLM06-permissions", "ASI01", "MCP-privilege", "RFC8707-3-elsewhere"})
    void so_is_whatever_else_the_realm_offers(String method, String path) {
        Reply reply = realm.oauth()
                .send(HttpRequest.newBuilder(URI.create(realm.issuer() + "/" + path))
                        .header("Authorization", "Bearer " + token)
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/json")
                        .method(method, HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(reply.status()).as(reply.toString()).isEqualTo(path.startsWith("authz/") ? 403 : 401);
        assertThat(reply.body()).doesNotContain("alice");
    }

    @Test
    @Tries({"LLM02", "RFC8693-6", "RFC9700-2.3"})
    void the_token_tells_nobody_who_the_person_is() {
        assertThat(Jwt.decode(token).claims().toString()).doesNotContain("alice", "example.org", "Example");
        assertThat(realm.oauth().userInfo(token).body()).doesNotContain("alice", "example.org");
        assertThat(realm.oauth().introspect(AttackedRealm.NOTES_SERVER, token).body())
                .doesNotContain("example.org", "realm-admin");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "realm_access",
                "resource_access",
                "groups",
                "name",
                "email",
                "preferred_username",
                "phone_number",
                "address"
            })
    @Tries({"LLM02", "LLM06-functionality", "RFC9700-2.3"})
    void the_token_does_not_hold(String claim) {
        assertThat(Jwt.decode(token).claims().has(claim)).isFalse();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "as a code, authorization_code, code",
        "as a refresh token, refresh_token, refresh_token",
        "as a device code, urn:ietf:params:oauth:grant-type:device_code, device_code",
        "as an assertion, urn:ietf:params:oauth:grant-type:jwt-bearer, assertion",
        "as a subject token, urn:ietf:params:oauth:grant-type:token-exchange, subject_token",
        "as a request of a backchannel, urn:openid:params:grant-type:ciba, auth_req_id",
        "as a permission ticket, urn:ietf:params:oauth:grant-type:uma-ticket, ticket",
    })
    @Tries({"LLM01", "ASI03-privilege", "RFC9700-4.6", "RFC8693-5-client"})
    void it_cannot_be_turned_into_another_token(String name, String grant, String parameter) {
        Form form = Form.of("grant_type", grant)
                .with(parameter, token)
                .with("subject_token_type", "urn:ietf:params:oauth:token-type:access_token")
                .with("audience", "notes")
                .with("scope", "mail:send")
                .with("resource", AttackedRealm.MAIL);
        // UMA alone takes a bearer token for an authentication, and a client only with its secret.
        boolean uma = parameter.equals("ticket");
        for (Map.Entry<ClientAuth, Integer> who : Map.of(
                        ClientAuth.none(client), uma ? 401 : 400,
                        ClientAuth.bearer(token), uma ? 400 : 401,
                        ClientAuth.none("notes"), 401)
                .entrySet()) {
            Reply reply = realm.oauth().token(who.getKey(), form);
            assertThat(reply.status()).as(reply.toString()).isEqualTo(who.getValue());
            assertThat(reply.find("access_token")).isEmpty();
        }
    }

    @Test
    @Tries({"LLM01", "ASI01", "MCP-token-passthrough-downstream"})
    void an_agent_that_found_it_cannot_use_it() {
        Reply reply = realm.oauth()
                .exchange(
                        AttackedRealm.AGENT,
                        token,
                        Form.of("resource", AttackedRealm.MAIL).with("scope", "mail:send"));
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error()).isEqualTo("invalid_request");
        assertThat(realm.oauth()
                        .introspect(ClientAuth.basic("mail", "mail"), token)
                        .json()
                        .toString())
                .isEqualTo("{\"active\":false}");
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a client's secret, client_credentials, client_secret, 401",
        "a password, password, password, 400",
        "a code, authorization_code, code, 400",
        "a verifier, authorization_code, code_verifier, 400",
        "a refresh token, refresh_token, refresh_token, 400",
        "a subject token, urn:ietf:params:oauth:grant-type:token-exchange, subject_token, 400",
        "an actor token, urn:ietf:params:oauth:grant-type:token-exchange, actor_token, 400",
        "an assertion, urn:ietf:params:oauth:grant-type:jwt-bearer, assertion, 400",
        "an assertion of a client, client_credentials, client_assertion, 401",
        "a device code, urn:ietf:params:oauth:grant-type:device_code, device_code, 400",
    })
    @Tries("LLM02")
    void refusals_and_events_repeat_no_secret(String name, String grant, String parameter, int status) {
        String secret = "s3cr3t." + parameter + ".value";
        Form form = Form.of("grant_type", grant)
                .with(parameter, secret)
                .with("client_id", "agent")
                .with("username", "alice")
                .with("scope", "notes:read")
                .with("resource", AttackedRealm.NOTES)
                .with("subject_token_type", "urn:ietf:params:oauth:token-type:access_token")
                .with("actor_token_type", "urn:ietf:params:oauth:token-type:access_token")
                .with("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form = parameter.startsWith("client_")
                ? form
                : form.with("client_secret", "agent").without("client_assertion_type");
        Form sent = form;
        Reply reply = realm.oauth().token((ignored, request, issuer) -> sent, Form.empty());
        assertThat(reply.status()).as(reply.toString()).isEqualTo(status);
        assertThat(reply.body()).doesNotContain(secret).doesNotContain("Exception", "org.keycloak");
        assertThat(Reply.write(realm.events())).doesNotContain(secret);
    }

    @Test
    @Tries({"LLM03", "ASI04"})
    void whoever_registered_itself_is_known_as_such() {
        for (Map.Entry<String, Object> wish : Map.<String, Object>of(
                        "mcp.registration", "trusted", "software_id", "trusted", "client_name", "agent")
                .entrySet()) {
            Map<String, Object> metadata = dev.keycloakmcp.itest.realm.Registration.publicClient(
                    "Trusted " + wish.getKey(), AttackedRealm.WEB);
            metadata.put(wish.getKey(), wish.getValue());
            String id = realm.oauth().register("mcp", metadata).expect(201).get("client_id");
            assertThat(realm.client(id).getAttributes()).containsEntry("mcp.registration", "dcr-anonymous");
            assertThat(Set.of("agent", "notes", "mail")).doesNotContain(id);
        }
    }
}
