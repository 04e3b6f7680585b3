package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.MappingsRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** The folder {@code realm-config}: neither the file nor the script takes anything from a stock realm. */
@KeycloakTest
class RealmConfigIT {

    private static final String POLICIES = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";

    /** A name, as JSON writes it, that looks like another one's end and beginning. */
    private static final String ODD = "\\\"mcp\\\", ü";

    @Test
    void the_realm_to_import_has_all_that_a_new_realm_has(KeycloakServer server, TestRealm fresh) {
        try (TestRealm imported = TestRealm.load(server, RealmFile.AGENT_MESH)) {
            assertThat(clientScopes(imported)).containsAllEntriesOf(clientScopes(fresh));
            assertThat(registrationPolicies(imported))
                    .containsAll(registrationPolicies(fresh))
                    .hasSize(registrationPolicies(fresh).size() + 2);
            assertThat(defaultScopes(imported))
                    .containsAll(defaultScopes(fresh))
                    .contains("mcp-actor");
            assertThat(optionalScopes(imported)).isEqualTo(optionalScopes(fresh));
        }
    }

    @Test
    void the_script_brings_a_realm_to_the_same_state_however_often(KeycloakServer server, @TempDir Path folder) {
        try (TestRealm realm = TestRealm.create(server, "applied");
                TestRealm imported = TestRealm.load(server, RealmFile.AGENT_MESH)) {
            List<String> before = registrationPolicies(realm);

            assertThat(apply(realm, folder)).hasSize(8).allMatch(line -> line.startsWith("added "));
            List<String> applied = state(realm);
            assertThat(apply(realm, folder)).hasSize(8).allMatch(line -> line.startsWith("present "));

            assertThat(state(realm)).isEqualTo(applied);
            assertThat(registrationPolicies(realm))
                    .containsAll(before)
                    .containsExactlyInAnyOrderElementsOf(registrationPolicies(imported));
            assertThat(clientScopes(realm).get("mcp-actor"))
                    .isEqualTo(clientScopes(imported).get("mcp-actor"));
            assertThat(defaultScopes(realm)).isEqualTo(defaultScopes(imported));
            assertThat(clientPolicies(realm)).isEqualTo(clientPolicies(imported));
            assertThat(realm.admin().toRepresentation().getEventsListeners())
                    .containsExactlyInAnyOrder("jboss-logging", "mcp-audit");
            assertThat(auditConsole(realm)).isEqualTo(auditConsole(imported));
        }
    }

    @Test
    void what_the_script_added_is_taken_out_again_however_often_and_everything_else_stays(
            KeycloakServer server, @TempDir Path folder) {
        try (TestRealm realm = TestRealm.create(server, "mixed")) {
            put(
                    realm,
                    "/client-policies/profiles",
                    profiles(profile("keys", executor("pkce-enforcer", "{\"auto-configure\":\"true\"}"))));
            put(
                    realm,
                    "/client-policies/policies",
                    policies(policy("everybody", condition("any-client"), "\"keys\",\"fapi-2-security-profile\"")));
            RealmRepresentation settings = realm.admin().toRepresentation();
            settings.setEventsListeners(List.of("email", "jboss-logging"));
            settings.setLoginTheme("keycloak");
            realm.admin().update(settings);
            realm.add(client("crm", Map.of("resource_url", "https://crm.example.com/mcp", "mcp.scopes", "crm:read")));
            realm.add(client("registered", Map.of("mcp.registration", "dcr-anonymous")));
            ClientScopeRepresentation scope = new ClientScopeRepresentation();
            scope.setName("crm:read");
            scope.setProtocol("openid-connect");
            scope.setAttributes(Map.of("include.in.token.scope", "true"));
            realm.add(scope);
            Map<String, Object> before = facts(realm);

            assertThat(apply(realm, folder, "--report"))
                    .hasSize(9)
                    .contains(
                            "added     client profile mcp, to report only",
                            "present   login theme keycloak",
                            "added     saved events for GET would-deny: 20 more types, kept for 30 days")
                    .filteredOn(line -> line.startsWith("added "))
                    .hasSize(8);
            String report = "{\"enforcement\":\"report\"}";
            assertThat(get(realm, "/client-policies/profiles"))
                    .contains(
                            executor("mcp-resource-indicator", report),
                            executor("mcp-client-credentials", report),
                            executor("mcp-delegation", report));
            assertThat(remove(realm, folder))
                    .filteredOn(line -> line.startsWith("removed "))
                    .hasSize(7);
            assertThat(facts(realm)).isEqualTo(before);

            assertThat(remove(realm, folder)).hasSize(7).allMatch(line -> line.startsWith("absent "));
            assertThat(facts(realm)).isEqualTo(before);
        }
    }

