package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.RealmFile;
import dev.keycloakmcp.itest.server.TestRealm;
import dev.keycloakmcp.itest.server.Workspace;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.ComponentRepresentation;
import org.keycloak.representations.idm.MappingsRepresentation;
import org.keycloak.representations.idm.ProtocolMapperRepresentation;
import org.keycloak.representations.idm.RoleRepresentation;

/** The folder {@code realm-config}: neither the file nor the script takes anything from a stock realm. */
@KeycloakTest
class RealmConfigIT {

    private static final String POLICIES = "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy";

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

            assertThat(apply(realm, folder)).hasSize(7).allMatch(line -> line.startsWith("added "));
            List<String> applied = state(realm);
            assertThat(apply(realm, folder)).hasSize(7).allMatch(line -> line.startsWith("present "));

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

    /** Runs the script with the distribution's own kcadm.sh, and gives the lines that it says. */
    private static List<String> apply(TestRealm realm, Path folder) {
        KeycloakServer server = realm.server();
        String config = folder.resolve("kcadm.config").toString();
        Path kcadm = Workspace.distribution(server.options().version()).resolve("bin/kcadm.sh");
        run(
                kcadm,
                List.of(
                        kcadm.toString(),
                        "config",
                        "credentials",
                        "--server",
                        server.baseUri().toString(),
                        "--realm",
                        "master",
                        "--user",
                        server.adminUsername(),
                        "--password",
                        server.adminPassword(),
                        "--config",
                        config));
        Path script = Workspace.root().resolve("realm-config/apply.sh");
        return run(kcadm, List.of("bash", script.toString(), realm.name(), "--config", config))
                .lines()
                .filter(line -> !line.isBlank())
                .toList();
    }

    private static String run(Path kcadm, List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("KCADM", kcadm.toString());
        builder.environment().put("KC_OPTS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        try {
            Process process = builder.start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
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
