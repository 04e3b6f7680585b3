package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.authOf;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.Client;
import dev.keycloakmcp.itest.realm.Registration;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.keycloak.representations.idm.ClientRepresentation;
import org.keycloak.representations.idm.RealmEventsConfigRepresentation;

/** What administrators see of registered clients, and how they clean up. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegisteredClientsAdminIT {

    private Registrations registrations;
    private TestRealm realm;
    private String viewer;
    private String manager;
    private String used;
    private String fresh;
    private String invited;

    @BeforeAll
    void configure(TestRealm testRealm) {
        realm = testRealm;
        registrations = Registrations.in(
                realm,
                Map.of("max-registrations-per-source", List.of("0")),
                Map.of("idle-expiry-days", List.of("0"), "unused-expiry-hours", List.of("0")));
        RealmEventsConfigRepresentation events = realm.admin().getRealmEventsConfig();
        events.setAdminEventsEnabled(true);
        events.setAdminEventsDetailsEnabled(true);
        realm.admin().updateRealmEventsConfig(events);
        viewer = registrations.administrator("viewer", "view-clients");
        manager = registrations.administrator("manager", "manage-clients");
        Reply signedIn = registrations.register(publicClient("Used")).expect(201);
        registrations.signIn(signedIn, CALLBACK, "mcp:read");
        used = signedIn.get("client_id");
        fresh = registrations.register(publicClient("Fresh")).expect(201).get("client_id");
        invited = Registration.invited(registrations, publicClient("Invited"))
                .expect(201)
                .get("client_id");
    }

    @Test
    void a_client_comes_with_last_use_and_expiry() {
        long now = System.currentTimeMillis();
        JsonNode client = client(used);
        assertThat(client.get("registration").asText()).isEqualTo("dcr-anonymous");
        assertThat(client.get("registeredAt").asLong()).isBetween(now - 300_000, now);
        assertThat(client.get("lastUsed").asLong())
                .isBetween(client.get("registeredAt").asLong(), now);
        assertThat(client.get("expires").asLong())
                .isEqualTo(client.get("lastUsed").asLong() + Duration.ofDays(61).toMillis());
        JsonNode unused = client(fresh);
        assertThat(unused.hasNonNull("lastUsed")).isFalse();
        assertThat(unused.get("expires").asLong())
                .isEqualTo(unused.get("registeredAt").asLong()
                        + Duration.ofHours(24).toMillis());
        assertThat(client(invited).hasNonNull("expires")).isFalse();
    }

    @Test
    void a_use_is_noted_once_a_day() {
        Reply registered = registrations.register(publicClient("Daily")).expect(201);
        String id = registered.get("client_id");
        Reply tokens = registrations.signIn(registered, CALLBACK, "mcp:read");
        registrations.age(id, "mcp.last-used", Duration.ofHours(10));
        long noted = client(id).get("lastUsed").asLong();

        realm.oauth()
                .refresh(authOf(registered), tokens.refreshToken(), Form.empty())
                .expect(200);
        registrations.signIn(registered, CALLBACK, "mcp:read");

        assertThat(client(id).get("lastUsed").asLong())
                .isEqualTo(noted)
                .isLessThan(System.currentTimeMillis() - Duration.ofHours(9).toMillis());
    }

    @Test
    void tokens_of_a_client_itself_are_a_use() {
        Reply registered = registrations
                .register(with(publicClient("Machine"), "token_endpoint_auth_method", "client_secret_post"))
                .expect(201);
        String id = registered.get("client_id");
        ClientRepresentation client = realm.client(id);
        client.setServiceAccountsEnabled(true); // as an administrator may
        realm.admin().clients().get(client.getId()).update(client);
        assertThat(client(id).hasNonNull("lastUsed")).isFalse();

        realm.oauth()
                .clientCredentials(
                        authOf(registered), Form.of("scope", "mcp:read").with("resource", Registrations.SERVER))
                .expect(200);

        assertThat(client(id).hasNonNull("lastUsed")).isTrue();
    }

    @Test
    void clients_are_found_by_how_they_registered_and_by_last_use() {
        assertThat(ids(get("?registration=dcr-authenticated"))).containsExactly(invited);
        assertThat(ids(get("?registration=dcr-anonymous")))
                .contains(used, fresh)
                .doesNotContain(invited);
        String old = registrations.register(publicClient("Old")).expect(201).get("client_id");
        registrations.age(old, "mcp.registered-at", Duration.ofHours(10));
        String hourAgo = Instant.now().minus(1, ChronoUnit.HOURS).toString();
        assertThat(ids(get("?unused-since=" + hourAgo))).contains(old).doesNotContain(used, fresh, invited);
        assertThat(ids(get("?unused-since=" + (System.currentTimeMillis() + 1000))))
                .contains(fresh, used, invited);
        assertThat(ids(get("?registration=dcr-authenticated&unused-since=" + hourAgo)))
                .isEmpty();
    }

    @Test
    void pages_are_linked() {
        List<String> seen = new ArrayList<>();
        Optional<URI> next = Optional.of(uri("?max=2"));
        while (next.isPresent()) {
            Reply page = realm.oauth().get(next.get(), viewer).expect(200);
            assertThat(page.json().size()).isLessThanOrEqualTo(2);
            seen.addAll(ids(page));
            next = page.next();
        }
        assertThat(seen).isEqualTo(ids(get(""))).contains(used, fresh, invited);
        assertThat(get("?first=1000").json()).isEmpty();
    }

    @Test
    void a_clean_up_says_first_what_it_would_remove_and_then_removes_that() {
        String forgotten =
                registrations.register(publicClient("Forgotten")).expect(201).get("client_id");
        Reply signedIn = registrations.register(publicClient("Idle")).expect(201);
        registrations.signIn(signedIn, CALLBACK, "mcp:read");
        String idle = signedIn.get("client_id");
        registrations.age(forgotten, "mcp.registered-at", Duration.ofHours(25));
        registrations.age(idle, "mcp.last-used", Duration.ofDays(62));

        Reply dry = cleanUp("?dry-run=true", manager).expect(200);
        assertThat(ids(dry)).containsExactlyInAnyOrder(forgotten, idle);
        assertThat(client(forgotten)).isNotNull();

        Reply removed = cleanUp("?dry-run=false", manager).expect(200);
        assertThat(removed.json()).isEqualTo(dry.json());
        assertThat(removed.json().findValuesAsText("reason")).containsExactlyInAnyOrder("unused", "idle");
        assertThat(ids(get(""))).contains(used, fresh, invited).doesNotContain(forgotten, idle);
        assertThat(realm.admin().clients().findByClientId(forgotten)).isEmpty();
        assertThat(realm.admin().getEvents())
                .filteredOn(event -> event.getType().equals("CLIENT_DELETE"))
                .extracting(
                        event -> event.getClientId() + " " + event.getDetails().get("reason"))
                .contains(forgotten + " unused", idle + " idle");
        assertThat(realm.admin().getAdminEvents())
                .anySatisfy(event -> assertThat(event.getResourcePath()).endsWith("clients/clean-up"));
        assertThat(cleanUp("", manager).expect(200).json()).isEmpty();
    }

    @Test
    void clients_that_did_not_register_are_neither_listed_nor_removed() {
        realm.add(Client.of("hand-made").attribute("mcp.registered-at", "1"));

        cleanUp("", manager).expect(200);

        assertThat(ids(get(""))).doesNotContain("hand-made", "account", "server");
        assertThat(realm.admin().clients().findByClientId("hand-made")).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?max=0",
                "?max=1001",
                "?first=-1",
                "?first=x",
                "?frist=1",
                "?registration=manual",
                "?registration=",
                "?unused-since=yesterday",
                "?max=1&max=2"
            })
    void unknown_or_unreadable_parameters_are_refused(String query) {
        Reply refused = realm.oauth().get(uri(query), viewer);
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.get("errorMessage")).isNotBlank();
    }

    @ParameterizedTest
    @ValueSource(strings = {"?dry-run=maybe", "?dry-run=", "?dryrun=true", "?dry-run=true&dry-run=false"})
    void a_clean_up_with_an_unreadable_parameter_removes_nothing(String query) {
        assertThat(cleanUp(query, manager).status()).isEqualTo(400);
    }

    @Test
    @Tries("LLM02")
    void only_administrators_with_the_role_see_and_clean_up() {
        String other = registrations.administrator("events", "view-events");
        assertThat(realm.oauth().get(uri("")).status()).isEqualTo(401);
        assertThat(realm.oauth().get(uri(""), other).status()).isEqualTo(403);
        assertThat(realm.oauth().get(uri(""), manager).status()).isEqualTo(200);
        assertThat(cleanUp("?dry-run=true", viewer).status()).isEqualTo(403);
        assertThat(cleanUp("", other).status()).isEqualTo(403);
    }

    private URI uri(String query) {
        return realm.adminUri("mcp/clients" + query);
    }

    private Reply get(String query) {
        return realm.oauth().get(uri(query), viewer).expect(200);
    }

    private Reply cleanUp(String query, String bearer) {
        return realm.oauth()
                .send(HttpRequest.newBuilder(uri("/clean-up" + query))
                        .header("Authorization", "Bearer " + bearer)
                        .POST(HttpRequest.BodyPublishers.noBody()));
    }

    private JsonNode client(String clientId) {
        return get("").json()
                .valueStream()
                .filter(client -> client.get("clientId").asText().equals(clientId))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> ids(Reply page) {
        return page.json().findValuesAsText("clientId");
    }
}