    @Test
    void from_report_to_enforce_and_back_in_one_command_each(KeycloakServer server, @TempDir Path folder) {
        try (TestRealm realm = TestRealm.create(server, "rollout")) {
            Map<String, Object> before = facts(realm);
            assertThat(apply(realm, folder, "--report", "--dry-run"))
                    .hasSize(10)
                    .startsWith("Nothing is changed. Without --dry-run:")
                    .contains(
                            "added     client profile mcp, to report only",
                            "added     login theme mcp",
                            "added     saved events for GET would-deny: 20 more types, kept for 30 days");
            assertThat(facts(realm)).isEqualTo(before);
            assertThat(realm.admin().toRepresentation().isEventsEnabled()).isFalse();

            apply(realm, folder, "--report");
            assertThat(apply(realm, folder, "--enforce"))
                    .filteredOn(line -> !line.startsWith("present "))
                    .containsExactly("changed   client profile mcp: mcp-resource-indicator, mcp-client-credentials,"
                            + " mcp-delegation to enforce");
            assertThat(get(realm, "/client-policies/profiles")).doesNotContain("report");
            assertThat(apply(realm, folder, "--report"))
                    .filteredOn(line -> !line.startsWith("present "))
                    .containsExactly("changed   client profile mcp: mcp-resource-indicator, mcp-client-credentials,"
                            + " mcp-delegation to report only");

            realm.add(client("leaked", Map.of("mcp.suspended", "its key leaked")));
            realm.add(client("crm", Map.of("resource_url", "https://crm.example.com/mcp", "mcp.scopes", "crm:read")));
            Scripts.Execution status = Scripts.execute("apply.sh", server, folder, List.of(), realm.name(), "status");
            assertThat(Scripts.succeeded(status).lines())
                    .contains(
                            "present   client scope mcp-actor",
                            "differs   client profile mcp: its executor mcp-resource-indicator only reports; its executor"
                                    + " mcp-client-credentials only reports; its executor mcp-delegation only reports",
                            "server    https://crm.example.com/mcp (crm): crm:read",
                            "suspended leaked: its key leaked")
                    .anyMatch(line ->
                            line.startsWith("error     MCP server crm: The realm has no client scope crm:read"));

            Scripts.Execution refused = Scripts.execute("remove.sh", server, folder, List.of(), realm.name());
            assertThat(refused.status()).isNotZero();
            assertThat(refused.output()).contains("leaked", "suspended=disable", "suspended=release");
            Scripts.succeeded(Scripts.execute(
                    "remove.sh", server, folder, List.of(), realm.name(), "--suspended=disable", "--dry-run"));
            assertThat(state(realm)).isNotEqualTo(before.get("state"));
            assertThat(Scripts.succeeded(Scripts.execute(
                                    "remove.sh", server, folder, List.of(), realm.name(), "--suspended=disable"))
                            .lines())
                    .contains("changed   suspension of client leaked: the client is disabled");
            assertThat(state(realm)).isEqualTo(before.get("state"));
        }
    }

    @Test
    void of_lists_that_name_both_only_the_part_of_this_extension_is_removed(
            KeycloakServer server, @TempDir Path folder) {
        try (TestRealm realm = TestRealm.create(server, "both")) {
            String keys = executor("pkce-enforcer", "{\"auto-configure\":\"true\"}");
            String delegation = executor("mcp-delegation", "{\"allowed-actors\":[\"a\",\"b\"]}");
            String any = condition("any-client");
            put(
                    realm,
                    "/client-policies/profiles",
                    profiles(
                            profile("mcp", executor("mcp-resource-indicator", "{}")),
                            profile("keys", keys),
                            profile("ours", delegation),
                            profile(ODD, delegation + "," + keys)));
            put(
                    realm,
                    "/client-policies/policies",
                    policies(
                            policy("mcp", condition("mcp-client"), "\"mcp\""),
                            policy("here", any + "," + condition("mcp-resource"), "\"keys\""),
                            policy("only ours", any, "\"ours\",\"mcp\""),
                            policy("both", any, "\"ours\",\"keys\",\"" + ODD + "\""),
                            policy("other", any, "\"keys\"")));
            RealmRepresentation settings = realm.admin().toRepresentation();
            settings.setLoginTheme("mcp");
            realm.admin().update(settings);

            assertThat(remove(realm, folder))
                    .contains(
                            "removed   client policy here",
                            "removed   client policy only ours",
                            "removed   client profile ours",
                            "removed   login theme mcp")
                    .filteredOn(line -> line.startsWith("changed "))
                    .hasSize(2);

            assertThat(clientPolicies(realm))
                    .containsExactly(
                            profiles(profile("keys", keys), profile(ODD, keys)),
                            policies(
                                    policy("both", any, "\"keys\",\"" + ODD + "\""), policy("other", any, "\"keys\"")));
            assertThat(realm.admin().toRepresentation().getLoginTheme()).isNullOrEmpty();
            assertThat(remove(realm, folder)).hasSize(7).allMatch(line -> line.startsWith("absent "));
        }
    }

