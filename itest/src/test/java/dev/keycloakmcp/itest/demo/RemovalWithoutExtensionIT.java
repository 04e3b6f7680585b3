package dev.keycloakmcp.itest.demo;

import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.ServerOptions;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.keycloak.admin.client.resource.RealmResource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.ClientScopeRepresentation;
import org.keycloak.representations.idm.RealmRepresentation;

/**
 * A realm whose jars are gone works as if it had none, and is governed again when they are back. {@code remove.sh} works
 * without them, too.
 */
class RemovalWithoutExtensionIT {

    private static final String SCRIPT = "remove.sh";

    /** A realm with the set-up alone, and one where other things stand beside it and within it. */
    private static final List<String> REALMS = List.of("plain", "mixed");

    /** A realm that an earlier version of the extension stored: Keycloak cannot use it alone. */
    private static final String EARLIER = "earlier";

    private static final String KEYS =
            "{\"executor\":\"pkce-enforcer\",\"configuration\":{\"auto-configure\":\"true\"}}";
    private static final String DELEGATION =
            "{\"executor\":\"mcp-delegation\",\"configuration\":{\"allowed-actors\":[\"a\",\"b\"]}}";

    /** A name, as JSON writes it, that looks like another one's end and beginning. */
    private static final String ODD = "\\\"mcp\\\", ü";

    private static ServerOptions options(Path database, boolean withExtension) {
        return ServerOptions.builder()
                .withExtension(withExtension)
                .arguments("--db-url=jdbc:h2:file:" + database + ";NON_KEYWORDS=VALUE")
                .build();
    }

    @Test
    void a_realm_works_without_the_jars_and_is_governed_again_with_them(@TempDir Path folder) {
        KeptRealm kept = new KeptRealm();
        Path database = folder.resolve("database");
        List<String> before;
        List<String> expected;
        try (KeycloakServer server = KeycloakServer.startProcess(options(database, true))) {
            for (String realm : REALMS) {
                create(server, realm);
            }
            create(server, "example");
            mix(server, "mixed");
            mix(server, "example");
            expected = Scripts.run(SCRIPT, server, "example", folder);
            before = stored(server, "example");
            Scripts.run("apply.sh", server, "plain", folder);
            Scripts.run("apply.sh", server, "mixed", folder);
            stop(server, "plain", "leaked");
            stop(server, "mixed", "leaked");
            assertThat(login(server, "plain").status()).isEqualTo(200);
            create(server, EARLIER);
            Scripts.run("apply.sh", server, EARLIER, folder);
            storeAsBefore(server, EARLIER);
            assertThat(login(server, EARLIER).status()).isEqualTo(200);
            whatGoesIsKnownBefore(server, folder);
            kept.make(server);
            kept.isGoverned(server);
        }
        try (KeycloakServer server = KeycloakServer.startProcess(options(database, false))) {
            kept.isUsable(server);
            assertThat(login(server, EARLIER).status()).isEqualTo(500);
            assertThat(Scripts.run(SCRIPT, server, EARLIER, folder))
                    .filteredOn(line -> line.startsWith("removed "))
                    .hasSize(8);
            assertThat(login(server, EARLIER).status()).isEqualTo(200);

            assertThat(login(server, "plain").status()).isEqualTo(200);
            Scripts.Execution refused = Scripts.execute(SCRIPT, server, folder, List.of(), "plain");
            assertThat(refused.status()).isEqualTo(1);
            assertThat(refused.output())
                    .contains("the client leaked is suspended", "--suspended=disable", "nothing was changed");
            assertThat(Scripts.run(SCRIPT, server, "plain", folder, "--suspended=disable"))
                    .containsExactlyInAnyOrder(
                            "changed   suspension of client leaked: the client is disabled",
                            "removed   client policy mcp",
                            "removed   client profile mcp",
                            "removed   registration policy mcp-client-registration (anonymous)",
                            "removed   registration policy mcp-client-registration (authenticated)",
                            "removed   event listener mcp-audit",
                            "removed   client mcp-audit-console",
                            "removed   client scope mcp-actor",
                            "removed   login theme mcp");
            assertThat(login(server, "plain").status()).isEqualTo(200);
            assertThat(stored(server, "plain")).startsWith("{\"profiles\":[]}", "{\"policies\":[]}");

            assertThat(client(server, "plain", "leaked").isEnabled()).isFalse();

            assertThat(Scripts.run(SCRIPT, server, "mixed", folder, "--suspended=release"))
                    .contains("removed   suspension of client leaked")
                    .containsAll(expected.stream()
                            .filter(line -> !line.startsWith("absent "))
                            .toList());
            assertThat(client(server, "mixed", "leaked").getAttributes())
                    .containsEntry("mine", "kept")
                    .doesNotContainKeys("mcp.suspended", "mcp.suspended-at", "mcp.suspended-by");
            delete(server, "mixed", "leaked");
            assertThat(stored(server, "mixed")).isEqualTo(before);
            for (String realm : REALMS) {
                assertThat(Scripts.run(SCRIPT, server, realm, folder))
                        .hasSize(7)
                        .allMatch(line -> line.startsWith("absent "));
            }
            assertThat(stored(server, "mixed")).isEqualTo(before);
        }
        try (KeycloakServer server = KeycloakServer.startProcess(options(database, true))) {
            assertThat(stored(server, "mixed")).isEqualTo(before);
            assertThat(login(server, EARLIER).status()).isEqualTo(200);
            kept.isGoverned(server);
        }
    }

