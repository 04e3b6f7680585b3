package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static dev.keycloakmcp.itest.registration.Registrations.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.InParallel;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Browser;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.KeycloakServer;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Strangers' clients in a realm: how many there are, and where they lead. */
@KeycloakTest
class FullRealmIT {

    private static final int MOST = 8;

    private static Map<String, List<String>> configuration(int maxClients) {
        return Map.of(
                "max-registrations-per-source", List.of("0"),
                "max-clients", List.of(Integer.toString(maxClients)));
    }

    private static List<Reply> atOnce(Registrations registrations, String prefix, int number) throws Exception {
        return InParallel.all(IntStream.range(0, number)
                .<Callable<Reply>>mapToObj(each -> () -> registrations.register(publicClient(prefix + each)))
                .toList());
    }

    private static long registered(TestRealm realm) {
        return realm.admin().clients().findAll().stream()
                .filter(client -> client.getAttributes().containsKey("mcp.registration"))
                .count();
    }

    @Test
    @Tries("RFC7591-5-flood")
    void registrationsAtOnceInAFullRealmEachMakeRoomOfTheirOwn(KeycloakServer server) throws Exception {
        try (TestRealm realm = TestRealm.create(server, "full")) {
            Registrations registrations = Registrations.in(realm, configuration(MOST));
            for (int each = 0; each < MOST; each++) {
                registrations.register(publicClient("Old " + each)).expect(201);
            }
            assertThat(atOnce(registrations, "New ", MOST))
                    .extracting(Reply::status)
                    .containsOnly(201);
            assertThat(registered(realm)).isEqualTo(MOST);
        }
    }

    @Test
    @Tries("RFC7591-5-flood")
    void registrationsAtOnceBeyondTheRoomAreRefusedForNow(KeycloakServer server) throws Exception {
        try (TestRealm realm = TestRealm.create(server, "fuller")) {
            Registrations registrations = Registrations.in(realm, configuration(2));
            Reply used = registrations.register(publicClient("Used")).expect(201);
            registrations.signIn(used, CALLBACK, "mcp:read");
            registrations.register(publicClient("Unused")).expect(201);
            List<Reply> replies = atOnce(registrations, "Late ", MOST);
            assertThat(replies).extracting(Reply::status).contains(201).isSubsetOf(201, 429);
            assertThat(replies.stream().filter(reply -> reply.status() == 429)).allSatisfy(refused -> {
                assertThat(refused.error()).isEqualTo("too_many_requests");
                assertThat(refused.headers().firstValue("Retry-After")).isPresent();
            });
            assertThat(realm.client(used.get("client_id")).isEnabled()).isTrue();
        }
    }

    @Test
    @Tries("MCP-open-redirection")
    void aStrangersHomePageIsNoLinkOfKeycloaksPages(KeycloakServer server) {
        try (TestRealm realm = TestRealm.create(server, "stranger")) {
            Registrations registrations = Registrations.in(realm, configuration(0));
            Map<String, Object> metadata =
                    with(publicClient("Stranger"), "client_uri", "https://stranger.example/home");
            Reply client = registrations.register(metadata).expect(201);
            String id = client.get("client_id");
            assertThat(client.get("client_uri")).isEqualTo("https://stranger.example/home");
            URI own = URI.create(client.get("registration_client_uri"));
            String token = client.get("registration_access_token");
            assertThat(realm.oauth().get(own, token).expect(200).get("client_uri"))
                    .isEqualTo("https://stranger.example/home");

            Form request = Form.of("client_id", id).with("scope", "mcp:read").with("resource", SERVER);
            for (String page : List.of(
                    page(realm, request.with("redirect_uri", "https://evil.example/cb")),
                    page(realm, request.with("redirect_uri", CALLBACK)),
                    realm.oauth()
                            .get(URI.create(realm.issuer() + "/account/?referrer=" + id))
                            .body())) {
                assertThat(page).isNotBlank().doesNotContain("stranger.example");
            }
            Reply redirect = realm.oauth().get(URI.create(realm.issuer() + "/clients/" + id + "/redirect"));
            assertThat(redirect.headers().firstValue("Location")).isEmpty();
            assertThat(realm.client(id).getBaseUrl()).isNull();
            assertThat(registrations.register(metadata).expect(201).get("client_id"))
                    .as("the same metadata again")
                    .isEqualTo(id);
        }
    }

    private static String page(TestRealm realm, Form request) {
        return realm.oauth().authorize(request, new Browser()).page().document().outerHtml();
    }
}
