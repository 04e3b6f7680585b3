package dev.keycloakmcp.itest.attack;

import static dev.keycloakmcp.itest.attack.HostileRealm.CALLBACK;
import static dev.keycloakmcp.itest.attack.HostileRealm.CRM;
import static org.assertj.core.api.Assertions.assertThat;

import dev.keycloakmcp.itest.junit.KeycloakTest;
import dev.keycloakmcp.itest.oauth.ClientAuth;
import dev.keycloakmcp.itest.oauth.Form;
import dev.keycloakmcp.itest.oauth.OAuthClient;
import dev.keycloakmcp.itest.oauth.Reply;
import dev.keycloakmcp.itest.server.TestRealm;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.keycloak.representations.idm.EventRepresentation;

/** Parameters that Keycloak drops because they are too long: what nobody has never becomes everything, and costs nothing. */
@KeycloakTest
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OverlongRequestsIT {

    /** As many as the server takes: a form may have values of 128 kB. */
    private static final String WORDS = IntStream.range(0, 30_000)
            .mapToObj(word -> Integer.toString(word, Character.MAX_RADIX))
            .collect(Collectors.joining(" "));

    private static final String LONG_RESOURCE = CRM + "/" + "a".repeat(9000);
    private static final int MOST_IN_AN_EVENT = 4000;

    private HostileRealm realm;

    @BeforeAll
    void configure(TestRealm empty) {
        realm = HostileRealm.governed(empty, 20);
    }

    private static Form code(String clientId) {
        return Form.of("client_id", clientId)
                .with("redirect_uri", CALLBACK)
                .with("response_type", "code")
                .with("state", "s")
                .with("code_challenge", OAuthClient.challenge("v".repeat(43)))
                .with("code_challenge_method", "S256");
    }

    /** The error in the redirect of an authorization request that is sent by POST. */
    private String authorizationError(Form request) {
        return realm.oauth()
                .post(realm.oauth().endpoint("auth"), (form, http, issuer) -> form, request)
                .headers()
                .firstValue("Location")
                .map(location -> Form.parse(URI.create(location).getRawQuery()))
                .flatMap(answer -> answer.find("error"))
                .orElse("none");
    }

    private static int size(EventRepresentation event) {
        return event.getDetails() == null
                ? 0
                : event.getDetails().values().stream().mapToInt(String::length).sum();
    }

    @Test
    @Tries({"LLM10", "ASI08"})
    void aScopeOfThirtyThousandWordsIsRefusedAtOnceAndLeavesNoLongEvent() {
        Reply refused = realm.oauth().refresh(ClientAuth.none(realm.registered()), "no token", Form.of("scope", WORDS));

        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo("invalid_scope");
        assertThat(refused.body()).hasSizeLessThan(500);
        EventRepresentation event = realm.events("REFRESH_TOKEN_ERROR").get(0);
        assertThat(event.getDetails())
                .containsEntry("mcp_decision", "deny")
                .containsEntry("mcp_reason", "scope_too_long");
        assertThat(size(event)).isLessThan(MOST_IN_AN_EVENT);
    }

    static Stream<Arguments> tokenRequests() {
        Form machine = Form.of("grant_type", "client_credentials");
        Form exchange = Form.of("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange")
                .with("subject_token", "x")
                .with("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
        String tooLong = "x".repeat(5000);
        return Stream.of(
                Arguments.of("machine scope", machine.with("scope", WORDS), "invalid_scope"),
                Arguments.of("machine resource", machine.with("resource", LONG_RESOURCE), "invalid_target"),
                Arguments.of("machine audience", machine.with("audience", tooLong), "invalid_target"),
                Arguments.of("exchange scope", exchange.with("scope", WORDS), "invalid_scope"),
                Arguments.of("exchange resource", exchange.with("resource", LONG_RESOURCE), "invalid_target"),
                Arguments.of("exchange audience", exchange.with("audience", tooLong), "invalid_target"),
                Arguments.of(
                        "exchange audiences",
                        IntStream.range(0, 990)
                                .boxed()
                                .reduce(exchange, (form, n) -> form.with("audience", "crm" + n), (one, other) -> one),
                        "invalid_target"),
                Arguments.of("actor token type", exchange.with("actor_token_type", tooLong), "invalid_request"),
                Arguments.of("requested type", exchange.with("requested_token_type", tooLong), "invalid_request"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("tokenRequests")
    @Tries("LLM10")
    void aTokenRequestWithAnOverlongParameterIsRefused(String name, Form form, String error) {
        Reply refused = realm.oauth().token(realm.agent(), form);

        assertThat(refused.status()).as(refused.toString()).isEqualTo(400);
        assertThat(refused.error()).isEqualTo(error);
        assertThat(refused.body()).hasSizeLessThan(500);
        assertThat(realm.events()).allSatisfy(event -> assertThat(size(event)).isLessThan(MOST_IN_AN_EVENT));
    }

    @Test
    @Tries({"LLM10", "RFC8707-2-omitted"})
    void anOverlongScopeAtTheAuthorizationEndpointDoesNotBecomeTheDefaultScopes() {
        assertThat(authorizationError(code("desk").with("resource", CRM).with("scope", WORDS)))
                .isEqualTo("invalid_scope");
        assertThat(authorizationError(code(realm.registered()).with("scope", WORDS)))
                .isEqualTo("invalid_scope");
    }

    @Test
    @Tries({"LLM10", "RFC8707-2-malformed"})
    void anOverlongResourceAtTheAuthorizationEndpointDoesNotBecomeTheInferredOne() {
        assertThat(authorizationError(code("desk").with("scope", "crm:read").with("resource", LONG_RESOURCE)))
                .isEqualTo("invalid_target");
    }

    @Test
    @Tries({"LLM10", "RFC8707-2-smuggle"})
    void anOverlongParameterInARequestObjectDoesNotBecomeNone() {
        for (Map.Entry<String, String> claim : Map.of("resource", LONG_RESOURCE, "scope", WORDS.substring(0, 9000))
                .entrySet()) {
            String object = Stream.of(
                            Map.of("alg", "none"),
                            Map.of("client_id", "desk", "response_type", "code", claim.getKey(), claim.getValue()))
                    .map(part -> Base64.getUrlEncoder()
                            .withoutPadding()
                            .encodeToString(Reply.write(part).getBytes(StandardCharsets.UTF_8)))
                    .collect(Collectors.joining(".", "", "."));
            assertThat(authorizationError(code("desk").with("request", object)))
                    .as(claim.getKey())
                    .isEqualTo(claim.getKey().equals("scope") ? "invalid_scope" : "invalid_target");
        }
    }

    @Test
    @Tries("LLM10")
    void pushedAndDeviceRequestsWithOverlongParametersAreRefused() {
        for (String endpoint : List.of("ext/par/request", "auth/device")) {
            Form plain = endpoint.startsWith("ext") ? code("desk").without("client_id") : Form.empty();
            URI uri = realm.oauth().endpoint(endpoint);
            Reply scope = realm.oauth().post(uri, ClientAuth.none("desk"), plain.with("scope", WORDS));
            Reply resource = realm.oauth()
                    .post(
                            uri,
                            ClientAuth.none("desk"),
                            plain.with("scope", "crm:read").with("resource", LONG_RESOURCE));

            assertThat(scope.status()).as(scope.toString()).isEqualTo(400);
            assertThat(scope.error()).as(endpoint).isEqualTo("invalid_scope");
            assertThat(resource.status()).as(resource.toString()).isEqualTo(400);
            assertThat(resource.error()).as(endpoint).isEqualTo("invalid_target");
        }
    }

    @Test
    @Tries({"LLM10", "ASI10-trace"})
    void anUnknownTargetIsCutInTheEventAndSaysSo() {
        Reply refused = realm.oauth()
                .clientCredentials(
                        realm.agent(), Form.of("scope", "crm:read").with("resource", CRM + "/" + "b".repeat(1500)));

        assertThat(refused.error()).isEqualTo("invalid_target");
        assertThat(realm.events("CLIENT_LOGIN_ERROR").get(0).getDetails().get("resource"))
                .hasSize(600)
                .endsWith("...");
    }

    @Test
    void clientsThatNoPolicyIsForNoticeNothing() {
        Form request = Form.password("alice", "alice").with("scope", WORDS);
        realm.change("bystander", client -> client.setDirectAccessGrantsEnabled(true));

        assertThat(realm.oauth().token(ClientAuth.none("bystander"), request).status())
                .isEqualTo(200);
    }

    @Test
    void policiesThatOnlyReportLetTheRequestGoOnAndSayWhatTheyWouldHaveDone() {
        realm.executors(HostileRealm.all(Map.of("enforcement", "report")));
        try {
            Reply served = realm.oauth()
                    .token(
                            ClientAuth.none("desk"),
                            Form.password("alice", "alice")
                                    .with("resource", CRM)
                                    .with("scope", WORDS));

            assertThat(served.status()).as(served.toString()).isEqualTo(200);
            assertThat(realm.events("LOGIN").get(0).getDetails())
                    .containsEntry("mcp_decision", "would-deny")
                    .containsEntry("mcp_reason", "scope_too_long");
        } finally {
            realm.executors(HostileRealm.all(Map.of()));
        }
    }
}
