package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.keycloak.representations.idm.ClientRepresentation;

/** What becomes of registered clients: reused, limited, rotated, forgotten; and what the metadata says. */
@KeycloakTest(args = "--spi-client-registration--mcp--clean-up-interval=2")
class RegistrationLifeIT {

    private static final Map<String, List<String>> NO_LIMIT = Map.of("max-registrations-per-source", List.of("0"));

    private static TestRealm fresh(KeycloakServer server) {
        return TestRealm.create(server, "life");
    }

    @Test
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
    void refresh_tokens_rotate_and_only_a_late_reuse_ends_the_login(KeycloakServer server) throws Exception {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            Reply client = registrations.register(publicClient("Rotates")).expect(201);
            for (String scope : List.of("mcp:read", "mcp:read offline_access")) {
                Reply start = registrations.signIn(client, CALLBACK, scope);
                List<Reply> parallel = inParallel(
                        6, () -> registrations.oauth().refresh(authOf(client), start.refreshToken(), Form.empty()));
                assertThat(parallel)
                        .allSatisfy(reply -> assertThat(reply.status()).isEqualTo(200));
                Thread.sleep(1200);
                for (Reply sibling : parallel) {
                    assertThat(registrations
                                    .oauth()
                                    .refresh(authOf(client), sibling.refreshToken(), Form.empty())
                                    .status())
                            .isEqualTo(200);
                }
                Reply kept = registrations
                        .oauth()
                        .refresh(authOf(client), parallel.get(0).refreshToken(), Form.empty())
                        .expect(200);
                assertThat(kept.refreshToken()).isNotEqualTo(start.refreshToken());
                Thread.sleep(Duration.ofSeconds(12).toMillis());

                Reply stolen = registrations.oauth().refresh(authOf(client), start.refreshToken(), Form.empty());
                assertThat(stolen.error()).isEqualTo("invalid_grant");
                assertThat(registrations
                                .oauth()
                                .refresh(authOf(client), kept.refreshToken(), Form.empty())
                                .error())
                        .isEqualTo("invalid_grant");
            }
        }
    }

    @Test
    void unused_and_idle_clients_expire_and_others_stay(KeycloakServer server) {
        try (TestRealm realm = fresh(server)) {
            Registrations registrations = Registrations.in(realm, NO_LIMIT);
            Reply unused = registrations.register(publicClient("Forgotten")).expect(201);
            registrations.register(publicClient("New")).expect(201);
            ClientRepresentation handMade = new ClientRepresentation();
            handMade.setClientId("hand-made");
            handMade.setName("Hand-made");
            realm.add(handMade);
            Reply idle = registrations.register(publicClient("Idle")).expect(201);
            registrations.signIn(idle, CALLBACK, "mcp:read");
            age(realm, unused.get("client_id"), "mcp.registered-at", Duration.ofHours(25));
            age(realm, idle.get("client_id"), "mcp.last-used", Duration.ofDays(62));

            await(() -> !names(realm).contains("Forgotten") && !names(realm).contains("Idle"));

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

    /** Moves a time of a client into the past, as an administrator could. */
    private static void age(TestRealm realm, String clientId, String attribute, Duration by) {
        realm.admin().clearRealmCache();
        ClientRepresentation client =
                realm.admin().clients().findByClientId(clientId).get(0);
        long then = System.currentTimeMillis() / 1000 - by.toSeconds();
        client.getAttributes().put(attribute, Long.toString(then));
        realm.admin().clients().get(client.getId()).update(client);
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(deadline);
            try {
                Thread.sleep(500);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    private static List<Reply> inParallel(int times, java.util.concurrent.Callable<Reply> request) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(times);
        try {
            List<Future<Reply>> futures = new ArrayList<>();
            for (int at = 0; at < times; at++) {
                futures.add(threads.submit(request));
            }
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> future : futures) {
                replies.add(future.get());
            }
            return replies;
        } finally {
            threads.shutdown();
        }
    }
}
