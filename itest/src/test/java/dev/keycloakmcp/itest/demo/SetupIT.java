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
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.AdminEventRepresentation;
import org.keycloak.representations.idm.ClientRepresentation;
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

    @Test
    void a_realm_is_set_up_once_and_taken_back_to_what_it_was(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            String before = RealmExport.of(realm);
            assertThat(status(realm)).hasSize(8).allMatch(part -> part.endsWith(" absent"));

            assertThat(lines(call(realm, "PUT", "", null))).hasSize(8).allMatch(line -> line.startsWith("added "));
            String after = RealmExport.of(realm);
            assertThat(after).isNotEqualTo(before);
            assertThat(status(realm)).hasSize(8).allMatch(part -> part.endsWith(" present"));
            assertThat(lines(call(realm, "PUT", "", "{}"))).hasSize(8).allMatch(line -> line.startsWith("present "));
            assertThat(RealmExport.of(realm)).isEqualTo(after);

            assertThat(lines(call(realm, "DELETE", "", null)))
                    .filteredOn(line -> line.startsWith("removed "))
                    .hasSize(8);
            assertThat(RealmExport.of(realm)).isEqualTo(before);
            assertThat(lines(call(realm, "DELETE", "", null))).hasSize(7).allMatch(line -> line.startsWith("absent "));
            assertThat(RealmExport.of(realm)).isEqualTo(before);
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
                    .hasSize(8);

            assertThat(lines(call(realm, "PUT", "", REPORT))).allMatch(line -> line.startsWith("present "));
            assertThat(lines(call(realm, "PUT", "", null))).contains("present client profile mcp");
            assertThat(status(realm)).isEqualTo(reports);
        }
    }

    @Test
    void a_profile_that_is_there_goes_to_report_and_back_and_keeps_all_else_that_was_tuned(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            call(realm, "PUT", "", null).expect(200);
            String tuned = "{\"profiles\":[{\"name\":\"mcp\",\"description\":\"mine\",\"executors\":["
                    + "{\"executor\":\"mcp-delegation\",\"configuration\":{\"max-chain-depth\":\"2\","
                    + "\"enforcement\":\"enforce\",\"allowed-actors\":[\"a\",\"b\"]}},"
                    + "{\"executor\":\"pkce-enforcer\",\"configuration\":{\"auto-configure\":\"true\"}},"
                    + "{\"executor\":\"mcp-resource-indicator\",\"configuration\":{\"enforcement\":\"enforce\"}}]},"
                    + "{\"name\":\"strict\",\"executors\":[{\"executor\":\"mcp-client-credentials\","
                    + "\"configuration\":{\"max-token-lifetime\":\"60\"}}]}]}";
            policies(realm, "PUT", "profiles", tuned).expect(204);
            String before = policies(realm, "GET", "profiles", null).body();

            Reply plan = call(realm, "PUT", "?dry-run=true", REPORT);
            assertThat(policies(realm, "GET", "profiles", null).body()).isEqualTo(before);
            Reply done = call(realm, "PUT", "", REPORT);
            assertThat(lines(done))
                    .isEqualTo(lines(plan))
                    .contains(
                            "changed client profile mcp: mcp-delegation, mcp-resource-indicator to report only",
                            "present client profile strict, which goes on to enforce");
            String mode = "\"enforcement\":\"enforce\"";
            assertThat(policies(realm, "GET", "profiles", null).body())
                    .isEqualTo(before.replace(mode, "\"enforcement\":\"report\""));
            assertThat(lines(call(realm, "PUT", "", REPORT))).allMatch(line -> line.startsWith("present "));

            String enforce = "{\"enforcement\":\"enforce\"}";
            assertThat(lines(call(realm, "PUT", "", enforce)))
                    .filteredOn(line -> !line.startsWith("present "))
                    .containsExactly("changed client profile mcp: mcp-delegation, mcp-resource-indicator to enforce");
            assertThat(policies(realm, "GET", "profiles", null).body()).isEqualTo(before);
            assertThat(lines(call(realm, "PUT", "", enforce))).allMatch(line -> line.startsWith("present "));
        }
    }

    @Test
    void in_report_mode_the_events_are_saved_that_tell_who_would_be_refused(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            URI wouldDeny = realm.adminUri("mcp/would-deny");
            assertThat(realm.oauth().get(wouldDeny, keycloak.adminToken()).status())
                    .isEqualTo(409);
            call(realm, "PUT", "", null).expect(200);
            assertThat(realm.admin().toRepresentation().isEventsEnabled()).isFalse();

            assertThat(lines(call(realm, "PUT", "", REPORT)))
                    .contains("added saved events for GET would-deny: 20 more types, kept for 30 days");
            RealmRepresentation realmSaves = realm.admin().toRepresentation();
            assertThat(realmSaves.isEventsEnabled()).isTrue();
            assertThat(realmSaves.getEventsExpiration()).isEqualTo(30 * 24 * 3600L);
            assertThat(realmSaves.getEnabledEventTypes())
                    .contains("LOGIN", "REFRESH_TOKEN", "REFRESH_TOKEN_ERROR", "UPDATE_PASSWORD");
            assertThat(realm.oauth()
                            .get(wouldDeny, keycloak.adminToken())
                            .expect(200)
                            .body())
                    .isEqualTo("[]");
            assertThat(status(realm)).contains("saved-events would-deny present");

            realmSaves.setEnabledEventTypes(List.of("LOGIN", "REGISTER"));
            realmSaves.setEventsExpiration(0L);
            realm.admin().update(realmSaves);
            assertThat(status(realm)).anyMatch(part -> part.startsWith("saved-events would-deny differs"));
            assertThat(lines(call(realm, "PUT", "", REPORT)))
                    .contains("changed saved events for GET would-deny: 19 more types");
            realmSaves = realm.admin().toRepresentation();
            assertThat(realmSaves.getEnabledEventTypes()).hasSize(21).contains("REGISTER");
            assertThat(realmSaves.getEventsExpiration()).isNull();
        }
    }

    @Test
    void a_login_theme_of_ones_own_stays(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            RealmRepresentation settings = realm.admin().toRepresentation();
            settings.setLoginTheme("keycloak");
            realm.admin().update(settings);
            assertThat(lines(call(realm, "PUT", "", null))).contains("present login theme keycloak");
            assertThat(realm.admin().toRepresentation().getLoginTheme()).isEqualTo("keycloak");
            assertThat(status(realm)).anyMatch(part -> part.startsWith("login-theme keycloak differs"));

            settings.setLoginTheme("");
            realm.admin().update(settings);
            assertThat(lines(call(realm, "PUT", "", null))).contains("added login theme mcp");
            assertThat(realm.admin().toRepresentation().getLoginTheme()).isEqualTo("mcp");
        }
    }

    @Test
    void suspended_clients_hold_up_the_removal_until_it_is_said_what_becomes_of_them(KeycloakServer keycloak) {
        try (TestRealm realm = TestRealm.create(keycloak, "setup")) {
            call(realm, "PUT", "", null).expect(200);
            for (String id : List.of("leaked", "other")) {
                ClientRepresentation client = new ClientRepresentation();
                client.setClientId(id);
                realm.add(client);
            }
            suspend(realm, "leaked");
            suspend(realm, "other");
            ClientRepresentation other = client(realm, "other");
            other.setEnabled(false);
            realm.admin().clients().get(other.getId()).update(other);
            String before = RealmExport.of(realm);

            Reply refused = call(realm, "DELETE", "", null).expect(409);
            assertThat(refused.error()).isEqualTo("invalid_request");
            assertThat(refused.errorDescription())
                    .contains("leaked.", "suspended=disable", "suspended=release")
                    .doesNotContain("other");
            assertThat(call(realm, "DELETE", "?suspended=keep", null)
                            .expect(400)
                            .errorDescription())
                    .contains("suspended must be disable or release");
            assertThat(lines(call(realm, "DELETE", "?dry-run=true", null)))
                    .anyMatch(line -> line.startsWith("changed suspension of client leaked: would have no effect"));
            assertThat(RealmExport.of(realm)).isEqualTo(before);

            assertThat(lines(call(realm, "DELETE", "?suspended=disable", null)))
                    .contains("changed suspension of client leaked: the client is disabled");
            assertThat(client(realm, "leaked").isEnabled()).isFalse();
            assertThat(lines(call(realm, "DELETE", "", null))).hasSize(7).allMatch(line -> line.startsWith("absent "));

            // The suspension is still there, when the realm is set up again.
            call(realm, "PUT", "", null).expect(200);
            assertThat(client(realm, "leaked").getAttributes()).containsEntry("mcp.suspended", "leaked");
            assertThat(lines(call(realm, "DELETE", "?suspended=release", null)))
                    .contains(
                            "removed suspension of client leaked, which is disabled",
                            "removed suspension of client other, which is disabled");
            assertThat(client(realm, "leaked").isEnabled()).isFalse();
            assertThat(client(realm, "leaked").getAttributes()).doesNotContainKey("mcp.suspended");
        }
    }

    private static ClientRepresentation client(TestRealm realm, String id) {
        return realm.admin().clients().findByClientId(id).get(0);
    }

    private static void suspend(TestRealm realm, String id) {
        realm.oauth()
                .sendJson(
                        "PUT",
                        realm.adminUri("mcp/actors/" + id + "/suspension"),
                        "{\"reason\":\"leaked\"}",
                        realm.server().adminToken())
                .expect(204);
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
            String before = RealmExport.of(realm);
            Reply plan = call(realm, "PUT", "?dry-run=true", REPORT);
            assertThat(plan.json().get("applied").asBoolean()).isFalse();
            assertThat(RealmExport.of(realm)).isEqualTo(before);
            Reply done = call(realm, "PUT", "?dry-run=false", REPORT);
            assertThat(done.json().get("applied").asBoolean()).isTrue();
            assertThat(lines(done)).isEqualTo(lines(plan));

            String after = RealmExport.of(realm);
            plan = call(realm, "DELETE", "?dry-run=true", null);
            assertThat(RealmExport.of(realm)).isEqualTo(after);
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
                    .endsWith("added     client mcp-audit-console\nadded     login theme mcp\n");
            assertThat(call(realm, "DELETE", "", null, "text/plain")
                            .expect(200)
                            .body()
                            .lines())
                    .contains("removed   client policy mcp", "removed   login theme mcp");
            assertThat(call(realm, "PUT", "", "[]", "text/plain").expect(400).error())
                    .isEqualTo("invalid_request");
            assertThat(call(realm, "PUT", "", null, "*/*").expect(200).json().get("steps"))
                    .hasSize(8);
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
            String before = RealmExport.of(realm);

            Reply refused = call(realm, "PUT", "", null).expect(400);

            assertThat(refused.error()).isEqualTo("invalid_request");
            assertThat(RealmExport.of(realm)).isEqualTo(before);
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
            String after = RealmExport.of(realm);
            call(realm, "DELETE", "", null).expect(200);
            call(realm, "PUT", "", null).expect(200);
            assertThat(RealmExport.of(realm).length()).isEqualTo(after.length());
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