    @Test
    void the_administrators_own_realm_is_refused_unless_it_is_meant(@TempDir Path folder) {
        Path unused = folder.resolve("kcadm.sh");
        Scripts.Execution refused = Scripts.execute(unused, List.of("bash", Scripts.path("apply.sh"), "master"));
        assertThat(refused.status()).isEqualTo(2);
        assertThat(refused.output()).contains("--master");
        assertThat(Scripts.execute(unused, List.of("bash", Scripts.path("apply.sh"), "--report", "master"))
                        .status())
                .isEqualTo(2);

        for (List<String> wrong : List.of(
                List.of("--report", "--enforce", "x"),
                List.of("--enforce"),
                List.of("x", "no-verb"),
                List.of("--enforce", "x", "status"),
                List.of("x", "add-server"),
                List.of("x", "add-server", "https://x.example.com/", "--client-id", "x"),
                List.of("x", "add-server", "https://x.example.com/", "--client-id", "x", "--scopes"),
                List.of("x", "add-agent", "y", "--server", "https://x.example.com/", "--scopes", "a"),
                List.of("x", "assertion", "y"),
                List.of("x", "remove-agent"))) {
            List<String> command = new ArrayList<>(List.of("bash", Scripts.path("apply.sh")));
            command.addAll(wrong);
            assertThat(Scripts.execute(unused, command).status())
                    .as(wrong.toString())
                    .isEqualTo(2);
        }

        // goes as far as the kcadm.sh that is not there
        assertThat(Scripts.execute(unused, List.of("bash", Scripts.path("apply.sh"), "--master", "master"))
                        .status())
                .isEqualTo(127);
    }

    @Test
    void without_a_realm_the_scripts_say_how_they_are_used(@TempDir Path folder) {
        for (String name : List.of("apply.sh", "remove.sh")) {
            Scripts.Execution usage =
                    Scripts.execute(folder.resolve("kcadm.sh"), List.of("bash", Scripts.path(name), "--help"));
            assertThat(usage.status()).isEqualTo(2);
            assertThat(usage.output()).contains("usage: " + name);
        }
    }

    private static String profiles(String... profiles) {
        return "{\"profiles\":[" + String.join(",", profiles) + "]}";
    }

    private static String profile(String name, String executors) {
        return "{\"name\":\"" + name + "\",\"executors\":[" + executors + "]}";
    }

    private static String executor(String id, String configuration) {
        return "{\"executor\":\"" + id + "\",\"configuration\":" + configuration + "}";
    }

    private static String policies(String... policies) {
        return "{\"policies\":[" + String.join(",", policies) + "]}";
    }

    /** Switched off: it is about what is stored. */
    private static String policy(String name, String conditions, String profiles) {
        return "{\"name\":\"" + name + "\",\"enabled\":false,\"conditions\":[" + conditions + "],\"profiles\":["
                + profiles + "]}";
    }

    private static String condition(String id) {
        return "{\"condition\":\"" + id + "\",\"configuration\":{}}";
    }

