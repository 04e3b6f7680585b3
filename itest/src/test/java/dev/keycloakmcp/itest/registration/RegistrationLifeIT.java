package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.list;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.junit.Until;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientRepresentation;

/** What becomes of registered clients: reused, limited, rotated, forgotten; and what the metadata says. */
@KeycloakTest(
        args = {
            "--spi-client-registration--mcp--clean-up-interval=2",
            "--proxy-headers=xforwarded",
            "--spi-connections-http-client--default--disable-trust-manager=true"
        },
        process = true)
class RegistrationLifeIT {

    private static final Map<String, List<String>> NO_LIMIT = Map.of("max-registrations-per-source", List.of("0"));

    private static TestRealm fresh(KeycloakServer server) {
        return TestRealm.create(server, "life");
    }

    @Test
    @Tries({"RFC7591-5-secret", "RFC7592-5-token"})
    void identical_public_registrations_share_a_client_that_nobody_can_change(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("2")));
            Reply first = registrations.register(publicClient("Same")).expect(201);
            Reply second = registrations.register(publicClient("Same")).expect(201);
            Reply otherPort = registrations
                    .register(with(publicClient("Same"), "redirect_uris", List.of("http://localhost:9/callback")))
                    .expect(201);

            assertThat(second.get("client_id")).isEqualTo(first.get("client_id"));
            assertThat(second.find("registration_access_token")).isEmpty();
            assertThat(otherPort.get("client_id")).isEqualTo(first.get("client_id"));
            assertThat(otherPort.json().get("redirect_uris").toString()).isEqualTo("[\"http://localhost:9/callback\"]");
            assertThat(registrations
                            .oauth()
                            .get(
                                    URI.create(first.get("registration_client_uri")),
                                    first.get("registration_access_token"))
                            .status())
                    .isEqualTo(401);
            assertThat(registrations.register(publicClient("Other")).expect(201).get("client_id"))
                    .isNotEqualTo(first.get("client_id"));

            Reply limited = registrations.register(publicClient("One too many"));
            assertThat(limited.status()).isEqualTo(429);
            assertThat(Integer.parseInt(
                            limited.headers().firstValue("Retry-After").orElse("")))
                    .isBetween(1, 3600);
            assertThat(registrations.register(publicClient("Same")).status()).isEqualTo(201);
        }
    }

    @Test
    @Tries({"RFC7591-5-secret", "RFC7592-5-widen"})
    void whoever_registers_while_the_first_owner_changes_or_deletes_the_client_has_one_of_their_own(
            KeycloakServer server) throws Exception {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            for (int round = 0; round < 6; round++) {
                Map<String, Object> metadata = publicClient("Owner " + round);
                Map<String, Object> changed = with(metadata, "redirect_uris", List.of("http://localhost:8090/changed"));
                Reply first = registrations.register(metadata).expect(201);
                URI own = URI.create(first.get("registration_client_uri"));
                String token = first.get("registration_access_token");
                Callable<Reply> change = round % 2 == 0
                        ? () -> registrations.oauth().sendJson("DELETE", own, "", token)
                        : () -> registrations
                                .oauth()
                                .sendJson("PUT", own, with(changed, "client_id", first.get("client_id")), token);
                Callable<Reply> register = () -> registrations.register(metadata);

                List<Reply> replies = InParallel.all(List.of(change, register, change, register, register));

                assertThat(List.of(replies.get(0).status(), replies.get(2).status()))
                        .isSubsetOf(200, 204, 401)
                        .contains(401);
                for (int at : List.of(1, 3, 4)) {
                    String clientId = replies.get(at).expect(201).get("client_id");
                    assertThat(realm.admin().clients().findByClientId(clientId))
                            .singleElement()
                            .extracting(ClientRepresentation::getRedirectUris, list(String.class))
                            .hasSize(1)
                            .allMatch(uri -> uri.endsWith("/callback"));
                }
            }
        }
    }

    @Test
    @Tries("RFC7591-5-flood")
    void identical_registrations_that_come_at_once_make_one_client(KeycloakServer server) throws Exception {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("1")));

            List<Reply> replies = InParallel.times(12, () -> registrations.register(publicClient("At once")));

            assertThat(replies).allSatisfy(reply -> assertThat(reply.status()).isEqualTo(201));
            assertThat(replies)
                    .extracting(reply -> reply.get("client_id"))
                    .containsOnly(replies.get(0).get("client_id"));
            assertThat(names(realm)).containsOnlyOnce("At once");
        }
    }

    @Test
    @Tries("RFC7591-5-flood")
    void the_oldest_unused_client_makes_room_and_used_ones_stay(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Map<String, List<String>> configuration = new HashMap<>(NO_LIMIT);
            configuration.put("max-clients", List.of("2"));
            Registrations registrations = Registrations.in(realm, configuration);
            Reply used = registrations.register(publicClient("Used")).expect(201);
            registrations.signIn(used, CALLBACK, "mcp:read");
            registrations.register(publicClient("Unused")).expect(201);
            Reply newest = registrations.register(publicClient("Newest")).expect(201);

            assertThat(names(realm)).contains("Used", "Newest").doesNotContain("Unused");
            registrations.signIn(newest, CALLBACK, "mcp:read");
            Reply full = registrations.register(publicClient("No room"));
            assertThat(full.status()).isEqualTo(429);
            assertThat(full.headers().firstValue("Retry-After")).isPresent();
        }
    }

    @Test
    @Tries({"RFC9700-2.2.2", "RFC9700-4.14", "MCP-token-theft"})
    void refresh_tokens_rotate_and_only_a_late_reuse_ends_the_login(KeycloakServer server) throws Exception {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            Reply client = registrations.register(publicClient("Rotates")).expect(201);
            ClientAuth auth = authOf(client);
            OAuthClient oauth = registrations.oauth();
            List<Reply> starts = List.of(
                    registrations.signIn(client, CALLBACK, "mcp:read"),
                    registrations.signIn(client, CALLBACK, "mcp:read offline_access"));
            Map<Reply, List<Reply>> siblings = new HashMap<>();
            for (Reply start : starts) {
                List<Reply> parallel =
                        InParallel.times(6, () -> oauth.refresh(auth, start.refreshToken(), Form.empty()));
                assertThat(parallel)
                        .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(200));
                siblings.put(start, parallel);
            }
            Until.passes(Duration.ofSeconds(2));
            Map<Reply, Reply> kept = new HashMap<>();
            for (Reply start : starts) {
                for (Reply sibling : siblings.get(start)) {
                    oauth.refresh(auth, sibling.refreshToken(), Form.empty()).expect(200);
                }
                Reply again = siblings.get(start).get(0);
                Reply newest =
                        oauth.refresh(auth, again.refreshToken(), Form.empty()).expect(200);
                assertThat(newest.refreshToken()).isNotEqualTo(start.refreshToken());
                kept.put(start, newest);
            }
            Until.passes(Duration.ofSeconds(12));
            for (Reply start : starts) {
                assertThat(oauth.refresh(auth, start.refreshToken(), Form.empty())
                                .error())
                        .isEqualTo("invalid_grant");
                assertThat(oauth.refresh(auth, kept.get(start).refreshToken(), Form.empty())
                                .error())
                        .isEqualTo("invalid_grant");
            }
        }
    }

    @Test
    void a_client_stays_until_it_idled_and_ends_with_the_offline_sessions_of_its_users(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            Reply client = registrations.register(publicClient("Offline")).expect(201);
            registrations.register(publicClient("Marker")).expect(201);
            Reply tokens = registrations.signIn(client, CALLBACK, "mcp:read offline_access");
            registrations.age(client.get("client_id"), "mcp.registered-at", Duration.ofDays(59));
            registrations.age(client.get("client_id"), "mcp.last-used", Duration.ofDays(58));
            String marker = registrations.register(publicClient("Marker")).get("client_id");
            registrations.age(marker, "mcp.registered-at", Duration.ofHours(25));

            Until.holds("the clean-up", () -> !names(realm).contains("Marker"));
            Reply refreshed = registrations
                    .oauth()
                    .refresh(authOf(client), tokens.refreshToken(), Form.empty())
                    .expect(200);

            registrations.age(client.get("client_id"), "mcp.last-used", Duration.ofDays(62));
            Until.holds("the end of the client", () -> !names(realm).contains("Offline"));
            Reply refused = registrations.oauth().refresh(authOf(client), refreshed.refreshToken(), Form.empty());
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.error()).isEqualTo("invalid_client");
        }
    }

    @Test
    @Tries({"RFC7592-5-gone", "ASI10-stop"})
    void a_suspended_client_does_not_end_its_suspension_by_ending_itself(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            OAuthClient oauth = registrations.oauth();
            Reply client = registrations.register(publicClient("Stopped")).expect(201);
            String id = client.get("client_id");
            oauth.sendJson(
                            "PUT",
                            realm.adminUri("mcp/actors/" + id + "/suspension"),
                            Map.of("reason", "test"),
                            server.adminToken())
                    .expect(204);

            URI uri = URI.create(client.get("registration_client_uri"));
            String token = client.get("registration_access_token");
            assertThat(oauth.sendJson("DELETE", uri, "", token).error()).isEqualTo("unauthorized_client");
            assertThat(oauth.sendJson("PUT", uri, with(publicClient("Other"), "client_id", id), token)
                            .error())
                    .isEqualTo("unauthorized_client");

            registrations.age(id, "mcp.registered-at", Duration.ofHours(25));
            String marker = registrations.register(publicClient("Marker")).get("client_id");
            registrations.age(marker, "mcp.registered-at", Duration.ofHours(25));
            Until.holds("the clean-up", () -> !names(realm).contains("Marker"));

            Map<String, List<String>> full = new HashMap<>(NO_LIMIT);
            full.put("max-clients", List.of("1"));
            Registration.configure(registrations, "anonymous", full);
            assertThat(registrations.register(publicClient("No room")).status()).isEqualTo(429);
            assertThat(registrations
                            .register(publicClient("Stopped"))
                            .expect(201)
                            .get("client_id"))
                    .isEqualTo(id);

            realm.clientResource(id).remove();
            assertThat(registrations
                            .register(publicClient("Stopped"))
                            .expect(201)
                            .get("client_id"))
                    .isNotEqualTo(id);
        }
    }

    @Test
    void metrics_count_registrations_and_registered_clients(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            TestRealm other = fresh(server);
            Registrations.in(other, NO_LIMIT);
            Until.holds("the count of a realm that is empty", () -> metric(
                            server, "keycloak_mcp_registered_clients", other.name())
                    .equals(List.of("0.0")));
            other.close();
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            registrations.register(publicClient("One")).expect(201);
            registrations.register(publicClient("Two")).expect(201);
            registrations.register(publicClient("Two")).expect(201);
            registrations.register(with(publicClient("Evil"), "redirect_uris", List.of("https://evil.example/")));

            Until.holds("the count of a clean-up", () -> metric(server, "keycloak_mcp_registered_clients", realm.name())
                    .equals(List.of("2.0")));
            assertThat(new OAuthClient(server.baseUri())
                            .get(URI.create(server.managementUri() + "/metrics"))
                            .body())
                    .contains("Registrations at the mcp endpoint", "Clients registered at the mcp endpoint");
            assertThat(metric(server, "keycloak_mcp_registered_clients", other.name()))
                    .as("a realm that is gone")
                    .isEmpty();
            assertThat(metric(server, "keycloak_mcp_registrations_total", realm.name(), "outcome=\"registered\""))
                    .containsExactly("2.0");
            assertThat(metric(server, "keycloak_mcp_registrations_total", realm.name(), "outcome=\"reused\""))
                    .containsExactly("1.0");
            assertThat(metric(
                            server,
                            "keycloak_mcp_registrations_total",
                            realm.name(),
                            "outcome=\"refused\"",
                            "reason=\"redirect_host_not_allowed\""))
                    .containsExactly("1.0");
        }
    }

    private static List<String> metric(KeycloakServer server, String... parts) {
        return new OAuthClient(server.baseUri())
                .get(URI.create(server.managementUri() + "/metrics"))
                .body()
                .lines()
                .filter(line -> !line.startsWith("#"))
                .filter(line -> List.of(parts).stream().allMatch(line::contains))
                .map(line -> line.substring(line.lastIndexOf(' ') + 1))
                .toList();
    }

    @Test
    void behind_a_proxy_every_address_has_its_own_limit(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, Map.of("max-registrations-per-source", List.of("1")));
            assertThat(statusFrom(registrations, "203.0.113.7", "A")).isEqualTo(201);
            Reply limited = registrations.registerFrom("203.0.113.7", publicClient("B"));
            assertThat(limited.status()).isEqualTo(429);
            assertThat(limited.error()).isEqualTo("too_many_requests");
            assertThat(Integer.parseInt(
                            limited.headers().firstValue("Retry-After").orElse("")))
                    .isBetween(1, 3600);
            assertThat(limited.headers()
                            .firstValue("Access-Control-Expose-Headers")
                            .orElse(""))
                    .contains("Retry-After");
            assertThat(statusFrom(registrations, "203.0.113.8", "C")).isEqualTo(201);
            assertThat(statusFrom(registrations, "203.0.113.8, 198.51.100.1", "of a proxy that appends"))
                    .isEqualTo(429);
            assertThat(statusFrom(registrations, "2001:db8:1:2::1", "D")).isEqualTo(201);
            assertThat(statusFrom(registrations, "2001:db8:1:2:ffff::9", "E")).isEqualTo(429);
            assertThat(statusFrom(registrations, "2001:db8:1:3::1", "F")).isEqualTo(201);
        }
    }

    private static int statusFrom(Registrations registrations, String address, String name) {
        return registrations.registerFrom(address, publicClient(name)).status();
    }

    @Test
    @Tries("RFC7591-5-flood")
    void unused_and_idle_clients_expire_and_others_stay(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            Reply unused = registrations.register(publicClient("Forgotten")).expect(201);
            registrations.register(publicClient("New")).expect(201);
            realm.add(Client.of("hand-made").named("Hand-made"));
            Reply idle = registrations.register(publicClient("Idle")).expect(201);
            registrations.signIn(idle, CALLBACK, "mcp:read");
            registrations.age(unused.get("client_id"), "mcp.registered-at", Duration.ofHours(25));
            registrations.age(idle.get("client_id"), "mcp.last-used", Duration.ofDays(62));

            Until.holds(
                    "the clean-up",
                    () -> !names(realm).contains("Forgotten") && !names(realm).contains("Idle"));

            assertThat(names(realm)).contains("New", "Hand-made");
            assertThat(realm.admin().getEvents())
                    .filteredOn(event -> event.getType().equals("CLIENT_DELETE"))
                    .extracting(event -> event.getDetails().get("reason"))
                    .contains("unused", "idle");
        }
    }

    @Test
    void metadata_says_what_registered_clients_may_do(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            URI base = server.baseUri();
            for (String document : List.of("openid-configuration", "oauth-authorization-server")) {
                for (URI uri : List.of(
                        URI.create(realm.issuer() + "/.well-known/" + document),
                        URI.create(base + "/.well-known/" + document + "/realms/" + realm.name()))) {
                    JsonNode metadata =
                            registrations.oauth().get(uri).expect(200).json();
                    assertThat(metadata.get("issuer").asText())
                            .isEqualTo(realm.issuer().toString());
                    assertThat(metadata.get("registration_endpoint").asText())
                            .isEqualTo(registrations.endpoint().toString());
                    assertThat(metadata.get("code_challenge_methods_supported").toString())
                            .isEqualTo("[\"S256\"]");
                    assertThat(metadata.get("token_endpoint_auth_methods_supported")
                                    .toString())
                            .contains("\"none\"");
                    assertThat(metadata.get("scopes_supported").valueStream().map(JsonNode::asText))
                            .containsExactly(
                                    "openid",
                                    "email",
                                    "mcp:read",
                                    "mcp:write",
                                    "offline_access",
                                    "other:read",
                                    "profile");
                    assertThat(metadata.has("client_id_metadata_document_supported"))
                            .isFalse();
                }
                assertThat(registrations
                                .oauth()
                                .get(URI.create(base + "/.well-known/" + document + "/realms/master"))
                                .status())
                        .isEqualTo(document.startsWith("oauth") ? 200 : 404);
                assertThat(registrations
                                .oauth()
                                .get(URI.create(base + "/realms/master/.well-known/" + document))
                                .expect(200)
                                .get("registration_endpoint"))
                        .endsWith("/clients-registrations/openid-connect");
            }
        }
    }

    @Test
    @Tries("RFC7591-5-stock")
    void a_realm_without_the_policy_has_no_such_endpoint(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Reply ours = realm.oauth().register("mcp", publicClient("Nobody"));
            Reply unknown = realm.oauth().register("unknown", publicClient("Nobody"));

            assertThat(ours.status()).isEqualTo(404);
            assertThat(ours.body()).isEqualTo(unknown.body());
        }
    }

    private static List<String> names(TestRealm realm) {
        return realm.admin().clients().findAll(null, null, null, 0, 1000).stream()
                .map(ClientRepresentation::getName)
                .toList();
    }
}
