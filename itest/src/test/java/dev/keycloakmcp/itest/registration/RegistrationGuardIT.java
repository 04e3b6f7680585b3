package dev.keycloakmcp.itest.registration;

import static dev.keycloakmcp.itest.registration.Registrations.CALLBACK;
import static dev.keycloakmcp.itest.registration.Registrations.SERVER;
import static dev.keycloakmcp.itest.registration.Registrations.publicClient;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.keycloakmcp.itest.attack.Tries;
import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.Jwt;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.realm.RealmBuilder;
import dev.keycloakmcp.itest.realm.Scope;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.keycloak.representations.idm.ClientInitialAccessCreatePresentation;

/** What tokens for registration are good for, and what a body of a registration can do. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RegistrationGuardIT {

    private static final String ALLOWED = "https://allowed.example";

    private TestRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = RealmBuilder.realm()
                .scopes("mcp:read")
                .clients(Registrations.server("server", SERVER, "mcp:read"))
                .registration("anonymous", Map.of())
                .registration("authenticated", Map.of())
                .addTo(empty);
        realm.executors(Map.of("mcp-resource-indicator", Map.of()));
    }

    private String invitation(String... origins) {
        ClientInitialAccessCreatePresentation wanted = new ClientInitialAccessCreatePresentation(60, 10);
        wanted.setWebOrigins(List.of(origins));
        return realm.admin().clientInitialAccess().create(wanted).getToken();
    }

    private URI stock(String path) {
        return URI.create(realm.issuer() + "/clients-registrations/default" + path);
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    @Tries({"ASI10-stop", "RFC7592-5-token"})
    void aSuspendedClientIsRefusedByWhateverId() {
        for (String clientId : List.of("plain", "a/b", "a;b=c", "%2F", "a%b", "a/plain")) {
            isRefusedOnceSuspended(clientId);
        }
    }

    private void isRefusedOnceSuspended(String clientId) {
        String token = realm.oauth()
                .postJson(stock(""), Map.of("clientId", clientId, "redirectUris", List.of(CALLBACK)), invitation())
                .expect(201)
                .get("registrationAccessToken");
        URI itself = stock("/" + encoded(clientId));
        Reply read = realm.oauth().get(itself, token);
        if (read.status() == 200) {
            assertThat(read.get("clientId")).isEqualTo(clientId);
        }
        realm.oauth()
                .sendJson(
                        "PUT",
                        realm.adminUri("mcp/actors/" + encoded(clientId) + "/suspension"),
                        Map.of("reason", "test"),
                        realm.server().adminToken())
                .expect(204);
        assertThat(realm.oauth().get(itself, token).status()).isEqualTo(401);
        assertThat(realm.oauth()
                        .sendJson("PUT", itself, Map.of("clientId", clientId, "name", "other"), token)
                        .status())
                .isEqualTo(401);
        assertThat(realm.oauth().delete(itself, token).status()).isEqualTo(401);
        assertThat(realm.client(clientId).getName()).isNotEqualTo("other");
    }

    @Test
    @Tries("RFC7591-5-stock")
    void aClaimOfAnyLengthIsReadWithoutAFault() {
        for (String claim : List.of("a".repeat(200), "a".repeat(5_000), "a".repeat(50_000), "\\.".repeat(25_000))) {
            Reply reply = realm.oauth()
                    .postJson(
                            stock(""),
                            Map.of(
                                    "clientId",
                                    "long-" + claim.length(),
                                    "protocolMappers",
                                    List.of(Scope.mapper(
                                            "long", "oidc-usermodel-property-mapper", Map.of("claim.name", claim)))),
                            null);
            assertThat(reply.status()).as(claim.length() + " characters").isEqualTo(403);
        }
    }

    @Test
    @Tries("RFC7591-5-cors")
    void theOriginsOfAnInvitationAreThoseOfTheAnswerAndOfTheNextToken() {
        String invitation = invitation(ALLOWED);
        Reply allowed = register(invitation, ALLOWED, "Allowed");
        assertThat(allowed.headers().firstValue("Access-Control-Allow-Origin")).contains(ALLOWED);
        String token = allowed.get("registration_access_token");
        assertThat(origins(token)).containsExactly(ALLOWED);
        Reply elsewhere = registered(invitation, "https://elsewhere.example", "Elsewhere");
        assertThat(elsewhere.status()).isEqualTo(403);
        assertThat(elsewhere.error()).isEqualTo("insufficient_scope");
        assertThat(elsewhere.headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();

        HttpRequest.Builder read = HttpRequest.newBuilder(URI.create(allowed.get("registration_client_uri")))
                .header("Authorization", "Bearer " + token);
        assertThat(realm.oauth()
                        .send(read.copy().header("Origin", "https://elsewhere.example"))
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
        assertThat(realm.oauth()
                        .send(read.copy().header("Origin", ALLOWED))
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .contains(ALLOWED);

        Reply anywhere = register(invitation(), "https://elsewhere.example", "Anywhere");
        assertThat(anywhere.headers().firstValue("Access-Control-Allow-Origin")).contains("https://elsewhere.example");
    }

    private Reply register(String invitation, String origin, String name) {
        return registered(invitation, origin, name).expect(201);
    }

    private Reply registered(String invitation, String origin, String name) {
        return realm.oauth()
                .send(HttpRequest.newBuilder(URI.create(realm.issuer() + "/clients-registrations/mcp"))
                        .header("Authorization", "Bearer " + invitation)
                        .header("Content-Type", "application/json")
                        .header("Origin", origin)
                        .POST(HttpRequest.BodyPublishers.ofString(Reply.write(confidential(name)))));
    }

    /** With a secret, so that nobody else's registration is given out again. */
    private static Map<String, Object> confidential(String name) {
        return Registrations.with(publicClient(name), "token_endpoint_auth_method", "client_secret_basic");
    }

    private static List<String> origins(String token) {
        JsonNode origins = Jwt.decode(token).claims().path("allowed-origins");
        return StreamSupport.stream(origins.spliterator(), false)
                .map(JsonNode::asText)
                .toList();
    }
}
