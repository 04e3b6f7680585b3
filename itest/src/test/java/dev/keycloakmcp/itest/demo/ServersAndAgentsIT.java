package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** {@code PUT} and {@code DELETE} of {@code mcp/servers} and {@code mcp/agents}, and the verbs of {@code apply.sh}. */
@KeycloakTest
class ServersAndAgentsIT {

    private static final String CRM = "https://crm.example.com/mcp";
    private static final String SERVER =
            "{\"resource\":\"" + CRM + "\",\"scopes\":[\"crm:read\",\"crm:write\"],\"scopeTexts\":"
                    + "{\"crm:read\":\"See \\\"accounts\\\" & more\"}}";
    private static final String AGENT = "{\"resource\":\"" + CRM
            + "\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\"}";

    private static Reply call(TestRealm realm, String method, String path, @Nullable String body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(realm.adminUri("mcp/" + path))
                .header("Accept", "application/json")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + realm.server().adminToken())
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        return realm.oauth().send(request);
    }

    private static List<String> lines(Reply reply) {
        return reply.expect(200)
                .json()
                .get("steps")
                .valueStream()
                .map(step ->
                        step.get("change").asText() + " " + step.get("text").asText())
                .toList();
    }

    private static TestRealm realm(KeycloakServer keycloak) {
        TestRealm realm = TestRealm.create(keycloak, "mesh");
        call(realm, "PUT", "setup", null).expect(200);
        return realm;
    }

    private static ClientRepresentation client(TestRealm realm, String id) {
        return realm.admin().clients().findByClientId(id).get(0);
    }

    @Test
    void a_server_and_its_agent_are_added_once_used_and_taken_out_again(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            String before = RealmExport.of(realm);
            assertThat(lines(call(realm, "PUT", "servers/crm?dry-run=true", SERVER)))
                    .containsExactly(
                            "added client scope crm:read: See \"accounts\" & more",
                            "added client scope crm:write",
                            "added client crm: MCP server " + CRM + " with crm:read crm:write");
            assertThat(RealmExport.of(realm)).isEqualTo(before);

            assertThat(lines(call(realm, "PUT", "servers/crm", SERVER)))
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("added "));
            String withServer = RealmExport.of(realm);
            assertThat(lines(call(realm, "PUT", "servers/crm", SERVER)))
                    .hasSize(3)
                    .allMatch(line -> line.startsWith("present "));
            assertThat(RealmExport.of(realm)).isEqualTo(withServer);
            ClientRepresentation server = client(realm, "crm");
            assertThat(server.isPublicClient() || server.isStandardFlowEnabled() || server.isFullScopeAllowed())
                    .isFalse();
            assertThat(realm.admin().clientScopes().findAll())
                    .filteredOn(scope -> scope.getName().equals("crm:read"))
                    .singleElement()
                    .extracting(ClientScopeRepresentation::getAttributes)
                    .isEqualTo(
                            Map.of("include.in.token.scope", "true", "consent.screen.text", "See \"accounts\" & more"));

            assertThat(call(realm, "PUT", "agents/bot?dry-run=true", AGENT)
                            .json()
                            .has("secret"))
                    .isFalse();
            assertThat(RealmExport.of(realm)).isEqualTo(withServer);
            Reply added = call(realm, "PUT", "agents/bot", AGENT);
            assertThat(added.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(lines(added))
                    .containsExactly("added client bot: agent of " + CRM + " with crm:read, client_secret_basic");
            String withAgent = RealmExport.of(realm);
            Reply again = call(realm, "PUT", "agents/bot", AGENT);
            assertThat(lines(again)).singleElement().asString().startsWith("present client bot");
            assertThat(again.json().has("secret")).isFalse();
            assertThat(RealmExport.of(realm)).isEqualTo(withAgent);

            String secret = added.get("secret");
            Jwt token = Jwt.decode(realm.oauth()
                    .clientCredentials(ClientAuth.basic("bot", secret), Form.of("scope", "crm:read"))
                    .expect(200)
                    .accessToken());
            assertThat(token.audience()).containsExactly(CRM);
            assertThat(token.scopes()).containsExactly("crm:read");
            assertThat(realm.oauth()
                            .clientCredentials(ClientAuth.basic("bot", secret), Form.of("scope", "crm:write"))
                            .expect(400)
                            .error())
                    .isEqualTo("invalid_scope");
            assertThat(realm.oauth()
                            .clientCredentials(ClientAuth.post("bot", secret), Form.of("scope", "crm:read"))
                            .status())
                    .isEqualTo(401);

            // The agent still has one of the scopes.
            assertThat(lines(call(realm, "DELETE", "servers/crm?dry-run=true", null)))
                    .containsExactly(
                            "removed client crm",
                            "present client scope crm:read, which is in use",
                            "removed client scope crm:write");
            assertThat(RealmExport.of(realm)).isEqualTo(withAgent);
            assertThat(lines(call(realm, "DELETE", "agents/bot", null))).containsExactly("removed client bot");
            assertThat(lines(call(realm, "DELETE", "agents/bot", null))).containsExactly("absent client bot");
            assertThat(RealmExport.of(realm)).isEqualTo(withServer);
            assertThat(lines(call(realm, "DELETE", "servers/crm", null)))
                    .containsExactly(
                            "removed client crm", "removed client scope crm:read", "removed client scope crm:write");
            assertThat(lines(call(realm, "DELETE", "servers/crm", null)))
                    .containsExactly("absent client crm: no MCP server");
            assertThat(RealmExport.of(realm)).isEqualTo(before);
        }
    }

    @Test
    void clients_that_are_there_keep_all_else_and_come_back_to_what_they_were(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            ClientRepresentation web = new ClientRepresentation();
            web.setClientId("https://web.example.com/a b");
            web.setName("Web shop");
            web.setRedirectUris(List.of("https://web.example.com/*"));
            web.setSecret("web-secret");
            web.setAttributes(Map.of("mine", "kept"));
            realm.add(web);
            String before = RealmExport.of(realm);
            String path =
                    URLEncoder.encode(web.getClientId(), StandardCharsets.UTF_8).replace("+", "%20");

            assertThat(lines(call(realm, "PUT", "servers/" + path, SERVER)))
                    .contains(
                            "changed client " + web.getClientId() + ": MCP server " + CRM + " with crm:read crm:write");
            assertThat(client(realm, web.getClientId()).getAttributes())
                    .containsEntry("mine", "kept")
                    .containsEntry("resource_url", CRM);
            assertThat(lines(call(realm, "PUT", "agents/" + path, AGENT)))
                    .singleElement()
                    .asString()
                    .startsWith("changed client ");
            assertThat(client(realm, web.getClientId()))
                    .satisfies(client ->
                            assertThat(client.isServiceAccountsEnabled()).isTrue())
                    .satisfies(client ->
                            assertThat(client.getOptionalClientScopes()).contains("crm:read"))
                    .satisfies(
                            client -> assertThat(client.getAttributes()).containsEntry("mcp.allowed-resources", CRM));
            assertThat(Jwt.decode(realm.oauth()
                                    .clientCredentials(
                                            ClientAuth.basic(web.getClientId(), "web-secret"),
                                            Form.of("scope", "crm:read"))
                                    .expect(200)
                                    .accessToken())
                            .audience())
                    .containsExactly(CRM);

            assertThat(call(realm, "DELETE", "agents/" + path, null).expect(409).get("reason"))
                    .isEqualTo("client-in-use");
            assertThat(lines(call(realm, "DELETE", "servers/" + path, null)))
                    .contains("changed client " + web.getClientId() + ": no MCP server any more");
            assertThat(client(realm, web.getClientId()).getAttributes())
                    .containsEntry("mine", "kept")
                    .doesNotContainKeys("resource_url", "mcp.scopes");
            assertThat(RealmExport.of(realm)).isNotEqualTo(before);
        }
    }

    @Test
    void an_agent_of_two_servers_may_target_both(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            String other = "https://billing.example.com/mcp";
            call(realm, "PUT", "servers/crm", SERVER).expect(200);
            call(realm, "PUT", "servers/billing", "{\"resource\":\"" + other + "\",\"scopes\":[\"billing:read\"]}")
                    .expect(200);
            Reply first = call(realm, "PUT", "agents/bot", AGENT);
            call(realm, "PUT", "agents/bot", AGENT.replace(CRM, other).replace("crm:read", "billing:read"))
                    .expect(200);
            assertThat(client(realm, "bot").getAttributes()).containsEntry("mcp.allowed-resources", CRM + " " + other);
            for (String scope : List.of("crm:read", "billing:read")) {
                realm.oauth()
                        .clientCredentials(ClientAuth.basic("bot", first.get("secret")), Form.of("scope", scope))
                        .expect(200);
            }
        }
    }

    @Test
    void a_client_that_was_never_an_agent_is_not_removed_as_one(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            call(realm, "PUT", "servers/crm", SERVER).expect(200);
            realm.add(machine("cibot"));
            ClientRepresentation authorizing = machine("authorizing");
            authorizing.setAuthorizationServicesEnabled(true);
            realm.add(authorizing);
            call(realm, "PUT", "agents/authorizing", AGENT).expect(200);
            String before = RealmExport.of(realm);

            for (String id : List.of("cibot", "authorizing")) {
                assertThat(call(realm, "DELETE", "agents/" + id, null)
                                .expect(409)
                                .get("reason"))
                        .isEqualTo("client-in-use");
            }
            assertThat(RealmExport.of(realm)).isEqualTo(before);
        }
    }

    @Test
    void clients_that_were_there_stay_when_they_stop_being_a_server_or_an_agent(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            ClientRepresentation api = machine("api");
            api.setServiceAccountsEnabled(false);
            realm.add(api);
            realm.add(machine("worker"));
            call(realm, "PUT", "servers/crm", SERVER).expect(200);
            String scope = realm.admin().clientScopes().findAll().stream()
                    .filter(each -> each.getName().equals("crm:write"))
                    .findFirst()
                    .orElseThrow()
                    .getId();
            realm.admin().addDefaultDefaultClientScope(scope);
            realm.add(machine("cibot"));
            call(
                            realm,
                            "PUT",
                            "servers/api",
                            "{\"resource\":\"https://api.example.com/mcp\",\"scopes\":[\"api:read\"]}")
                    .expect(200);
            call(realm, "PUT", "agents/worker", AGENT).expect(200);

            assertThat(lines(call(realm, "DELETE", "servers/api", null)))
                    .containsExactly("changed client api: no MCP server any more", "removed client scope api:read");
            assertThat(client(realm, "api").getSecret()).isEqualTo("api");
            assertThat(lines(call(realm, "DELETE", "agents/worker", null)))
                    .containsExactly("changed client worker: no agent any more");
            ClientRepresentation worker = client(realm, "worker");
            assertThat(worker.getSecret()).isEqualTo("worker");
            assertThat(worker.getAttributes()).doesNotContainKeys("mcp.allowed-resources", "mcp.added");
            assertThat(worker.getDefaultClientScopes()).doesNotContain("crm:read");
            assertThat(worker.getOptionalClientScopes()).doesNotContain("crm:read");
            for (String none : List.of("worker", "cibot")) {
                assertThat(call(realm, "DELETE", "agents/" + none, null)
                                .expect(409)
                                .get("reason"))
                        .isEqualTo("client-in-use");
            }
        }
    }

    private static ClientRepresentation machine(String id) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(id);
        client.setStandardFlowEnabled(false);
        client.setServiceAccountsEnabled(true);
        client.setSecret(id);
        return client;
    }

    @Test
    void an_agent_that_others_build_on_is_not_removed_with_what_it_owns(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            call(realm, "PUT", "servers/crm", SERVER).expect(200);
            call(realm, "PUT", "agents/roles", AGENT).expect(200);
            call(realm, "PUT", "agents/mappers", AGENT).expect(200);
            realm.clientResource("roles").roles().create(new RoleRepresentation("boss", null, false));
            realm.clientResource("mappers")
                    .getProtocolMappers()
                    .createMapper(Scope.mapper(
                            "own", "oidc-hardcoded-claim-mapper", Map.of("claim.name", "c", "claim.value", "v")))
                    .close();
            String before = RealmExport.of(realm);

            for (String id : List.of("roles", "mappers")) {
                Reply refused = call(realm, "DELETE", "agents/" + id, null).expect(409);
                assertThat(refused.get("reason")).isEqualTo("client-owns");
                assertThat(refused.errorDescription()).contains("roles or protocol mappers");
            }
            assertThat(RealmExport.of(realm)).isEqualTo(before);
        }
    }

    @Test
    void the_longest_ids_are_taken_and_longer_ones_refused_with_the_limit(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            call(realm, "PUT", "servers/" + "s".repeat(255), SERVER).expect(200);
            call(realm, "PUT", "agents/" + "a".repeat(239), AGENT).expect(200);
            for (String tooLong : List.of("servers/" + "x".repeat(256), "agents/" + "x".repeat(240))) {
                Reply refused = call(realm, "PUT", tooLong, tooLong.startsWith("a") ? AGENT : SERVER)
                        .expect(400);
                assertThat(refused.get("reason")).isEqualTo("client-id-malformed");
                assertThat(refused.errorDescription())
                        .contains(tooLong.startsWith("a") ? "1 to 239 characters" : "1 to 255 characters");
            }
            call(realm, "DELETE", "agents/" + "a".repeat(239), null).expect(200);
            call(realm, "DELETE", "servers/" + "s".repeat(255), null).expect(200);
        }
    }

    @Test
    void a_client_that_others_build_on_only_stops_being_a_server(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            Stream.of("bearer", "roles", "mappers").forEach(id -> {
                ClientRepresentation client = new ClientRepresentation();
                client.setClientId(id);
                client.setStandardFlowEnabled(false);
                client.setBearerOnly(id.equals("bearer"));
                client.setProtocolMappers(
                        id.equals("mappers")
                                ? List.of(Scope.mapper(
                                        "own",
                                        "oidc-hardcoded-claim-mapper",
                                        Map.of("claim.name", "c", "claim.value", "v")))
                                : null);
                realm.add(client);
            });
            realm.admin()
                    .clients()
                    .get(client(realm, "roles").getId())
                    .roles()
                    .create(new RoleRepresentation("boss", null, false));

            for (String id : List.of("bearer", "roles", "mappers")) {
                call(realm, "PUT", "servers/" + id, SERVER).expect(200);
                assertThat(lines(call(realm, "DELETE", "servers/" + id, null)))
                        .contains("changed client " + id + ": no MCP server any more");
                assertThat(client(realm, id).getAttributes()).doesNotContainKeys("resource_url", "mcp.scopes");
            }
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "servers/x | {\"resource\":\"crm\",\"scopes\":[\"a\"]} | 400 | uri-malformed",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[]} | 400 | no-scopes",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\",\"a\"]} | 400 | scope-repeated",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a b\"]} | 400 | scope-malformed",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"openid\"]} | 400 | scope-malformed",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\"],\"scopeTexts\":{\"b\":\"c\"}} | 400 | text-without-scope",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\"],\"scopeTexts\":{\"a\":\"\\n\"}} | 400 | text-malformed",
                "servers/x | {\"resource\":\"HTTPS://crm.example.com:443/mcp/\",\"scopes\":[\"a\"]} | 409 | uri-conflict",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\",\"basic\"]} | 409 | scope-not-in-token",
                "servers/registered | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\"]} | 409 | client-registered",
                "servers/saml | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\"]} | 409 | client-other-protocol",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":\"a\"} | 400 |",
                "servers/x | {\"scopes\":[\"a\"]} | 400 |",
                "servers/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"a\"],\"x\":1} | 400 |",
                "servers/x | [] | 400 |",
                "agents/x | {\"resource\":\"https://x.example.com/\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\"} | 400 | server-unknown",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"profile\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\"} | 400 | scope-not-of-server",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"none\"} | 400 | auth-method-unknown",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"private_key_jwt\"} | 400 | keys-missing",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"private_key_jwt\",\"jwksUri\":\"file:///x\"} | 400 | keys-url-malformed",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\",\"jwksUri\":\"https://x.example.com/\"} | 400 | keys-unused",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"private_key_jwt\",\"jwks\":{\"keys\":[]}} | 400 |",
                "agents/x | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"private_key_jwt\",\"jwks\":{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}} | 400 |",
                "agents/public | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\"} | 409 | client-public",
                "agents/https%3A%2F%2Fcrm.example.com%2Fmcp | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\"} | 409 | client-id-of-server",
                "agents/%00 | {\"resource\":\"https://crm.example.com/mcp\",\"scopes\":[\"crm:read\"],\"tokenEndpointAuthMethod\":\"client_secret_basic\"} | 400 | client-id-malformed"
            })
    void what_cannot_be_meant_is_refused_with_a_reason_and_changes_nothing(
            String path, String body, int status, @Nullable String reason, KeycloakServer keycloak, TestRealm shared) {
        // One realm for all rows: nothing in it changes.
        if (shared.admin().clients().findByClientId("crm").isEmpty()) {
            call(shared, "PUT", "servers/crm", SERVER).expect(200);
            Stream.of("registered", "saml", "public").forEach(id -> {
                ClientRepresentation client = new ClientRepresentation();
                client.setClientId(id);
                client.setProtocol(id.equals("saml") ? "saml" : "openid-connect");
                client.setPublicClient(id.equals("public"));
                client.setAttributes(id.equals("registered") ? Map.of("mcp.registration", "dcr-anonymous") : Map.of());
                shared.add(client);
            });
        }
        String before = RealmExport.of(shared);
        Reply refused = call(shared, "PUT", path, body).expect(status);
        assertThat(refused.error()).isEqualTo("invalid_request");
        assertThat(refused.errorDescription()).isNotBlank();
        assertThat(refused.find("reason").orElse(null)).isEqualTo(reason);
        assertThat(RealmExport.of(shared)).isEqualTo(before);
    }

    @Test
    void roles_are_those_that_keycloak_asks_for(KeycloakServer keycloak) {
        try (TestRealm realm = realm(keycloak)) {
            String viewer = realm.administrator("viewer", "view-clients", "manage-realm", "view-realm");
            String manager = realm.administrator("manager", "manage-clients");
            for (String path : List.of("servers/crm", "agents/bot")) {
                String body = path.startsWith("servers") ? SERVER : AGENT;
                for (String method : List.of("PUT", "DELETE")) {
                    assertThat(realm.oauth()
                                    .sendJson(method, realm.adminUri("mcp/" + path + "?dry-run=true"), body, viewer)
                                    .status())
                            .isEqualTo(403);
                    assertThat(realm.oauth()
                                    .sendJson(method, realm.adminUri("mcp/" + path), body, null)
                                    .status())
                            .isEqualTo(401);
                }
                realm.oauth()
                        .sendJson("PUT", realm.adminUri("mcp/" + path), body, manager)
                        .expect(200);
            }
        }
    }

    private static List<String> script(TestRealm realm, Path folder, String... arguments) {
        return Scripts.succeeded(
                        Scripts.execute("apply.sh", realm.server(), folder, List.of(), realm.name(), arguments))
                .lines()
                .toList();
    }

    @Test
    void the_script_takes_a_server_and_an_agent_with_a_key_to_a_token(KeycloakServer keycloak, @TempDir Path folder)
            throws Exception {
        try (TestRealm realm = realm(keycloak)) {
            String before = RealmExport.of(realm);
            String id = "night bot/1 \"ü\"";
            String key = folder.resolve("agent key.pem").toString();
            assertThat(script(
                            realm,
                            folder,
                            "add-server",
                            CRM,
                            "--client-id",
                            "crm",
                            "--scopes",
                            "crm:read crm:write",
                            "--scope-text",
                            "crm:read=See \"your\" accounts, für alle",
                            "--scope-text",
                            "crm:write=Change = edit"))
                    .contains(
                            "added     client scope crm:read: See \"your\" accounts, für alle",
                            "added     client scope crm:write: Change = edit");
            List<String> agent = List.of(
                    "add-agent",
                    id,
                    "--server",
                    CRM,
                    "--scopes",
                    "crm:read",
                    "--auth",
                    "private_key_jwt",
                    "--generate-key",
                    key);
            List<String> dry = new ArrayList<>(agent);
            Scripts.succeeded(Scripts.execute(
                    "apply.sh", keycloak, folder, List.of("--dry-run"), realm.name(), dry.toArray(String[]::new)));
            assertThat(Path.of(key)).doesNotExist();
            assertThat(script(realm, folder, agent.toArray(String[]::new)))
                    .containsExactly(
                            "added     private key in " + key,
                            "added     client " + id + ": agent of " + CRM + " with crm:read, private_key_jwt");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(Path.of(key))))
                    .isEqualTo("rw-------");
            assertThat(script(realm, folder, agent.toArray(String[]::new)))
                    .singleElement()
                    .asString()
                    .startsWith("present   client " + id);
            assertThat(client(realm, id).getAttributes().get("jwks.string"))
                    .contains("\"kty\":\"RSA\"")
                    .doesNotContain("\"d\"");

            String assertion =
                    script(realm, folder, "assertion", id, "--key", key).get(0);
            Jwt token = Jwt.decode(realm.oauth()
                    .clientCredentials(
                            (form, request, issuer) -> form.with(
                                            "client_assertion_type",
                                            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
                                    .with("client_assertion", assertion),
                            Form.of("scope", "crm:read"))
                    .expect(200)
                    .accessToken());
            assertThat(token.audience()).containsExactly(CRM);

            script(realm, folder, "remove-agent", id);
            script(realm, folder, "remove-server", "crm");
            assertThat(RealmExport.of(realm)).isEqualTo(before);

            Scripts.Execution refused = Scripts.execute(
                    "apply.sh",
                    keycloak,
                    folder,
                    List.of(),
                    realm.name(),
                    "add-server",
                    "crm",
                    "--client-id",
                    "crm",
                    "--scopes",
                    "a");
            assertThat(refused.status()).isNotZero();
            assertThat(refused.output()).contains("absolute http or https URI");
            assertThat(RealmExport.of(realm)).isEqualTo(before);
        }
    }
}