    /** A client that an administrator suspended. */
    private static void stop(KeycloakServer server, String realm, String clientId) {
        ClientRepresentation client = new ClientRepresentation();
        client.setClientId(clientId);
        client.setAttributes(Map.of("mine", "kept"));
        server.admin().realm(realm).clients().create(client).close();
        client(server, realm)
                .sendJson(
                        "PUT",
                        URI.create(server.baseUri() + "/admin/realms/" + realm + "/mcp/actors/" + clientId
                                + "/suspension"),
                        "{\"reason\":\"its key leaked\"}",
                        server.adminToken())
                .expect(204);
    }

    private static ClientRepresentation client(KeycloakServer server, String realm, String clientId) {
        return server.admin().realm(realm).clients().findByClientId(clientId).get(0);
    }

    private static void delete(KeycloakServer server, String realm, String clientId) {
        server.admin()
                .realm(realm)
                .clients()
                .get(client(server, realm, clientId).getId())
                .remove();
    }

    private static void whatGoesIsKnownBefore(KeycloakServer server, Path folder) {
        Scripts.Execution check = Scripts.execute(
                Scripts.kcadm(server),
                List.of(
                        "bash",
                        Scripts.path("kc-check.sh"),
                        "--removal",
                        "plain",
                        EARLIER,
                        "example",
                        "--config",
                        Scripts.config(server, folder)));
        assertThat(check.output().lines().filter(line -> line.contains("LOGINS")))
                .singleElement()
                .asString()
                .startsWith(EARLIER + ": ALL LOGINS FAIL without the jars");
        assertThat(check.output())
                .contains(
                        "plain: remove.sh would do this: removed   client policy mcp",
                        "example: nothing of the extension");
        assertThat(check.status()).isEqualTo(1);
    }

    /** Writes the attributes themselves. */
    private static void storeAsBefore(KeycloakServer server, String name) {
        RealmRepresentation settings = new RealmRepresentation();
        settings.setAttributes(Map.of(
                "client-policies.profiles", get(server, name, "/client-policies/profiles"),
                "client-policies.policies", get(server, name, "/client-policies/policies")));
        server.admin().realm(name).update(settings);
    }

    private static void create(KeycloakServer server, String name) {
        RealmRepresentation realm = new RealmRepresentation();
        realm.setRealm(name);
        realm.setEnabled(true);
        server.admin().realms().create(realm);
    }