    private static ClientRepresentation client(String id, Map<String, String> attributes) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(id);
        client.setStandardFlowEnabled(false);
        client.setAttributes(attributes);
        return client;
    }

    /** The client that the audit page signs in with, and the roles that its tokens may carry. */
    private static Map<String, Object> auditConsole(TestRealm realm) {
        ClientRepresentation client =
                realm.admin().clients().findByClientId("mcp-audit-console").get(0);
        MappingsRepresentation roles =
                realm.admin().clients().get(client.getId()).getScopeMappings().getAll();
        assertThat(client.getRedirectUris()).containsExactly("/realms/" + realm.name() + "/mcp-audit/");
        return Map.of(
                "root", client.getRootUrl(),
                "origins", client.getWebOrigins(),
                "public", client.isPublicClient(),
                "full scope", client.isFullScopeAllowed(),
                "password", client.isDirectAccessGrantsEnabled(),
                "scopes", List.copyOf(new TreeSet<>(client.getDefaultClientScopes())),
                "optional", client.getOptionalClientScopes(),
                "proof key", client.getAttributes().get("pkce.code.challenge.method"),
                "roles",
                        roles.getClientMappings().get("realm-management").getMappings().stream()
                                .map(RoleRepresentation::getName)
                                .sorted()
                                .toList());
    }

    private static List<String> apply(TestRealm realm, Path folder, String... options) {
        return Scripts.run("apply.sh", realm.server(), realm.name(), folder, options);
    }

    private static List<String> remove(TestRealm realm, Path folder) {
        return Scripts.run("remove.sh", realm.server(), realm.name(), folder);
    }

    /** All that the scripts could change. */
    private static Map<String, Object> facts(TestRealm realm) {
        RealmRepresentation settings = realm.admin().toRepresentation();
        return Map.of(
                "state", state(realm),
                "optional scopes", optionalScopes(realm),
                "listeners", new TreeSet<>(settings.getEventsListeners()),
                "login theme", Objects.requireNonNullElse(settings.getLoginTheme(), ""),
                "clients",
                        realm.admin().clients().findAll().stream()
                                .collect(Collectors.toMap(ClientRepresentation::getClientId, RealmConfigIT::describe)));
    }

    private static String describe(ClientRepresentation client) {
        return client.getId()
                + new TreeSet<>(client.getDefaultClientScopes())
                + new TreeSet<>(client.getOptionalClientScopes())
                + new TreeMap<>(client.getAttributes());
    }

    private static List<String> state(TestRealm realm) {
        return List.of(
                clientScopes(realm).toString(),
                registrationPolicies(realm).toString(),
                defaultScopes(realm).toString(),
                clientPolicies(realm).toString());
    }

    private static List<String> clientPolicies(TestRealm realm) {
        return List.of(get(realm, "/client-policies/profiles"), get(realm, "/client-policies/policies"));
    }

    private static String get(TestRealm realm, String path) {
        KeycloakServer server = realm.server();
        return realm.oauth()
                .get(
                        URI.create(server.baseUri() + "/admin/realms/" + realm.name() + path),
                        server.admin().tokenManager().getAccessTokenString())
                .expect(200)
                .body();
    }

    private static void put(TestRealm realm, String path, String body) {
        KeycloakServer server = realm.server();
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(server.baseUri() + "/admin/realms/" + realm.name() + path))
                .header(
                        "Authorization",
                        "Bearer " + server.admin().tokenManager().getAccessTokenString())
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(body));
        realm.oauth().send(request).expect(204);
    }

    private static Map<String, String> clientScopes(TestRealm realm) {
        return realm.admin().clientScopes().findAll().stream()
                .collect(Collectors.toMap(ClientScopeRepresentation::getName, RealmConfigIT::describe));
    }

    private static String describe(ClientScopeRepresentation scope) {
        List<ProtocolMapperRepresentation> mappers =
                scope.getProtocolMappers() == null ? List.of() : scope.getProtocolMappers();
        return scope.getDescription()
                + new TreeMap<>(scope.getAttributes())
                + mappers.stream()
                        .map(mapper ->
                                mapper.getName() + mapper.getProtocolMapper() + new TreeMap<>(mapper.getConfig()))
                        .sorted()
                        .toList();
    }

    private static List<String> registrationPolicies(TestRealm realm) {
        return realm.admin().components().query(null, POLICIES).stream()
                .map(RealmConfigIT::describe)
                .sorted()
                .toList();
    }

    private static String describe(ComponentRepresentation component) {
        Map<String, List<String>> config = new TreeMap<>();
        component
                .getConfig()
                .forEach((key, values) ->
                        config.put(key, values.stream().sorted().toList()));
        return component.getName() + " " + component.getProviderId() + " " + component.getSubType() + " " + config;
    }

    private static List<String> defaultScopes(TestRealm realm) {
        return realm.admin().getDefaultDefaultClientScopes().stream()
                .map(ClientScopeRepresentation::getName)
                .sorted()
                .toList();
    }

    private static List<String> optionalScopes(TestRealm realm) {
        return realm.admin().getDefaultOptionalClientScopes().stream()
                .map(ClientScopeRepresentation::getName)
                .sorted()
                .toList();
    }
}
