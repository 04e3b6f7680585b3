package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.AdminEventRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/** {@code GET}, {@code PUT} and {@code DELETE mcp/setup}: what the scripts of {@code realm-config} call. */
@KeycloakTest
class SetupIT {

    private static final String REPORT = "{\"enforcement\":\"report\"}";

    private static URI uri(TestRealm realm, String query) {
        return URI.create(realm.server().baseUri() + "/admin/realms/" + realm.name() + "/mcp/setup" + query);
    }

    private static Reply call(TestRealm realm, String method, String query, @Nullable String body) {
        return call(realm, method, query, body, "application/json");
    }

    private static Reply call(TestRealm realm, String method, String query, @Nullable String body, String accept) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(realm, query))
                .header("Accept", accept)
                .header(
                        "Authorization",
                        "Bearer " + realm.server().admin().tokenManager().getAccessTokenString())
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (body != null) {
            request.header("Content-Type", "application/json");
        }
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

    /** The state of each part; what is different in brackets. */
    private static List<String> status(TestRealm realm) {
        return call(realm, "GET", "", null)
                .expect(200)
                .json()
                .get("parts")
                .valueStream()
                .map(part -> part.get("part").asText() + " " + part.get("name").asText() + " "
                        + part.get("state").asText()
                        + (part.has("differences") ? " " + part.get("differences") : ""))
                .toList();
    }

    /** All of the realm that an export has, whatever the order of its lists. */
    private static String export(TestRealm realm) {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(realm.server().baseUri() + "/admin/realms/" + realm.name()
                                + "/partial-export?exportClients=true&exportGroupsAndRoles=true"))
                .header(
                        "Authorization",
                        "Bearer " + realm.server().admin().tokenManager().getAccessTokenString())
                .POST(BodyPublishers.noBody());
        return ordered(realm.oauth().send(request).expect(200).json());
    }

    private static String ordered(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream().map(SetupIT::ordered).sorted().toList().toString();
        }
        if (node.isObject()) {
            return node.propertyStream()
                    .collect(Collectors.toMap(
                            member -> member.getKey(), member -> ordered(member.getValue()), (a, b) -> a, TreeMap::new))
                    .toString();
        }
        return node.toString();
    }

    @Test
    void a_realm_is_set_up_once_and_taken_back_to_what_it_was(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            String before = export(realm);
            assertThat(status(realm)).hasSize(7).allMatch(part -> part.endsWith(" absent"));

            assertThat(lines(call(realm, "PUT", "", null))).hasSize(7).allMatch(line -> line.startsWith("added "));
            String after = export(realm);
            assertThat(after).isNotEqualTo(before);
            assertThat(status(realm)).hasSize(7).allMatch(part -> part.endsWith(" present"));
            assertThat(lines(call(realm, "PUT", "", "{}"))).hasSize(7).allMatch(line -> line.startsWith("present "));
            assertThat(export(realm)).isEqualTo(after);

            assertThat(lines(call(realm, "DELETE", "", null)))
                    .filteredOn(line -> line.startsWith("removed "))
                    .hasSize(7);
            assertThat(export(realm)).isEqualTo(before);
            assertThat(lines(call(realm, "DELETE", "", null))).hasSize(7).allMatch(line -> line.startsWith("absent "));
            assertThat(export(realm)).isEqualTo(before);
        }
    }

    /** {@code docs/start/first-server-by-commands.md} says which. */
    @Test
    void the_doctor_of_a_first_server_has_two_findings_to_tell(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "first")) {
            call(realm, "PUT", "", null).expect(200);
            realm.settings(settings -> settings.setLoginTheme("mcp"));
            realm.add(Scope.named("crm:read"));
            realm.add(Scope.named("crm:write"));
            realm.add(
                    Client.server("crm-mcp-server", "secret", "https://crm.example.com/mcp", "crm:read", "crm:write"));

            assertThat(realm.oauth()
                            .get(realm.adminUri("mcp/doctor"), keycloak.adminToken())
                            .expect(200)
                            .json()
                            .findValuesAsText("id"))
                    .containsExactlyInAnyOrder("protocol-version-not-allowed", "audit-kept-for-ever");
        }
    }

    private static Reply policies(TestRealm realm, String method, String list, @Nullable String body) {
        URI uri = realm.adminUri("client-policies/" + list);
        String token = realm.server().adminToken();
        return body == null ? realm.oauth().get(uri, token) : realm.oauth().sendJson(method, uri, body, token);
    }

    @Test
    void policies_that_an_earlier_version_stored_are_stored_anew_and_look_the_same(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            call(realm, "PUT", "", null).expect(200);
            String profiles = policies(realm, "GET", "profiles", null).body();
            String policies = policies(realm, "GET", "policies", null).body();
            RealmRepresentation settings = new RealmRepresentation();
            settings.setAttributes(Map.of("client-policies.profiles", profiles, "client-policies.policies", policies));
            realm.admin().update(settings);

            assertThat(status(realm))
                    .filteredOn(part -> !part.endsWith(" present"))
                    .singleElement()
                    .asString()
                    .startsWith("client-policy mcp differs [\"is stored so that logins fail without the jars");
            URI doctor = realm.adminUri("mcp/doctor");
            assertThat(realm.oauth().get(doctor, keycloak.adminToken()).body()).contains("policies-need-extension");

            assertThat(lines(call(realm, "PUT", "", null)))
                    .filteredOn(line -> !line.startsWith("present "))
                    .singleElement()
                    .asString()
                    .startsWith("changed client profiles and policies: the same as before");
            assertThat(status(realm)).allMatch(part -> part.endsWith(" present"));
            assertThat(realm.oauth().get(doctor, keycloak.adminToken()).body())
                    .doesNotContain("policies-need-extension");
            assertThat(policies(realm, "GET", "profiles", null).body()).isEqualTo(profiles);
            assertThat(policies(realm, "GET", "policies", null).body()).isEqualTo(policies);
        }
    }

    /** As they are in an export of the realm, or in a copy of an administrator, from a server without the extension. */
    @Test
    void policies_as_a_server_without_the_extension_shows_them_are_taken_as_a_whole(KeycloakServer keycloak) {
        String note = "Not in force: this server does not have Keycloak MCP Policies, which it needs. ";
        String shown = Reply.write(Map.of(
                "policies",
                List.of(Map.of(
                        "name",
                        "x",
                        "enabled",
                        true,
                        "description",
                        note + "{\"description\":\"mine\",\"conditions\":[{\"at\":0,\"condition\":\"mcp-client\","
                                + "\"configuration\":{}}]}",
                        "conditions",
                        List.of(),
                        "profiles",
                        List.of()))));
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            policies(realm, "PUT", "policies", shown).expect(204);
            JsonNode policy = policies(realm, "GET", "policies", null).json().at("/policies/0");
            assertThat(policy.get("description").asText()).isEqualTo("mine");
            assertThat(policy.at("/conditions/0/condition").asText()).isEqualTo("mcp-client");
            assertThat(policy.at("/conditions/0").has("at")).isFalse();

            // What was set aside is looked at as everything else is.
            assertThat(policies(realm, "PUT", "policies", shown.replace("mcp-client", "mcp-none"))
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void a_set_up_that_only_reports_says_so_and_stays_so(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            assertThat(lines(call(realm, "PUT", "", REPORT))).contains("added client profile mcp, to report only");
            List<String> reports = status(realm);
            assertThat(reports)
                    .contains("client-profile mcp differs [\"its executor mcp-resource-indicator only reports\","
                            + "\"its executor mcp-client-credentials only reports\","
                            + "\"its executor mcp-delegation only reports\"]")
                    .filteredOn(part -> part.endsWith(" present"))
                    .hasSize(6);

            assertThat(lines(call(realm, "PUT", "", REPORT)))
                    .contains("present client profile mcp, which keeps its settings");
            assertThat(lines(call(realm, "PUT", "", "{\"enforcement\":\"enforce\"}")))
                    .contains("present client profile mcp");
            assertThat(status(realm)).isEqualTo(reports);
        }
    }

    @Test
    void what_was_tuned_differs_and_is_left_alone(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            call(realm, "PUT", "", null).expect(200);
            RealmRepresentation settings = realm.admin().toRepresentation();
            settings.setEventsListeners(List.of("jboss-logging"));
            realm.admin().update(settings);
            realm.admin()
                    .removeDefaultDefaultClientScope(realm.admin().clientScopes().findAll().stream()
                            .filter(scope -> scope.getName().equals("mcp-actor"))
                            .findFirst()
                            .orElseThrow()
                            .getId());

            assertThat(status(realm))
                    .contains(
                            "client-scope mcp-actor differs [\"is no default client scope of the realm\"]",
                            "event-listener mcp-audit absent");
            assertThat(lines(call(realm, "PUT", "", null)))
                    .filteredOn(line -> line.startsWith("added "))
                    .containsExactly("added event listener mcp-audit");
            assertThat(status(realm))
                    .contains("client-scope mcp-actor differs [\"is no default client scope of the realm\"]");
        }
    }

    @Test
    void a_dry_run_tells_and_changes_nothing(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            String before = export(realm);
            Reply plan = call(realm, "PUT", "?dry-run=true", REPORT);
            assertThat(plan.json().get("applied").asBoolean()).isFalse();
            assertThat(export(realm)).isEqualTo(before);
            Reply done = call(realm, "PUT", "?dry-run=false", REPORT);
            assertThat(done.json().get("applied").asBoolean()).isTrue();
            assertThat(lines(done)).isEqualTo(lines(plan));

            String after = export(realm);
            plan = call(realm, "DELETE", "?dry-run=true", null);
            assertThat(export(realm)).isEqualTo(after);
            assertThat(lines(call(realm, "DELETE", "", null))).isEqualTo(lines(plan));
        }
    }

    @Test
    void scripts_get_lines(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            Reply added = call(realm, "PUT", "", null, "text/plain").expect(200);
            assertThat(added.headers().firstValue("Content-Type").orElse("")).startsWith("text/plain");
            assertThat(added.body())
                    .startsWith("added     client scope mcp-actor, a default of clients created from now on\n")
                    .endsWith("added     client mcp-audit-console\n");
            assertThat(call(realm, "DELETE", "", null, "text/plain")
                            .expect(200)
                            .body()
                            .lines())
                    .contains("removed   client policy mcp", "absent    login theme mcp");
            assertThat(call(realm, "PUT", "", "[]", "text/plain").expect(400).error())
                    .isEqualTo("invalid_request");
            assertThat(call(realm, "PUT", "", null, "*/*").expect(200).json().get("steps"))
                    .hasSize(7);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "\"report\"",
                "{",
                "nothing",
                "{\"enforcement\":\"off\"}",
                "{\"enforcement\":\"REPORT\"}",
                "{\"enforcement\":null}",
                "{\"enforcement\":true}",
                "{\"enforcement\":[\"report\"]}",
                "{\"enforcement\":\"report\",\"enforcement\":\"enforce\"}",
                "{\"enforcement\":\"report\"} {}",
                "{\"enforce\":\"report\"}",
                "{\"enforcement\":\"report\",\"master\":true}"
            })
    void other_bodies_are_refused(String body, KeycloakServer keycloak, TestRealm realm) {
        Reply refused = call(realm, "PUT", "", body).expect(400);
        assertThat(refused.error()).isEqualTo("invalid_request");
        assertThat(refused.errorDescription()).isNotBlank();
        assertThat(status(realm)).allMatch(part -> part.endsWith(" absent"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?dry-run=", "?dry-run=yes", "?dryrun=true", "?dry-run=true&dry-run=true", "?realm=x"})
    void other_parameters_are_refused(String query, KeycloakServer keycloak, TestRealm realm) {
        for (String method : List.of("GET", "PUT", "DELETE")) {
            Reply refused = call(realm, method, query, null).expect(400);
            assertThat(refused.error()).isEqualTo("invalid_request");
            assertThat(refused.errorDescription()).contains(query.substring(1, query.indexOf('=')));
        }
        assertThat(call(realm, "GET", "?dry-run=true", null).status()).isEqualTo(400);
        assertThat(status(realm)).allMatch(part -> part.endsWith(" absent"));
    }

    @Test
    void where_another_client_policy_of_the_realm_refuses_nothing_is_changed(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            admin(
                    realm,
                    "/client-policies/profiles",
                    "{\"profiles\":[{\"name\":\"closed\",\"executors\":[{\"executor\":\"reject-request\","
                            + "\"configuration\":{}}]}]}");
            admin(
                    realm,
                    "/client-policies/policies",
                    "{\"policies\":[{\"name\":\"closed\",\"enabled\":true,\"conditions\":[{\"condition\":"
                            + "\"any-client\",\"configuration\":{}}],\"profiles\":[\"closed\"]}]}");
            String before = export(realm);

            Reply refused = call(realm, "PUT", "", null).expect(400);

            assertThat(refused.error()).isEqualTo("invalid_request");
            assertThat(export(realm)).isEqualTo(before);
            assertThat(status(realm)).allMatch(part -> part.endsWith(" absent"));
        }
    }

    private static void admin(TestRealm realm, String path, String body) {
        realm.oauth()
                .sendJson(
                        "PUT",
                        URI.create(realm.server().baseUri() + "/admin/realms/" + realm.name() + path),
                        body,
                        realm.server().admin().tokenManager().getAccessTokenString())
                .expect(204);
    }

    @Test
    void several_at_once_do_it_once(KeycloakServer keycloak) throws InterruptedException, ExecutionException {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            List<List<String>> answers = InParallel.times(8, () -> lines(call(realm, "PUT", "", null)));
            assertThat(answers)
                    .filteredOn(lines -> lines.get(0).startsWith("added "))
                    .hasSize(1);
            assertThat(answers)
                    .filteredOn(lines -> lines.stream().allMatch(line -> line.startsWith("present ")))
                    .hasSize(7);
            String after = export(realm);
            call(realm, "DELETE", "", null).expect(200);
            call(realm, "PUT", "", null).expect(200);
            assertThat(export(realm).length()).isEqualTo(after.length());
        }
    }

    @Test
    void a_change_is_told_by_admin_events_and_no_change_is_not(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            RealmRepresentation settings = realm.admin().toRepresentation();
            settings.setAdminEventsEnabled(true);
            settings.setAdminEventsDetailsEnabled(true);
            realm.admin().update(settings);
            realm.admin().clearAdminEvents();

            call(realm, "PUT", "", null).expect(200);
            List<AdminEventRepresentation> events = realm.admin().getAdminEvents();
            assertThat(events)
                    .extracting(event -> event.getOperationType() + " " + event.getResourceType())
                    .contains("UPDATE REALM", "CREATE CLIENT");
            assertThat(events)
                    .filteredOn(event -> event.getResourceType().equals("REALM"))
                    .singleElement()
                    .satisfies(event -> {
                        assertThat(event.getResourcePath()).isEqualTo("mcp/setup");
                        assertThat(event.getRepresentation()).contains("registration policy mcp-client-registration");
                    });
            realm.admin().clearAdminEvents();
            call(realm, "PUT", "", null).expect(200);
            call(realm, "DELETE", "?dry-run=true", null).expect(200);
            assertThat(realm.admin().getAdminEvents()).isEmpty();
        }
    }

    @Test
    void roles_are_those_that_keycloak_asks_for(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            for (String method : List.of("GET", "PUT", "DELETE")) {
                assertThat(realm.oauth()
                                .send(HttpRequest.newBuilder(uri(realm, "")).method(method, BodyPublishers.noBody()))
                                .status())
                        .isEqualTo(401);
                for (String query : List.of("", method.equals("GET") ? "" : "?dry-run=true")) {
                    assertThat(as(realm, method, query, "view-clients", "view-events", "view-users"))
                            .isEqualTo(403);
                }
            }
            assertThat(as(realm, "GET", "", "view-realm")).isEqualTo(200);
            assertThat(as(realm, "PUT", "", "view-realm", "manage-clients", "manage-events"))
                    .isEqualTo(403);
            assertThat(as(realm, "PUT", "", "manage-realm")).isEqualTo(403);
            assertThat(as(realm, "PUT", "", "manage-realm", "manage-events")).isEqualTo(403);
            assertThat(as(realm, "PUT", "", "manage-realm", "manage-clients")).isEqualTo(403);
            assertThat(as(realm, "DELETE", "", "manage-realm", "manage-clients"))
                    .isEqualTo(403);
            assertThat(status(realm)).allMatch(part -> part.endsWith(" absent"));
            assertThat(as(realm, "PUT", "?dry-run=true", "manage-realm", "manage-clients", "manage-events"))
                    .isEqualTo(200);
            assertThat(as(realm, "PUT", "", "manage-realm", "manage-clients", "manage-events"))
                    .isEqualTo(200);
            assertThat(status(realm)).allMatch(part -> part.endsWith(" present"));
            assertThat(as(realm, "DELETE", "", "manage-realm", "manage-clients", "manage-events"))
                    .isEqualTo(200);
            assertThat(status(realm)).allMatch(part -> part.endsWith(" absent"));
        }
    }

    /** The status that an administrator with these roles gets. */
    private static int as(TestRealm realm, String method, String query, String... roles) {
        String name = "admin-" + String.join("-", roles);
        if (realm.admin().users().searchByUsername(name, true).isEmpty()) {
            realm.grant(realm.addUser(name, name), "realm-management", roles);
        }
        String token = realm.oauth()
                .token(
                        ClientAuth.none("admin-cli"),
                        Form.of("grant_type", "password").with("username", name).with("password", name))
                .expect(200)
                .accessToken();
        return realm.oauth()
                .send(HttpRequest.newBuilder(uri(realm, query))
                        .header("Authorization", "Bearer " + token)
                        .method(method, BodyPublishers.noBody()))
                .status();
    }
}