    /** Profiles and policies of others, of both, and of this extension under other names; and its theme. */
    private static void mix(KeycloakServer server, String realm) {
        put(
                server,
                realm,
                "/client-policies/profiles",
                "{\"profiles\":[" + profile("keys", KEYS) + "," + profile("ours", DELEGATION) + ","
                        + profile(ODD, DELEGATION + "," + KEYS) + "]}");
        put(
                server,
                realm,
                "/client-policies/policies",
                "{\"policies\":[" + policy("here", "mcp-resource", "\"keys\"") + ","
                        + policy("only ours", "any-client", "\"ours\"") + ","
                        + policy("both", "any-client", "\"ours\",\"keys\",\"" + ODD + "\"") + ","
                        + policy("other", "any-client", "\"keys\"") + "]}");
        RealmRepresentation settings = new RealmRepresentation();
        settings.setLoginTheme("mcp");
        settings.setEventsListeners(List.of("email", "jboss-logging"));
        server.admin().realm(realm).update(settings);
    }

    private static String profile(String name, String executors) {
        return "{\"name\":\"" + name + "\",\"executors\":[" + executors + "]}";
    }

    private static String policy(String name, String condition, String profiles) {
        return "{\"name\":\"" + name + "\",\"enabled\":true,\"conditions\":[{\"condition\":\"" + condition
                + "\",\"configuration\":{}}],\"profiles\":[" + profiles + "]}";
    }

    private static void put(KeycloakServer server, String realm, String path, String body) {
        client(server, realm)
                .sendJson(
                        "PUT",
                        URI.create(server.baseUri() + "/admin/realms/" + realm + path),
                        body,
                        server.admin().tokenManager().getAccessTokenString())
                .expect(204);
    }

    private static OAuthClient client(KeycloakServer server, String realm) {
        return new OAuthClient(server.realmUri(realm));
    }

    /** The page that people sign in to their account with. */
    private static Reply login(KeycloakServer server, String realm) {
        return client(server, realm)
                .get(client(server, realm)
                        .authorizationUri(Form.of("client_id", "account-console")
                                .with("redirect_uri", server.realmUri(realm) + "/account/")
                                .with("response_type", "code")
                                .with("scope", "openid")
                                .with("code_challenge", OAuthClient.challenge("x".repeat(43)))
                                .with("code_challenge_method", "S256")));
    }

    /** All that the script could change. */
    private static List<String> stored(KeycloakServer server, String name) {
        RealmResource realm = server.admin().realm(name);
        RealmRepresentation settings = realm.toRepresentation();
        return List.of(
                get(server, name, "/client-policies/profiles"),
                get(server, name, "/client-policies/policies"),
                new TreeSet<>(settings.getEventsListeners()).toString(),
                new TreeSet<>(settings.getEnabledEventTypes()).toString(),
                Objects.requireNonNullElse(settings.getLoginTheme(), ""),
                sorted(realm.clients().findAll().stream().map(ClientRepresentation::getClientId)),
                sorted(realm.clientScopes().findAll().stream().map(ClientScopeRepresentation::getName)),
                sorted(realm.getDefaultDefaultClientScopes().stream().map(ClientScopeRepresentation::getName)),
                sorted(realm
                        .components()
                        .query(null, "org.keycloak.services.clientregistration.policy.ClientRegistrationPolicy")
                        .stream()
                        .map(component -> component.getProviderId() + " " + component.getSubType())));
    }

    private static String sorted(Stream<String> names) {
        return names.sorted().toList().toString();
    }

    private static String get(KeycloakServer server, String realm, String path) {
        return client(server, realm)
                .get(
                        URI.create(server.baseUri() + "/admin/realms/" + realm + path),
                        server.admin().tokenManager().getAccessTokenString())
                .expect(200)
                .body();
    }
}
